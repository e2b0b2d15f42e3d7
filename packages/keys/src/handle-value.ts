import { InvalidArgumentError } from '@handlekit/core/strategy'
import type { KeyObject } from 'node:crypto'
import { checkKeyType } from './check.ts'
import { publicKeyFromJwk } from './forms/jwk.ts'
import { publicNumbers, type PublicNumbers } from './numbers.ts'

/** What an HS_PUBKEY value holds, in the JSON form of the Handle API: the `data` of the value. */
export type PublicKeyValue = { readonly format: 'key'; readonly value: PublicNumbers }

/**
 * The HS_PUBKEY value of a key, for a record: `client.create(handle, [{ index: 300, type: 'HS_PUBKEY', data:
 * toHandleValue(key) }])`. Of a private key it is that of its public half.
 *
 * @throws KeyError `KEY_TYPE_REFUSED`
 */
export function toHandleValue(key: KeyObject): PublicKeyValue {
  checkKeyType(key)
  const value = publicNumbers(key)
  if (value === undefined) throw new TypeError('An RSA or DSA key has numbers')
  return { format: 'key', value }
}

/**
 * The public key that the `data` of an HS_PUBKEY value holds.
 *
 * @throws KeyError `NOT_JWK` or `KEY_DAMAGED`
 * @throws InvalidArgumentError `INVALID_VALUE` for data in another format
 */
export function fromHandleValue(data: { readonly format: string; readonly value?: unknown }): KeyObject {
  if (data.format !== 'key') {
    throw new InvalidArgumentError('INVALID_VALUE', `An HS_PUBKEY value has the format 'key', not '${data.format}'.`)
  }
  return publicKeyFromJwk(data.value, { name: 'The HS_PUBKEY value' })
}
