import type { ConfigContext, Strategy } from '@handlekit/core/credentials'
import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import { certAuth } from './cert-auth.ts'

const files = ['certificate_and_key', 'certificate_only', 'private_key', 'pfx'] as const

/**
 * For credentials files, with the names that B2HANDLE gave these things: `{ "type": "cert", "certificate_only": "c.pem",
 * "private_key": "k.pem" }`, or `certificate_and_key`, or `pfx`; with `passphrase` where the key is encrypted.
 */
export const cert: Strategy = {
  type: 'cert',
  fromConfig(config, context) {
    checkOptions('cert', config, [...files, 'passphrase'])
    const passphrase = textOf(config, 'passphrase')
    const [both, certificate, key, pfx] = files.map((name) => fileOf(config, name, context))
    const given = files.filter((name) => config[name] !== undefined).join(', ')
    if (both !== undefined && given === 'certificate_and_key') return certAuth({ pemFile: both, passphrase })
    if (pfx !== undefined && given === 'pfx') return certAuth({ pfxFile: pfx, passphrase })
    if (certificate !== undefined && key !== undefined && given === 'certificate_only, private_key') {
      return certAuth({ certificate: { pemFile: certificate }, privateKey: { pemFile: key, passphrase } })
    }
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `cert: give certificate_only and private_key, or certificate_and_key, or pfx; given: ${given || 'none'}.`,
    )
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
