import type { ConfigContext, Strategy } from '@handlekit/core/credentials'
import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import { certAuth } from './cert-auth.ts'

const names = ['certificate_and_key', 'certificate_only', 'private_key', 'pfx', 'passphrase']

/**
 * For credentials files, with the names that B2HANDLE gave these things: `{ "type": "cert", "certificate_only": "c.pem",
 * "private_key": "k.pem" }`, or `certificate_and_key`, or `pfx`; with `passphrase` where the key is encrypted.
 */
export const cert: Strategy = {
  type: 'cert',
  fromConfig(config, context) {
    checkOptions('cert', config, names)
    const passphrase = textOf(config, 'passphrase')
    const [both, pfx] = [fileOf(config, 'certificate_and_key', context), fileOf(config, 'pfx', context)]
    if (both !== undefined) return certAuth({ pemFile: both, passphrase })
    if (pfx !== undefined) return certAuth({ pfxFile: pfx, passphrase })
    const [certificate, key] = [fileOf(config, 'certificate_only', context), fileOf(config, 'private_key', context)]
    if (certificate === undefined || key === undefined) {
      throw new InvalidArgumentError(
        'INVALID_OPTION',
        'cert: give certificate_only and private_key, or certificate_and_key, or pfx.',
      )
    }
    return certAuth({ certificate: { pemFile: certificate }, privateKey: { pemFile: key, passphrase } })
  },
}

function fileOf(
  config: Readonly<Record<string, unknown>>,
  name: string,
  { resolvePath }: ConfigContext,
): string | undefined {
  const path = textOf(config, name)
  return path === undefined ? undefined : resolvePath(path)
}

function textOf(config: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = config[name]
  if (value === undefined || typeof value === 'string') return value
  throw new InvalidArgumentError('INVALID_OPTION', `cert: ${name} has to be text.`)
}
