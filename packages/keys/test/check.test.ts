import { checkCertificate, checkKeyType, KeyError } from '@handlekit/keys'
import { makeCertificate } from '@handlekit/identity'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { certificate, dsaKey, rsaKey, strangerKey, textOf, validDay } from './support/keys.ts'

const identity = '300:21.T12345/USER01'
const ecKey = createPrivateKey(textOf('ec.pem'))
const ecCertificate = new X509Certificate(textOf('ec.crt.pem'))
const pair = { certificate, privateKey: rsaKey, now: validDay }

const codeOf = (check: () => void): string => {
  try {
    check()
    return 'accepted'
  } catch (error) {
    return KeyError.isInstance(error) ? error.code : String(error)
  }
}

describe('checkCertificate', () => {
  it('takes RSA and DSA', () => {
    expect(codeOf(() => checkCertificate(pair))).toBe('accepted')
    const dsa = makeCertificate({ identity, privateKey: dsaKey })
    expect(codeOf(() => checkCertificate({ certificate: dsa, privateKey: dsaKey }))).toBe('accepted')
  })

  it('the key of another', () => {
    expect(codeOf(() => checkCertificate({ ...pair, privateKey: strangerKey }))).toBe('KEY_MISMATCH')
    expect(codeOf(() => checkCertificate({ ...pair, privateKey: dsaKey }))).toBe('KEY_MISMATCH')
  })

  it('the dates, to the second', () => {
    const made = makeCertificate({ identity, privateKey: rsaKey, days: 1, now: new Date('2030-01-02T03:04:05Z') })
    const at = (now: string, allowExpired?: boolean): string =>
      codeOf(() => checkCertificate({ certificate: made, privateKey: rsaKey, now: new Date(now), allowExpired }))
    expect(at('2030-01-02T02:59:04Z')).toBe('CERTIFICATE_NOT_YET_VALID')
    expect(at('2030-01-02T02:59:05Z')).toBe('accepted')
    expect(at('2030-01-03T03:04:05Z')).toBe('accepted')
    expect(at('2030-01-03T03:04:06Z')).toBe('CERTIFICATE_EXPIRED')
    expect(at('2031-01-01T00:00:00Z', true)).toBe('accepted')
    expect(at('2029-01-01T00:00:00Z', true)).toBe('accepted')
    const early = new Date('2029-01-01')
    expect(() => checkCertificate({ certificate: made, privateKey: rsaKey, now: early })).toThrow(
      'The certificate is not valid before 2030-01-02T02:59:05Z. Is the clock of this machine right?',
    )
    expect(() => checkCertificate({ certificate: made, privateKey: rsaKey, now: new Date('2040-01-01') })).toThrow(
      /expired on 2030-01-03T03:04:05Z/,
    )
  })

  it('EC keys, only for other servers', () => {
    const ec = { certificate: ecCertificate, privateKey: ecKey, now: validDay }
    expect(codeOf(() => checkCertificate(ec))).toBe('KEY_TYPE_REFUSED')
    expect(codeOf(() => checkCertificate({ ...ec, api: 'http' }))).toBe('accepted')
  })
})

describe('checkKeyType', () => {
  it('RSA and DSA', () => {
    expect(codeOf(() => checkKeyType(rsaKey))).toBe('accepted')
    expect(codeOf(() => checkKeyType(dsaKey))).toBe('accepted')
  })

  it('the others, with their names', () => {
    expect(() => checkKeyType(ecKey)).toThrow('The key is an elliptic curve (EC) key. Handle servers know RSA and DSA')
    expect(() => checkKeyType(generateKeyPairSync('ed25519').privateKey)).toThrow('of the type ed25519')
  })
})
