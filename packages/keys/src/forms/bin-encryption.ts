import { createCipheriv, createDecipheriv, pbkdf2, pbkdf2Sync, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { ByteReader, item, uint32 } from './bytes.ts'

// The first four bytes of a private `.bin` file say how the rest is encrypted.

export const unencrypted = 1
const tripleDes = 3
const aes = 4

/** The ciphers whose key PBKDF2-HMAC-SHA1 makes, and the lengths of that key in bits. */
const ciphers: ReadonlyMap<number, Readonly<Record<number, string>>> = new Map([
  [tripleDes, { 192: 'des-ede3-cbc' }],
  [aes, { 128: 'aes-128-cbc', 192: 'aes-192-cbc', 256: 'aes-256-cbc' }],
])

const derive = promisify(pbkdf2)
/** What the Java tools use. A reader takes the number from the file. */
const iterations = 10_000
/** A file that asks for more would keep the program busy for minutes. */
const mostIterations = 10_000_000

export function isDecryptable(scheme: number): boolean {
  return ciphers.has(scheme)
}

/**
 * What comes after the scheme: salt, iterations, length of the key in bits, initialisation vector, ciphertext.
 *
 * @throws RangeError when the bytes are not that; OpenSSL's error for most wrong passphrases
 */
export async function decryptBin(scheme: number, bytes: Buffer, passphrase: string): Promise<Buffer> {
  const reader = new ByteReader(bytes)
  const salt = reader.item()
  const rounds = reader.uint32()
  const bits = reader.uint32()
  const cipher = ciphers.get(scheme)?.[bits]
  if (cipher === undefined || rounds < 1 || rounds > mostIterations) throw new RangeError('Unknown parameters')
  const [iv, ciphertext] = [reader.item(), reader.item()]
  const key = await derive(passwordBytes(passphrase), salt, rounds, bits / 8, 'sha1')
  const decipher = createDecipheriv(cipher, key, iv)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

/** Scheme 4, as the Java tools write it: AES-128-CBC. */
export function encryptBin(bytes: Buffer, passphrase: string): Buffer {
  const [salt, iv] = [randomBytes(16), randomBytes(16)]
  const key = pbkdf2Sync(passwordBytes(passphrase), salt, iterations, 16, 'sha1')
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Buffer.concat([uint32(aes), item(salt), uint32(iterations), uint32(128), item(iv), item(ciphertext)])
}

/** The Java tools take each byte of the UTF-8 text for a character, and PBKDF2 there encodes those in UTF-8 again. */
function passwordBytes(passphrase: string): Buffer {
  return Buffer.from(Buffer.from(passphrase, 'utf8').toString('latin1'), 'utf8')
}
