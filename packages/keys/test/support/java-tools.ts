// Writes key files as the Handle System's Java tools do, from the description of the format and with nothing of the
// package: BigInteger.toByteArray is two's complement, and every item has four bytes with its length before it.
import { createCipheriv, pbkdf2Sync } from 'node:crypto'

export type Numbers = Readonly<Record<string, unknown>>

function int(value: number): Buffer {
  return Buffer.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
}

function byteArray(bytes: Uint8Array): Buffer {
  return Buffer.concat([int(bytes.length), bytes])
}

function bigInteger(base64url: unknown): Buffer {
  let digits = BigInt(`0x${Buffer.from(String(base64url), 'base64url').toString('hex')}`).toString(16)
  if (digits.length % 2 === 1) digits = `0${digits}`
  if (parseInt(digits.slice(0, 2), 16) >= 0x80) digits = `00${digits}`
  return byteArray(Buffer.from(digits, 'hex'))
}

const all = (numbers: Numbers, names: string): Buffer[] => names.split(' ').map((name) => bigInteger(numbers[name]))
const text = (name: string): Buffer => byteArray(Buffer.from(name, 'ascii'))

export function privateRsa(numbers: Numbers): Buffer {
  return Buffer.concat([text('RSA_PRIVCRT_KEY'), ...all(numbers, 'n e d p q dp dq qi')])
}
export function shortPrivateRsa(numbers: Numbers): Buffer {
  return Buffer.concat([text('RSA_PRIV_KEY'), ...all(numbers, 'n d')])
}
export function privateDsa(numbers: Numbers): Buffer {
  return Buffer.concat([text('DSA_PRIV_KEY'), ...all(numbers, 'x p q g')])
}
export function publicRsa(numbers: Numbers): Buffer {
  return Buffer.concat([text('RSA_PUB_KEY'), Buffer.from([0, 0]), ...all(numbers, 'e n')])
}
export function publicDsa(numbers: Numbers): Buffer {
  return Buffer.concat([text('DSA_PUB_KEY'), Buffer.from([0, 0]), ...all(numbers, 'q p g y')])
}

export function unencrypted(key: Buffer): Buffer {
  return Buffer.concat([int(1), key])
}

/** The schemes with PBKDF2: 3 is triple DES with 192 bits, 4 AES with 128. */
export function encrypted(scheme: 3 | 4, key: Buffer, passphrase: string, iterations = 10_000): Buffer {
  const [name, bits, blockSize] = scheme === 4 ? ['aes-128-cbc', 128, 16] : ['des-ede3-cbc', 192, 8]
  const salt = Buffer.alloc(16, 7)
  const iv = Buffer.alloc(blockSize, 9)
  // A char for each byte of the UTF-8 text; PBEKeySpec makes UTF-8 of the chars.
  const chars = [...Buffer.from(passphrase, 'utf8')].map((byte) => String.fromCharCode(byte)).join('')
  const secret = pbkdf2Sync(Buffer.from(chars, 'utf8'), salt, iterations, bits / 8, 'sha1')
  const cipher = createCipheriv(name, secret, iv)
  const ciphertext = Buffer.concat([cipher.update(key), cipher.final()])
  return Buffer.concat([int(scheme), byteArray(salt), int(iterations), int(bits), byteArray(iv), byteArray(ciphertext)])
}

export { int }
