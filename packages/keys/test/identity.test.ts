import { identityOf, KeyError, readCertificateAndKey } from '@handlekit/keys'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Version,
} from '@peculiar/asn1-x509'
import fc from 'fast-check'
import { createPublicKey, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { rsaKey, textOf } from './support/keys.ts'

type Attribute = readonly [
  type: keyof typeof types,
  text: string,
  as?: 'utf8String' | 'bmpString' | 'printableString' | 'ia5String' | 'universalString',
]

const types = {
  UID: '0.9.2342.19200300.100.1.1',
  CN: '2.5.4.3',
  O: '2.5.4.10',
  C: '2.5.4.6',
  OU: '2.5.4.11',
}
const publicKey = createPublicKey(rsaKey).export({ format: 'der', type: 'spki' })

/** A certificate whose signature nobody checks. */
function certificateWith(...names: readonly (readonly Attribute[])[]): X509Certificate {
  const subject = new Name(
    names.map(
      (attributes) =>
        new RelativeDistinguishedName(
          attributes.map(
            ([type, text, as = 'utf8String']) =>
              new AttributeTypeAndValue({ type: types[type], value: new AttributeValue({ [as]: text }) }),
          ),
        ),
    ),
  )
  const subjectPublicKeyInfo = AsnConvert.parse(publicKey, SubjectPublicKeyInfo)
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: Uint8Array.of(1).buffer,
    subject,
    subjectPublicKeyInfo,
  })
  tbsCertificate.signature.algorithm = '1.2.840.113549.1.1.11'
  const signatureAlgorithm = tbsCertificate.signature
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue: new ArrayBuffer(256) })
  return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate)))
}

const identity = (...names: readonly (readonly Attribute[])[]): string => identityOf(certificateWith(...names))

describe('identityOf', () => {
  it('the conformance certificates', () => {
    expect(identityOf(new X509Certificate(textOf('user.crt.pem')))).toBe('300:21.T12345/USER01')
    expect(identityOf(new X509Certificate(textOf('admin.crt.pem')))).toBe('300:0.NA/21.T12345')
  })

  it('UID before CN before O, wherever they stand', () => {
    expect(identity([['O', 'o']], [['CN', 'c']], [['UID', 'u']])).toBe('u')
    expect(identity([['UID', 'u']], [['CN', 'c']], [['O', 'o']])).toBe('u')
    expect(identity([['CN', 'c']], [['O', 'o']])).toBe('c')
    expect(identity([['C', 'DE']], [['O', 'o']])).toBe('o')
  })

  it('of several, the first of the RFC 2253 text: the last one in the certificate', () => {
    expect(identity([['UID', '300:a/1']], [['UID', '300:a/2']])).toBe('300:a/2')
  })

  it('in a name of several parts, in their order', () => {
    expect(
      identity(
        [
          ['CN', 'x'],
          ['UID', '300:a/1'],
        ],
        [['C', 'DE']],
      ),
    ).toBe('300:a/1')
    expect(
      identity([
        ['CN', 'c'],
        ['O', 'o'],
      ]),
    ).toBe('c')
  })

  it('nobody', () => {
    for (const certificate of [
      certificateWith(),
      certificateWith([['C', 'DE']], [['OU', 'u']]),
      certificateWith([['UID', '']]),
    ]) {
      expect(() => identityOf(certificate)).toThrow(KeyError)
      expect(() => identityOf(certificate)).toThrow(/names nobody.*generateIdentity/)
    }
  })

  it('nobody: only other servers take such a certificate', async () => {
    const source = {
      certificate: { pem: certificateWith([['C', 'DE']]).toString() },
      privateKey: { pem: textOf('user.pem') },
      allowExpired: true,
    }
    await expect(readCertificateAndKey(source)).rejects.toMatchObject({ code: 'NO_IDENTITY' })
    expect((await readCertificateAndKey({ ...source, api: 'http' })).identity).toBeUndefined()
  })

  it('any text, in any string type of a certificate', () => {
    // asn1js, which writes them here, knows no more of these two types.
    const unit = fc.integer({ min: 1, max: 0xd7ff }).map((code) => String.fromCharCode(code))
    const anyBmpText = fc.string({ minLength: 1, unit })
    const anyAttribute = fc.oneof(
      fc.tuple(fc.constant('utf8String' as const), fc.string({ minLength: 1, unit: 'grapheme' })),
      fc.tuple(fc.constant('bmpString' as const), anyBmpText),
      fc.tuple(fc.constant('printableString' as const), fc.stringMatching(/^[A-Za-z0-9 '()+,./:=?-]+$/)),
      fc.tuple(fc.constant('ia5String' as const), fc.string({ minLength: 1, unit: 'binary-ascii' })),
      fc.tuple(fc.constant('universalString' as const), anyBmpText),
    )
    fc.assert(
      fc.property(anyAttribute, fc.constantFrom('UID', 'CN', 'O'), ([as, text], type) => {
        expect(identity([['C', 'DE']], [[type, text, as]])).toBe(text)
      }),
    )
  })

  it('any subject: what its RFC 2253 text says', () => {
    const anyType = fc.constantFrom<keyof typeof types>('UID', 'CN', 'O', 'C', 'OU')
    const anyText = fc.string({
      minLength: 1,
      maxLength: 20,
      unit: fc.constantFrom(...Array.from('300:a/.,+=\\"<>;# é')),
    })
    // DER sorts what is joined into one part, so that a test with parts of several would test the sorting too.
    fc.assert(
      fc.property(fc.array(fc.tuple(anyType, anyText), { maxLength: 6 }), (attributes) => {
        const certificate = certificateWith(...attributes.map((attribute) => [attribute]))
        const text = attributes.toReversed()
        const expected = ['UID', 'CN', 'O']
          .map((wanted) => text.find(([type]) => type === wanted))
          .find((found) => found)
        if (expected) expect(identityOf(certificate)).toBe(expected[1])
        else expect(() => identityOf(certificate)).toThrow(KeyError)
      }),
    )
  })
})
