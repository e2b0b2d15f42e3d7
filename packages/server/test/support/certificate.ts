import { createPrivateKey, createPublicKey, sign, X509Certificate } from 'node:crypto'
import {
  bitString,
  derNull,
  objectIdentifier,
  sequence,
  set,
  unsignedInteger,
  utcTime,
  utf8String,
} from '../../src/tls/der.ts'
import { pem } from './fixtures.ts'

const attributeTypes = { UID: '0.9.2342.19200300.100.1.1', CN: '2.5.4.3', O: '2.5.4.10' } as const

/** One attribute of a subject; those of one inner list share a relative name (a multi-valued RDN). */
export type SubjectAttribute = readonly [type: keyof typeof attributeTypes, value: string]

/** A self-signed client certificate (PEM, X.509 version 1) for a key of `fixtures/keys`, long expired. */
export function clientCertificate(keyName: string, subject: readonly (readonly SubjectAttribute[])[]): string {
  const privateKey = createPrivateKey(pem(`${keyName}.pem`))
  const algorithm = sequence(objectIdentifier('1.2.840.113549.1.1.11'), derNull)
  const relativeNames = subject.map((attributes) =>
    set(...attributes.map(([type, value]) => sequence(objectIdentifier(attributeTypes[type]), utf8String(value)))),
  )
  const name = sequence(...relativeNames)
  const validity = sequence(utcTime('000101000000Z'), utcTime('010101000000Z'))
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const content = sequence(unsignedInteger(Uint8Array.of(1)), algorithm, name, validity, name, publicKey)
  return new X509Certificate(sequence(content, algorithm, bitString(sign('sha256', content, privateKey)))).toString()
}
