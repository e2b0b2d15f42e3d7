import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { ByteReader } from '../record/bytes.ts'

/** What PBKDF2 needs beside the secret. `length` is in bits. */
export interface KeyDerivation {
  readonly salt: Buffer
  readonly iterations: number
  readonly length: number
}

/** A claim that someone knows a secret: a MAC of nonce and cnonce under it. */
export interface MacClaim {
  readonly alg: string
  readonly signature: Buffer
  /** Without it, a PBKDF2 signature has to carry all of it. */
  readonly derivation: KeyDerivation | undefined
}

type Mac = (secret: Buffer, data: Buffer) => Buffer

/** Bounds on what a request may make the server compute; the real one has none. */
const mostIterations = 10_000_000
const longestKey = 8192

/** The secret before and after the data: the Handle System's way from before HMAC. */
const enclosing =
  (digest: string): Mac =>
  (secret, data) =>
    createHash(digest).update(secret).update(data).update(secret).digest()

const hmac =
  (digest: string): Mac =>
  (secret, data) =>
    createHmac(digest, secret).update(data).digest()

const macs: ReadonlyMap<string, Mac> = new Map([
  ['MD5', enclosing('md5')],
  ['SHA', enclosing('sha1')],
  ['SHA1', enclosing('sha1')],
  ['SHA2', enclosing('sha256')],
  ['SHA256', enclosing('sha256')],
  ['HMACSHA1', hmac('sha1')],
  ['HMACSHA256', hmac('sha256')],
])

const pbkdf2Names: readonly string[] = ['PBKDF2HMACSHA1', 'PBKDF2WITHHMACSHA1']

/** Names are compared in any case and without punctuation. */
export function isMacAlgorithm(alg: string): boolean {
  const name = plainName(alg)
  return macs.has(name) || pbkdf2Names.includes(name)
}

/** Whether the claim holds for a secret. The algorithm has to be one that {@link isMacAlgorithm} knows. */
export function isValidMac(claim: MacClaim, secret: Buffer, data: Buffer): boolean {
  const name = plainName(claim.alg)
  if (pbkdf2Names.includes(name)) return isValidDerivedMac(claim, secret, data)
  const mac = macs.get(name)
  return mac !== undefined && isSame(mac(secret, data), claim.signature)
}

/**
 * A signature that carries its derivation: the salt with its length, iterations, length in bits, the MAC with its
 * length. Throws a RangeError when the bytes are not that.
 */
export function unpackDerivedMac(claim: MacClaim): MacClaim & { readonly derivation: KeyDerivation } {
  if (claim.derivation) return { ...claim, derivation: claim.derivation }
  const reader = new ByteReader(claim.signature)
  const derivation = { salt: reader.sized(), iterations: reader.int32(), length: reader.int32() }
  return { alg: claim.alg, derivation, signature: reader.sized() }
}

export function needsDerivation(alg: string): boolean {
  return pbkdf2Names.includes(plainName(alg))
}

function isValidDerivedMac(claim: MacClaim, secret: Buffer, data: Buffer): boolean {
  const { derivation, signature } = unpackDerivedMac(claim)
  const { salt, iterations, length } = derivation
  if (iterations < 1 || iterations > mostIterations || length < 8 || length > longestKey) return false
  // Java makes one character of each byte of the secret, and derives from the UTF-8 of those characters.
  const password = Buffer.from(secret.toString('latin1'), 'utf8')
  const key = pbkdf2Sync(password, salt, iterations, Math.floor(length / 8), 'sha1')
  return isSame(createHmac('sha1', key).update(data).digest(), signature)
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function plainName(alg: string): string {
  return alg.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}
