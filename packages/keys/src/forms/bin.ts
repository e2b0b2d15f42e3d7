import type { Secret } from '@handlekit/core/strategy'
import type { KeyObject } from 'node:crypto'
import { signedOf, withoutZeros } from '../der.ts'
import type { KeyError } from '../key-error.ts'
import { opensslCause } from '../openssl-error.ts'
import { keyError, type Origin } from '../origin.ts'
import { privateKeyFrom, publicKeyFrom, type PrivateNumbers, type PublicNumbers } from '../numbers.ts'
import { requirePassphrase } from '../passphrase.ts'
import { isWhole } from '../whole.ts'
import { decryptBin, encryptBin, isDecryptable, unencrypted } from './bin-encryption.ts'
import { ByteReader, item, uint32 } from './bytes.ts'

/** The bytes of an HS_PUBKEY value, which are those of `admpub.bin` too. */
export function encodePublicBin(key: PublicNumbers): Buffer {
  const numbers = key.kty === 'RSA' ? [key.e, key.n] : [key.q, key.p, key.g, key.y]
  return Buffer.concat([item(`${key.kty}_PUB_KEY`), Buffer.alloc(2), ...numbers.map(encodeNumber)])
}

/** `admpriv.bin`: without a passphrase not encrypted. */
export function encodePrivateBin(key: PrivateNumbers, passphrase: string | undefined): Buffer {
  const [name, numbers] =
    key.kty === 'RSA'
      ? ['RSA_PRIVCRT_KEY', [key.n, key.e, key.d, key.p, key.q, key.dp, key.dq, key.qi]]
      : ['DSA_PRIV_KEY', [key.x, key.p, key.q, key.g]]
  const bytes = Buffer.concat([item(name), ...numbers.map(encodeNumber)])
  return passphrase === undefined ? Buffer.concat([uint32(unencrypted), bytes]) : encryptBin(bytes, passphrase)
}

/** @throws KeyError `NOT_BIN`, `NO_PUBLIC_KEY`, `KEY_DAMAGED` */
export function publicKeyFromBin(bytes: Buffer, origin: Origin): KeyObject {
  const reader = new ByteReader(bytes)
  const name = nameOf(reader)
  if (name !== 'RSA_PUB_KEY' && name !== 'DSA_PUB_KEY') {
    if (isPrivateBin(bytes)) {
      throw keyError(origin, 'NO_PUBLIC_KEY', 'holds a private key (admpriv.bin). The public key is in admpub.bin.')
    }
    throw notBin(origin, bytes)
  }
  try {
    reader.skip(2) // flags, never used
    const number = (): string => decodeNumber(reader)
    if (name === 'RSA_PUB_KEY') {
      const e = number()
      return publicKeyFrom({ kty: 'RSA', n: number(), e })
    }
    const [q, p, g, y] = [number(), number(), number(), number()]
    return publicKeyFrom({ kty: 'DSA', y, p, q, g })
  } catch {
    throw damaged(origin)
  }
}

/** @throws KeyError of many kinds */
export async function privateKeyFromBin(
  bytes: Buffer,
  passphrase: Secret | undefined,
  origin: Origin,
): Promise<KeyObject> {
  if (!isPrivateBin(bytes)) {
    if (/^[RD]SA_PUB_KEY$/.test(nameOf(new ByteReader(bytes)))) {
      throw keyError(origin, 'NO_PRIVATE_KEY', 'holds a public key (admpub.bin). The private key is in admpriv.bin.')
    }
    throw notBin(origin, bytes)
  }
  const scheme = bytes.readUInt32BE()
  const rest = bytes.subarray(4)
  if (scheme === unencrypted) return assemble(rest, origin)
  if (!isDecryptable(scheme)) {
    const remedy = 'The Java tools encrypt it anew: hdl-keyutil, of a HANDLE.NET distribution.'
    throw keyError(
      origin,
      'UNSUPPORTED_ENCRYPTION',
      `is encrypted with DES (scheme ${scheme}), unsafe today. ${remedy}`,
    )
  }
  const secret = await requirePassphrase(passphrase, origin)
  const wrong = 'cannot be decrypted: the passphrase is wrong, or the file damaged.'
  let plain: Buffer
  try {
    plain = await decryptBin(scheme, rest, secret)
  } catch (error) {
    throw keyError(origin, 'WRONG_PASSPHRASE', wrong, opensslCause(error))
  }
  // One wrong passphrase in 256 leaves a padding that looks right.
  if (!nameOf(new ByteReader(plain)).endsWith('_KEY')) throw keyError(origin, 'WRONG_PASSPHRASE', wrong)
  return assemble(plain, origin)
}

function assemble(bytes: Buffer, origin: Origin): KeyObject {
  const reader = new ByteReader(bytes)
  const name = nameOf(reader)
  if (name === 'RSA_PRIV_KEY') {
    const text = 'holds an RSA key in its short form, which lacks the public exponent and the primes.'
    throw keyError(origin, 'KEY_TYPE_REFUSED', `${text} The Java tools write the long form: make a new key.`)
  }
  if (name !== 'RSA_PRIVCRT_KEY' && name !== 'DSA_PRIV_KEY') throw damaged(origin)
  let key: KeyObject
  try {
    const number = (): string => decodeNumber(reader)
    if (name === 'RSA_PRIVCRT_KEY') {
      const [n, e, d, p] = [number(), number(), number(), number()]
      const [q, dp, dq, qi] = [number(), number(), number(), number()]
      key = privateKeyFrom({ kty: 'RSA', n, e, d, p, q, dp, dq, qi })
    } else {
      const [x, p, q, g] = [number(), number(), number(), number()]
      key = privateKeyFrom({ kty: 'DSA', x, p, q, g })
    }
  } catch {
    // The error of Node.js may show a number.
    throw damaged(origin)
  }
  if (!isWhole(key)) throw damaged(origin)
  return key
}

function isPrivateBin(bytes: Buffer): boolean {
  if (bytes.length < 8) return false
  const scheme = bytes.readUInt32BE()
  return scheme === unencrypted ? /^[RD]SA_PRIV/.test(nameOf(new ByteReader(bytes.subarray(4)))) : scheme <= 4
}

/** The text that every key begins with; empty when there is none. */
function nameOf(reader: ByteReader): string {
  try {
    return reader.item().toString('latin1')
  } catch {
    return ''
  }
}

function encodeNumber(number: string): Buffer {
  return item(signedOf(Buffer.from(number, 'base64url')))
}

function decodeNumber(reader: ByteReader): string {
  return withoutZeros(reader.item()).toString('base64url')
}

function notBin(origin: Origin, bytes: Buffer): KeyError {
  const hint = bytes.includes('-----BEGIN') ? ' It is PEM: pass it as `pem` or `pemFile`.' : ''
  return keyError(origin, 'NOT_BIN', `is no key file of the Handle System's Java tools.${hint}`)
}

function damaged(origin: Origin): KeyError {
  return keyError(origin, 'KEY_DAMAGED', 'holds a key that cannot be read. Is the file complete?')
}
