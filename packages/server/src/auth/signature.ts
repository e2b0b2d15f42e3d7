import { verify } from 'node:crypto'
import { toKeyObject, type PublicKey } from '../record/public-key.ts'

const digests: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA', 'sha1'],
  ['SHA1', 'sha1'],
  ['SHA-1', 'sha1'],
  ['SHA2', 'sha256'],
  ['SHA-2', 'sha256'],
  ['SHA256', 'sha256'],
  ['SHA-256', 'sha256'],
])

/** Names are compared in any case. MAC names are none of these. */
export function isSignatureAlgorithm(alg: string): boolean {
  return digests.has(alg.toUpperCase())
}

/** Checks a signature: RSASSA-PKCS1-v1_5, or for DSA the DER sequence of r and s. A broken key fits no signature. */
export function isValidSignature(key: PublicKey, alg: string, data: Buffer, signature: Buffer): boolean {
  const digest = digests.get(alg.toUpperCase())
  try {
    return verify(digest, data, { key: toKeyObject(key), dsaEncoding: 'der' }, signature)
  } catch {
    return false
  }
}
