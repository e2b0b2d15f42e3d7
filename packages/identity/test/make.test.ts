import { HandleClient } from '@handlekit/core'
import {
  checkCertificate,
  fromHandleValue,
  identityOf,
  KeyError,
  toBin,
  toHandleValue,
  type PublicKeyValue,
} from '@handlekit/keys'
import { generateIdentity, makeCertificate } from '@handlekit/identity'
import { developmentSeed, startHandleServer } from '@handlekit/server'
import fc from 'fast-check'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodePublicKey, encodePublicKey, publicKeyToJson } from '../../server/src/record/public-key.ts'
import { callUntyped, dsaKey, rsaKey, textOf } from '../../keys/test/support/keys.ts'

const identity = '300:21.T12345/USER01'

describe('generateIdentity', () => {
  it('a key, a certificate and a value that belong together', async () => {
    const made = await generateIdentity({ identity, commonName: 'Jane, of Göttingen' })
    expect(made.privateKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65537n })
    expect(made.publicKey.equals(createPublicKey(made.privateKey))).toBe(true)
    expect(made.publicKeyValue).toEqual(toHandleValue(made.privateKey))
    const { certificate } = made
    checkCertificate(made)
    expect(identityOf(certificate)).toBe(identity)
    expect(certificate.subject).toBe('UID=300:21.T12345/USER01\nCN=Jane\\, of Göttingen')
    expect(certificate.issuer).toBe(certificate.subject)
    expect(certificate.verify(made.publicKey)).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    const years = (Date.parse(certificate.validTo) - Date.now()) / (365.25 * 24 * 3600e3)
    expect(years).toBeCloseTo(10, 1)
  })

  it('a longer key', async () => {
    const { privateKey } = await generateIdentity({ identity, bits: 3072 })
    expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(3072)
  })

  it.each([
    [{ identity: '' }, 'INVALID_OPTION'],
    [{ identity: 'USER01' }, 'INVALID_OPTION'],
    [{ identity: '300:21.T12345/' }, 'INVALID_OPTION'],
    [{ identity: '300:21.T12345/USER\n01' }, 'INVALID_OPTION'],
    [{ identity, bits: 1024 }, 'INVALID_OPTION'],
    [{ identity, days: 0 }, 'INVALID_OPTION'],
    [{ identity, commonName: '' }, 'INVALID_OPTION'],
    [{ identity, passphrase: 'x' }, 'UNKNOWN_OPTION'],
  ])('refuses %j', async (options, code) => {
    await expect(callUntyped(generateIdentity, options)).rejects.toMatchObject({ code })
  })
})

describe('makeCertificate', () => {
  it('for any identity', () => {
    const anyIdentity = fc
      .tuple(
        fc.nat({ max: 999_999_999 }),
        fc.stringMatching(/^[\w.-]+$/),
        fc.string({ minLength: 1, unit: 'grapheme' }),
      )
      .map(([index, prefix, suffix]) => `${index}:${prefix}/${suffix}`)
      .filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(anyIdentity, (text) => {
        expect(identityOf(makeCertificate({ identity: text, privateKey: rsaKey }))).toBe(text)
      }),
      { numRuns: 50 },
    )
  })

  it('for a DSA key, and for years after 2050', () => {
    const certificate = makeCertificate({ identity, privateKey: dsaKey, days: 36_500 })
    expect(certificate.verify(createPublicKey(dsaKey))).toBe(true)
    expect(new Date(certificate.validTo).getUTCFullYear()).toBeGreaterThan(2100)
  })

  it('not for an EC key', () => {
    const privateKey = createPrivateKey(textOf('ec.pem'))
    expect(() => makeCertificate({ identity, privateKey })).toThrow(KeyError)
    expect(() => toHandleValue(privateKey)).toThrow(/RSA and DSA/)
  })

  it('never twice with one number', () => {
    const numbers = Array.from({ length: 20 }, () => makeCertificate({ identity, privateKey: rsaKey }).serialNumber)
    expect(new Set(numbers).size).toBe(20)
  })
})

describe('the HS_PUBKEY value', () => {
  it.each([
    ['RSA', rsaKey],
    ['DSA', dsaKey],
  ])('%s: there and back', (_, key) => {
    const publicKey = createPublicKey(key)
    expect(fromHandleValue(toHandleValue(key)).equals(publicKey)).toBe(true)
    expect(toHandleValue(publicKey)).toEqual(toHandleValue(key))
  })

  it.each([
    ['RSA', rsaKey],
    ['DSA', dsaKey],
  ])('%s: as the server encodes it', (_, key) => {
    const { value } = toHandleValue(key)
    const bytes = toBin(createPublicKey(key))
    const decoded = decodePublicKey(bytes)
    expect(publicKeyToJson(decoded)).toEqual(value)
    expect(encodePublicKey(decoded)).toEqual(bytes)
  })

  it('in any case, and with padding, as servers read it', () => {
    const { value } = toHandleValue(rsaKey)
    const padded = value.kty === 'RSA' ? Buffer.from(value.n, 'base64url').toString('base64') : ''
    expect(
      fromHandleValue({ format: 'key', value: { ...value, kty: 'rsa', n: padded } }).equals(createPublicKey(rsaKey)),
    ).toBe(true)
  })

  it('can be stored in a record, and read from it', async () => {
    await using server = await startHandleServer({ seed: developmentSeed, anonymousAdminFullAccess: true })
    const client = new HandleClient({ server: server.httpUrl, allowInsecureHttp: true })
    const publicKeyValue: PublicKeyValue = toHandleValue(rsaKey)
    await client.create('21.T12345/keytest', [{ index: 300, type: 'HS_PUBKEY', data: publicKeyValue }])
    const record = await client.resolve('21.T12345/keytest')
    const data = record?.values.find(({ index }) => index === 300)?.data
    expect(data).toEqual(publicKeyValue)
    if (data?.format === 'key') expect(fromHandleValue(data).equals(createPublicKey(rsaKey))).toBe(true)
    await client.close()
  })
})
