import type { Strategy } from '@handlekit/core/credentials'
import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import { sessionAuth } from './session-auth.ts'

const keyFiles = ['private_key', 'pfx', 'bin', 'jwk']

/**
 * For credentials files: `{ "type": "session", "identity": "300:foo/bar", "private_key": "k.pem" }`. In place of
 * `private_key` (PEM): `pfx`, `bin` or `jwk`, or `secret`; with `passphrase` where the key is encrypted.
 */
export const session: Strategy = {
  type: 'session',
  fromConfig(config, { resolvePath }) {
    checkOptions('session', config, ['identity', 'secret', 'passphrase', ...keyFiles])
    const text = (name: string): string | undefined => {
      const value = config[name]
      if (value === undefined || typeof value === 'string') return value
      throw new InvalidArgumentError('INVALID_OPTION', `session: ${name} has to be text.`)
    }
    const [identity = '', secret, passphrase] = [text('identity'), text('secret'), text('passphrase')]
    const [path, pfx, bin, jwk] = [text('private_key'), text('pfx'), text('bin'), text('jwk')]
    if (path !== undefined)
      return sessionAuth({ identity, secret, privateKey: { pemFile: resolvePath(path), passphrase } })
    if (pfx !== undefined)
      return sessionAuth({ identity, secret, privateKey: { pfxFile: resolvePath(pfx), passphrase } })
    if (bin !== undefined)
      return sessionAuth({ identity, secret, privateKey: { binFile: resolvePath(bin), passphrase } })
    if (jwk !== undefined) return sessionAuth({ identity, secret, privateKey: { jwkFile: resolvePath(jwk) } })
    return sessionAuth({ identity, secret })
  },
}
