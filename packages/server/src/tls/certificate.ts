import { createPrivateKey, createPublicKey, generateKeyPair, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import {
  bitString,
  derNull,
  generalizedTime,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  tlv,
  unsignedInteger,
  utcTime,
  utf8String,
} from './der.ts'

/** What a TLS server shows. */
export interface ServerIdentity {
  /** The private key (PEM). */
  readonly key: string
  /** Its certificate, and further ones up the chain if there are any (PEM). */
  readonly certificate: string
}

/** A new RSA key and a self-signed certificate for this machine. */
export async function generateServerIdentity(): Promise<ServerIdentity> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    certificate: selfSignedCertificate(privateKey),
  }
}

export function readPrivateKey(identity: ServerIdentity): KeyObject {
  return createPrivateKey(identity.key)
}

/**
 * A certificate (RFC 5280) as the real server makes its own: subject `CN=anonymous`, valid from 2000 to 9999. Beyond
 * that it names localhost, 127.0.0.1 and ::1, so that a client that trusts it need not skip the check of the name.
 */
function selfSignedCertificate(privateKey: KeyObject): string {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const algorithm = sequence(objectIdentifier('1.2.840.113549.1.1.11'), derNull) // sha256WithRSAEncryption
  const name = sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String('anonymous'))))
  const validity = sequence(utcTime('000101000000Z'), generalizedTime('99991231235959Z'))
  const version3 = tagged(0, unsignedInteger(Uint8Array.of(2)))
  const serialNumber = unsignedInteger(Uint8Array.of(1))
  const extensions = tagged(3, sequence(subjectAlternativeNames()))
  const content = sequence(version3, serialNumber, algorithm, name, validity, name, publicKey, extensions)
  const certificate = sequence(content, algorithm, bitString(sign('sha256', content, privateKey)))
  return new X509Certificate(certificate).toString()
}

function subjectAlternativeNames(): Buffer {
  const dnsName = tlv(0x82, Buffer.from('localhost', 'latin1'))
  const ipv4 = tlv(0x87, Uint8Array.of(127, 0, 0, 1))
  const ipv6 = tlv(0x87, Uint8Array.from([...Array<number>(15).fill(0), 1]))
  return sequence(objectIdentifier('2.5.29.17'), octetString(sequence(dnsName, ipv4, ipv6)))
}
