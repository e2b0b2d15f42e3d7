import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { dsaNumbers, dsaPrivateKey, dsaPublicKey } from './dsa.ts'

/** An RSA public key: numbers in unpadded base64url (RFC 7518, 6.3.1). */
export type RsaPublicNumbers = { readonly kty: 'RSA'; readonly n: string; readonly e: string }
/** A DSA public key, in the Handle System's own JSON form. */
export type DsaPublicNumbers = {
  readonly kty: 'DSA'
  readonly y: string
  readonly p: string
  readonly q: string
  readonly g: string
}
/** The numbers of a public key, as an HS_PUBKEY value has them. */
export type PublicNumbers = RsaPublicNumbers | DsaPublicNumbers

/** An RSA private key (RFC 7518, 6.3.2). */
export type RsaPrivateNumbers = RsaPublicNumbers & {
  readonly [Name in 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi']: string
}
/** A DSA private key. RFC 7518 has none; this is the form of the public key with `x`. */
export type DsaPrivateNumbers = DsaPublicNumbers & { readonly x: string }
/** The numbers of a private key. */
export type PrivateNumbers = RsaPrivateNumbers | DsaPrivateNumbers

/** The numbers of an RSA or DSA key; of a private key those of its public half. Undefined for other types. */
export function publicNumbers(key: KeyObject): PublicNumbers | undefined {
  if (key.asymmetricKeyType === 'rsa') {
    const { n = '', e = '' } = key.export({ format: 'jwk' })
    return { kty: 'RSA', n, e }
  }
  if (key.asymmetricKeyType !== 'dsa') return undefined
  const { x: _, ...numbers } = dsaNumbers(key)
  return numbers
}

/** The numbers of an RSA or DSA private key. Undefined for other types. */
export function privateNumbers(key: KeyObject): PrivateNumbers | undefined {
  if (key.asymmetricKeyType === 'rsa') {
    const { n = '', e = '', d = '', p = '', q = '', dp = '', dq = '', qi = '' } = key.export({ format: 'jwk' })
    return { kty: 'RSA', n, e, d, p, q, dp, dq, qi }
  }
  if (key.asymmetricKeyType !== 'dsa') return undefined
  const { x = '', ...numbers } = dsaNumbers(key)
  return { ...numbers, x }
}

/** Throws when the numbers make no key; the error may show them. */
export function publicKeyFrom(numbers: PublicNumbers): KeyObject {
  if (numbers.kty === 'DSA') return dsaPublicKey(numbers)
  const key: JsonWebKey = { ...numbers }
  return createPublicKey({ key, format: 'jwk' })
}

/** Throws when the numbers make no key; the error may show them. */
export function privateKeyFrom(numbers: RsaPrivateNumbers | Omit<DsaPrivateNumbers, 'y'>): KeyObject {
  if (numbers.kty === 'DSA') return dsaPrivateKey(numbers)
  const key: JsonWebKey = { ...numbers }
  return createPrivateKey({ key, format: 'jwk' })
}
