import type { Credentials } from '@handlekit/core/credentials'
import { sessionHooks } from '@handlekit/core/session'
import { checkOptions, checkSecret, InvalidArgumentError, readSecret, type Secret } from '@handlekit/core/strategy'
import { checkKeyType, type PrivateKeySource, readPrivateKey } from '@handlekit/keys'
import { KeyObject } from 'node:crypto'
import { Challenger, type Handshake } from './challenger.ts'
import { type Digest, digestNames, publicKeyProver, type Sign, signWith } from './public-key.ts'
import { type Mac, macNames, secretKeyProver } from './secret-key.ts'
import type { Prover } from './prover.ts'

/** What {@link sessionAuth} takes: who it is, and one of a private key, a function that signs, or a secret. */
export interface SessionAuthOptions {
  /** Index and handle of the HS_PUBKEY or HS_SECKEY: '300:21.T12345/USER01'. */
  readonly identity: string
  /** The private key, or where it is, in any form that @handlekit/keys reads: { pemFile }, { jwk }, { binFile }, … */
  readonly privateKey?: KeyObject | PrivateKeySource | undefined
  /** Signs for a key that is not here: RSASSA-PKCS1-v1_5 or DSA in DER, with `digest`. */
  readonly sign?: Sign | undefined
  /** The secret, or a function that gives it. It is not sent. */
  readonly secret?: Secret | undefined
  /** Of signatures. Default: SHA256. SHA1 is for servers that know nothing else. */
  readonly digest?: Digest | undefined
  /** Of answers with a secret. Default: HMAC-SHA256. */
  readonly mac?: Mac | undefined
  /**
   * `in-band` (default): the first request carries the answer, one round trip after the challenge. `sessions`: a request
   * of its own carries it, and its answer is checked; one round trip more.
   */
  readonly handshake?: Handshake | undefined
}

const optionNames = ['identity', 'privateKey', 'sign', 'secret', 'digest', 'mac', 'handshake']
const handshakes: readonly string[] = ['in-band', 'sessions']

/**
 * The Handle System's challenge and response (Technical Manual, section 14.6): the server gives a nonce, the client
 * signs it, and a session follows. It needs nothing of TLS but that it is there, goes through reverse proxies, and never
 * sends a secret.
 *
 * @example
 * new HandleClient({
 *   server,
 *   credentials: await sessionAuth({ identity: '300:21.T12345/USER01', privateKey: { pemFile: 'user.pem' } }),
 * })
 *
 * @throws InvalidArgumentError `UNKNOWN_OPTION`, `INVALID_OPTION` or `EMPTY_SECRET`
 * @throws KeyError when the key cannot be read, or is neither RSA nor DSA
 */
export async function sessionAuth(options: SessionAuthOptions): Promise<Credentials> {
  checkOptions('sessionAuth', options, optionNames)
  const { identity, handshake = 'in-band' } = options
  checkIdentity(identity)
  checkChoice('handshake', handshake, handshakes)
  const challenger = new Challenger(identity, await proverOf(options), handshake)
  return Object.freeze<Credentials>({
    scheme: 'session',
    identity,
    ...sessionHooks({
      open: (context) => challenger.open(context),
      answer: (context) => challenger.answer(context),
    }),
  })
}

async function proverOf({ privateKey, sign, secret, digest, mac }: SessionAuthOptions): Promise<Prover> {
  const given = Object.entries({ privateKey, sign, secret }).filter(([, value]) => value !== undefined)
  if (given.length !== 1) {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `sessionAuth takes one of privateKey, sign and secret; given: ${given.map(([name]) => name).join(', ') || 'none'}.`,
    )
  }
  checkChoice('digest', digest ?? 'SHA256', digestNames)
  checkChoice('mac', mac ?? 'HMAC-SHA256', macNames)
  if (secret !== undefined) {
    checkSecret('sessionAuth: secret', secret)
    return secretKeyProver(() => readSecret('sessionAuth: secret', secret), mac ?? 'HMAC-SHA256')
  }
  const hash = digest ?? 'SHA256'
  if (sign) return publicKeyProver(sign, hash)
  if (privateKey === undefined) throw new TypeError('sessionAuth: no key')
  const key = privateKey instanceof KeyObject ? privateKey : await readPrivateKey(privateKey)
  if (key.type !== 'private') {
    throw new InvalidArgumentError('INVALID_OPTION', `sessionAuth: privateKey is a ${key.type} key.`)
  }
  checkKeyType(key)
  return publicKeyProver(signWith(key, hash), hash)
}

function checkIdentity(identity: unknown): void {
  if (typeof identity === 'string' && /^(\d+:)?[^/\s]+(\/.+)?$/s.test(identity)) return
  throw new InvalidArgumentError(
    'INVALID_OPTION',
    "sessionAuth: identity is the index and the handle of your key, such as '300:21.T12345/USER01'.",
  )
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return
  throw new InvalidArgumentError('INVALID_OPTION', `sessionAuth: ${name} is one of ${choices.join(', ')}.`)
}
