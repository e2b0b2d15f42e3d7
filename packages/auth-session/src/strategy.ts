import type { Strategy } from '@handlekit/core/credentials'
import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import type { PrivateKeySource } from '@handlekit/keys'
import { sessionAuth } from './session-auth.ts'

/** The options of @handlekit/keys, by the names in a file. */
const keyFiles: Readonly<Record<string, (path: string) => PrivateKeySource>> = {
  private_key: (pemFile) => ({ pemFile }),
  pfx: (pfxFile) => ({ pfxFile }),
  bin: (binFile) => ({ binFile }),
  jwk: (jwkFile) => ({ jwkFile }),
}
const proofs = [...Object.keys(keyFiles), 'secret']

/**
 * For credentials files: `{ "type": "session", "identity": "300:foo/bar", "private_key": "k.pem" }`. In place of
 * `private_key` (PEM): `pfx`, `bin` or `jwk`, or `secret`; with `passphrase` where the key is encrypted.
 */
export const session: Strategy = {
  type: 'session',
  fromConfig(config, { resolvePath }) {
    checkOptions('session', config, ['identity', 'passphrase', ...proofs])
    const text = (name: string): string | undefined => {
      const value = config[name]
      if (value === undefined || typeof value === 'string') return value
      throw new InvalidArgumentError('INVALID_OPTION', `session: ${name} has to be text.`)
    }
    const given = proofs.filter((name) => text(name) !== undefined)
    const [name = ''] = given
    if (given.length !== 1) {
      throw new InvalidArgumentError(
        'INVALID_OPTION',
        `session: give one of ${proofs.join(', ')}; given: ${given.join(', ') || 'none'}.`,
      )
    }
    const [identity = '', passphrase, proof = ''] = [text('identity'), text('passphrase'), text(name)]
    const source = keyFiles[name]
    if (!source && passphrase === undefined) return sessionAuth({ identity, secret: proof })
    if (!source)
      throw new InvalidArgumentError('INVALID_OPTION', 'session: a passphrase opens a key; a secret has none.')
    return sessionAuth({ identity, privateKey: { ...source(resolvePath(proof)), passphrase } })
  },
}
