import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

/**
 * Whether a private key that was put together from its numbers works. OpenSSL takes any numbers, and the first thing to
 * show that they do not belong together would be a server that refuses a signature.
 */
export function isWhole(key: KeyObject): boolean {
  const digest = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'dsa' ? 'sha256' : undefined
  if (digest === undefined) return true
  const message = Buffer.from('handlekit')
  try {
    return verify(digest, message, createPublicKey(key), sign(digest, message, key))
  } catch {
    return false
  }
}
