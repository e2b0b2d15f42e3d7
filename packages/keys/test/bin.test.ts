import { KeyError, readPrivateKey, readPublicKey, toBin, toJwk } from '@handlekit/keys'
import fc from 'fast-check'
import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  encrypted,
  int,
  privateDsa,
  privateRsa,
  publicDsa,
  publicRsa,
  shortPrivateRsa,
  unencrypted,
} from './support/java-tools.ts'
import { dsaKey, errorOf, passphrase, rsaKey } from './support/keys.ts'

const numbers = rsaKey.export({ format: 'jwk' })
const dsaNumbers = toJwk(dsaKey)
const javaRsa = privateRsa(numbers)
const javaDsa = privateDsa(dsaNumbers)

const refused = async (bin: Buffer, secret?: string): Promise<string> => {
  const error = await errorOf(readPrivateKey({ bin, passphrase: secret }))
  return KeyError.isInstance(error) ? error.code : String(error)
}

describe('files as the Java tools write them', () => {
  it('reads admpriv.bin that is not encrypted', async () => {
    expect((await readPrivateKey({ bin: unencrypted(javaRsa) })).equals(rsaKey)).toBe(true)
    expect((await readPrivateKey({ bin: unencrypted(javaDsa) })).equals(dsaKey)).toBe(true)
  })

  it.each([3, 4] as const)('reads admpriv.bin with the encryption scheme %d', async (scheme) => {
    const bin = encrypted(scheme, javaRsa, passphrase)
    expect((await readPrivateKey({ bin, passphrase })).equals(rsaKey)).toBe(true)
    const dsa = encrypted(scheme, javaDsa, passphrase)
    expect((await readPrivateKey({ bin: dsa, passphrase: async () => passphrase })).equals(dsaKey)).toBe(true)
  })

  it('reads it with any passphrase: Java encodes the UTF-8 of it as if it were Latin-1', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, unit: 'grapheme' }), async (secret) => {
        const bin = encrypted(4, javaRsa, secret, 10)
        expect((await readPrivateKey({ bin, passphrase: secret })).equals(rsaKey)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('reads admpub.bin', async () => {
    expect((await readPublicKey({ bin: publicRsa(numbers) })).equals(createPublicKey(rsaKey))).toBe(true)
    expect((await readPublicKey({ bin: publicDsa(dsaNumbers) })).equals(createPublicKey(dsaKey))).toBe(true)
  })

  it('writes the same bytes', () => {
    expect(toBin(rsaKey)).toEqual(unencrypted(javaRsa))
    expect(toBin(dsaKey)).toEqual(unencrypted(javaDsa))
    expect(toBin(createPublicKey(rsaKey))).toEqual(publicRsa(numbers))
    expect(toBin(createPublicKey(dsaKey))).toEqual(publicDsa(dsaNumbers))
  })

  it('encrypts with scheme 4, and parameters as in Java', () => {
    const bin = toBin(rsaKey, { passphrase })
    expect(bin.subarray(0, 4)).toEqual(int(4))
    expect(bin.subarray(24, 32)).toEqual(Buffer.concat([int(10_000), int(128)]))
    expect(bin).toHaveLength(encrypted(4, javaRsa, passphrase).length)
    expect(toBin(rsaKey, { passphrase })).not.toEqual(bin)
  })
})

describe('what is refused', () => {
  it('wrong and missing passphrases', async () => {
    const bin = encrypted(4, javaRsa, passphrase, 10)
    expect(await refused(bin)).toBe('PASSPHRASE_REQUIRED')
    // Of so many, some decrypt to a padding that looks right.
    for (let i = 0; i < 600; i++) expect(await refused(bin, `wrong ${i}`)).toBe('WRONG_PASSPHRASE')
  })

  it('DES, which nothing can read safely', async () => {
    for (const scheme of [0, 2]) {
      expect(await refused(Buffer.concat([int(scheme), Buffer.alloc(64, 5)]), passphrase)).toBe(
        'UNSUPPORTED_ENCRYPTION',
      )
    }
  })

  it('the short form of RSA keys', async () => {
    expect(await refused(unencrypted(shortPrivateRsa(numbers)))).toBe('KEY_TYPE_REFUSED')
  })

  it('private and public swapped', async () => {
    expect(await refused(publicRsa(numbers))).toBe('NO_PRIVATE_KEY')
    for (const bin of [unencrypted(javaRsa), unencrypted(javaDsa), encrypted(4, javaRsa, passphrase)]) {
      expect(await errorOf(readPublicKey({ bin }))).toMatchObject({ code: 'NO_PUBLIC_KEY' })
    }
  })

  it('numbers that do not belong together', async () => {
    const { d: _, ...others } = numbers
    const mixed = privateRsa({ ...others, d: 'AQAB', dp: 'Aw', dq: 'Aw' })
    expect(await refused(unencrypted(mixed))).toBe('KEY_DAMAGED')
  })

  it('iterations that would take minutes', async () => {
    const bin = encrypted(4, javaRsa, passphrase, 10)
    bin.writeUInt32BE(0xffffffff, 24)
    expect(await refused(bin, passphrase)).toBe('WRONG_PASSPHRASE')
  })

  it('PEM, and anything else, with an error of its own', async () => {
    const pem = Buffer.from(rsaKey.export({ format: 'pem', type: 'pkcs8' }))
    expect(await errorOf(readPrivateKey({ bin: pem }))).toMatchObject({
      code: 'NOT_BIN',
      message: expect.stringContaining('pemFile'),
    })
    expect(await errorOf(readPublicKey({ bin: pem }))).toMatchObject({ code: 'NOT_BIN' })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0, 1, 3, 4, 9), async (bytes, scheme) => {
        for (const bin of [bytes, Buffer.concat([int(scheme), bytes])]) {
          expect(await errorOf(readPrivateKey({ bin, passphrase }))).toBeInstanceOf(KeyError)
          expect(await errorOf(readPublicKey({ bin }))).toBeInstanceOf(KeyError)
        }
      }),
    )
  })

  it('a file that was cut off anywhere', async () => {
    const whole = unencrypted(javaRsa)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        expect(await refused(whole.subarray(0, length))).toMatch(/^(NOT_BIN|KEY_DAMAGED)$/)
      }),
    )
  })
})
