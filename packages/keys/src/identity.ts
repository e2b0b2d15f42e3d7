import type { X509Certificate } from 'node:crypto'
import { keyError, type Origin } from './origin.ts'
import { subjectAttributes } from './subject.ts'

/** UID, CN and O: where a Handle server looks for the identity, in this order. In DER, in hex. */
const places = ['0992268993f22c640101', '550403', '55040a']

/**
 * Whom a Handle server takes the holder of a certificate for: '300:21.T12345/USER01'. The first UID of the subject, in
 * the order of its RFC 2253 text, else the first CN, else the first O.
 *
 * @throws KeyError `NO_IDENTITY` when the subject has none of them, or an empty one.
 */
export function identityOf(certificate: X509Certificate): string {
  return identityFrom(certificate, { name: 'The certificate' })
}

/** @throws KeyError `NO_IDENTITY` */
export function identityFrom(certificate: X509Certificate, origin: Origin): string {
  const attributes = subjectAttributes(certificate)
  const found = places.map((type) => attributes.find((attribute) => attribute.type === type))
  const identity = found.find((attribute) => attribute !== undefined)?.text ?? ''
  if (identity !== '') return identity
  const remedy = "Make one whose subject has the UID: generateIdentity({ identity: '300:21.T12345/USER01' })."
  throw keyError(origin, 'NO_IDENTITY', `names nobody: its subject has no UID, CN or O. ${remedy}`)
}
