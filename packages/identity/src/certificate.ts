import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_kp_clientAuth,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'
import { createPublicKey, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { checkKeyType } from '@handlekit/keys'

/** What {@link makeCertificate} takes. */
export interface CertificateOptions {
  /** Index and handle of the HS_PUBKEY value that holds the key, '300:21.T12345/USER01': the UID of the subject. */
  readonly identity: string
  /** RSA or DSA. */
  readonly privateKey: KeyObject
  /** Days for which it is valid. Default 3650: a Handle server does not look at it, other servers do. */
  readonly days?: number | undefined
  /** A CN for the subject besides the UID, for people. Handle servers look at the UID. */
  readonly commonName?: string | undefined
  /** The clock. Default: now. */
  readonly now?: Date | undefined
}

const minute = 60_000
const day = 24 * 60 * minute

/** sha256WithRSAEncryption (RFC 4055: with parameters, NULL) and id-dsa-with-sha256 (RFC 5758: without). */
const rsaSignature = { algorithm: '1.2.840.113549.1.1.11', parameters: Uint8Array.of(0x05, 0x00).buffer }
const dsaSignature = { algorithm: '2.16.840.1.101.3.4.3.2' }

/**
 * A self-signed certificate (RFC 5280) whose subject names an identity, for TLS clients.
 *
 * @throws KeyError `KEY_TYPE_REFUSED`
 * @throws InvalidArgumentError `INVALID_OPTION` or `UNKNOWN_OPTION`
 */
export function makeCertificate(options: CertificateOptions): X509Certificate {
  checkOptions('makeCertificate', options, ['identity', 'privateKey', 'days', 'commonName', 'now'])
  const { identity, privateKey, days = 3650, commonName, now = new Date() } = options
  checkText('identity', identity, /^(?:\d{1,9}:)?[^/]+\/.+$/s, "index and handle, '300:21.T12345/USER01'")
  if (commonName !== undefined) checkText('commonName', commonName, /./s, 'text')
  if (!Number.isFinite(days) || days <= 0 || days > 365_000) {
    throw new InvalidArgumentError('INVALID_OPTION', 'makeCertificate: days is a number of days, at most 365000.')
  }
  checkKeyType(privateKey)
  // A clock that is a little behind takes it at once.
  const notBefore = new Date(now.getTime() - 5 * minute)
  const notAfter = new Date(now.getTime() + days * day)
  const isRsa = privateKey.asymmetricKeyType === 'rsa'
  const signature = new AlgorithmIdentifier(isRsa ? rsaSignature : dsaSignature)
  const name = nameOf(identity, commonName)
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature,
    issuer: name,
    validity: new Validity({ notBefore, notAfter }),
    subject: name,
    subjectPublicKeyInfo: AsnConvert.parse(publicKey, SubjectPublicKeyInfo),
    extensions: extensions(),
  })
  const signed = new Uint8Array(AsnConvert.serialize(tbsCertificate))
  const signatureValue = Uint8Array.from(sign('sha256', signed, privateKey)).buffer
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm: signature, signatureValue })
  return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate)))
}

function nameOf(identity: string, commonName: string | undefined): Name {
  const attributes = [{ type: oid.uid, value: new AttributeValue({ utf8String: identity }) }]
  if (commonName !== undefined) {
    attributes.push({ type: oid.cn, value: new AttributeValue({ utf8String: commonName }) })
  }
  return new Name(attributes.map((attribute) => new RelativeDistinguishedName([new AttributeTypeAndValue(attribute)])))
}

const oid = { uid: '0.9.2342.19200300.100.1.1', cn: '2.5.4.3' }

/** What the key may be used for: signing, as a TLS client, and not for further certificates. */
function extensions(): Extensions {
  const extension = (extnID: string, critical: boolean, content: unknown): Extension =>
    new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(content)) })
  return new Extensions([
    extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
    extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
    extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_clientAuth])),
  ])
}

/** Positive, and not to be guessed (RFC 5280, 4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const bytes = Uint8Array.from(randomBytes(16))
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)
  return bytes.buffer
}

function checkText(name: string, text: unknown, form: RegExp, wanted: string): void {
  if (typeof text === 'string' && form.test(text) && !/\p{Cc}/u.test(text) && text.isWellFormed()) return
  throw new InvalidArgumentError('INVALID_OPTION', `makeCertificate: ${name} is ${wanted}.`)
}
