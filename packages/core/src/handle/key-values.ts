import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { checkSecret } from '../strategy.ts'
import type { KeyData } from './data.ts'
import type { ValueInput } from './draft.ts'
import { checkIndex } from './name.ts'

/** Where the key or the secret of an identity goes. */
export interface KeyValueOptions {
  /** The index of the identity: 300 for '300:21.T12345/USER01'. Default: 300. */
  readonly index?: number | undefined
}

/**
 * The HS_SECKEY value with which a user logs in by password: private, so that only administrators read it. Servers keep
 * the secret as it is.
 *
 * @example await client.addValues('21.T12345/USER01', [secretKeyValue(password)])
 *
 * @throws InvalidArgumentError `EMPTY_SECRET`
 */
export function secretKeyValue(secret: string | Uint8Array, options: KeyValueOptions = {}): ValueInput {
  if (secret instanceof Uint8Array ? secret.length === 0 : typeof secret !== 'string' || secret === '') {
    checkSecret('secretKeyValue', secret instanceof Uint8Array ? '' : secret)
  }
  return { index: indexOf('secretKeyValue', options), type: 'HS_SECKEY', data: secret, permissions: '1100' }
}

/**
 * The HS_PUBKEY value with which a user logs in by private key. Of a private key in PEM or as a KeyObject, the public
 * part is taken.
 *
 * @param key PEM, a KeyObject, or a JSON Web Key without private members. RSA; as a JSON Web Key also the server's DSA.
 * @throws InvalidArgumentError `INVALID_VALUE` for a key that Handle servers do not take, or that is private JSON.
 */
export function publicKeyValue(key: string | KeyObject | KeyData, options: KeyValueOptions = {}): ValueInput {
  const value = isJwk(key) ? checkJwk(key) : jwkOf(key)
  return { index: indexOf('publicKeyValue', options), type: 'HS_PUBKEY', data: { format: 'key', value } }
}

function indexOf(where: string, options: KeyValueOptions): number {
  checkOptions(where, options, ['index'])
  return checkIndex(options.index ?? 300)
}

function isJwk(key: string | KeyObject | KeyData): key is KeyData {
  return typeof key !== 'string' && 'kty' in key
}

function checkJwk(key: KeyData): KeyData {
  if (['d', 'x', 'dp', 'dq', 'qi', 'k'].some((member) => member in key)) {
    throw new InvalidArgumentError('INVALID_VALUE', 'publicKeyValue: the JSON Web Key holds a private key.')
  }
  const type = key.kty.toUpperCase()
  if (type !== 'RSA' && type !== 'DSA') throw unsuitable(key.kty)
  return key
}

function jwkOf(key: string | KeyObject): KeyData {
  const { kty = 'unknown', n, e } = publicPart(key)
  if (kty !== 'RSA') throw unsuitable(kty)
  return { kty, n, e }
}

function publicPart(key: string | KeyObject): JsonWebKey {
  try {
    return (typeof key === 'string' || key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' })
  } catch {
    // The parser's own error may tell of the key.
    throw new InvalidArgumentError(
      'INVALID_VALUE',
      'publicKeyValue takes an RSA key: PEM without a passphrase, a KeyObject, or a JSON Web Key.',
    )
  }
}

function unsuitable(type: string): InvalidArgumentError {
  return new InvalidArgumentError('INVALID_VALUE', `publicKeyValue: Handle servers take RSA keys, not '${type}'.`)
}
