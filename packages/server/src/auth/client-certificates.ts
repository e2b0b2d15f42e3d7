import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { decodePublicKey, toKeyObject, type PublicKey } from '../record/public-key.ts'
import { decodeSite } from '../record/site.ts'
import type { Records } from '../store/records.ts'
import { findPublicKey } from './challenge-response.ts'
import { identityOf, parseIdentity, UnresolvableIdentity, valuesOf, type Identity } from './identity.ts'
import type { Renegotiations } from './renegotiate.ts'

/** Who connections belong to by their TLS client certificates. */
export class ClientCertificates {
  readonly renegotiations: Renegotiations
  private readonly records: Records
  private readonly verified = new WeakMap<TLSSocket, { fingerprint: string; identity: Identity | undefined }>()

  constructor(records: Records, renegotiations: Renegotiations) {
    this.records = records
    this.renegotiations = renegotiations
  }

  /** The identity of a connection; undefined without a certificate. A certificate that does not verify is refused. */
  identify(socket: TLSSocket): Identity | 'refused' | undefined {
    const certificate = socket.getPeerX509Certificate()
    if (!certificate) return undefined
    const known = this.verified.get(socket)
    if (known?.fingerprint === certificate.fingerprint256) return known.identity ?? 'refused'
    const identity = verifyCertificate(this.records, certificate)
    this.verified.set(socket, { fingerprint: certificate.fingerprint256, identity })
    return identity ?? 'refused'
  }
}

/**
 * Who a certificate belongs to: the identity in its subject, if the record of that identity holds the certificate's
 * key. Issuer, validity and chain do not count. Undefined if it does not verify.
 */
function verifyCertificate(records: Records, certificate: X509Certificate): Identity | undefined {
  const subject = certificate.toLegacyObject().subject
  const text = lastOf(subject['UID']) ?? lastOf(subject['CN']) ?? lastOf(subject['O'])
  if (text === undefined) return undefined
  const claimed = parseIdentity(text)
  const isCertified = (key: PublicKey): boolean => isKeyOf(certificate, key)
  try {
    const found = findPublicKey(records, claimed, isCertified)
    if (found) return identityOf(found.index, claimed.handle)
    const isServer = siteKeys(records, claimed).some(isCertified)
    return isServer ? identityOf(claimed.index, claimed.handle) : undefined
  } catch (error) {
    if (error instanceof UnresolvableIdentity) return undefined
    throw error
  }
}

/** The real server reads the subject from its end (RFC 2253 2.1), so of several the last attribute is its first. */
function lastOf(attribute: string | string[] | undefined): string | undefined {
  return Array.isArray(attribute) ? attribute.at(-1) : attribute
}

/** A server proves itself with the key in the HS_SITE that an identity names by its index. */
function siteKeys(records: Records, identity: Identity): PublicKey[] {
  if (identity.index === 0) return []
  return valuesOf(records, identity, 'HS_SITE').flatMap(({ data }) => {
    try {
      return decodeSite(data).servers.map(({ publicKey }) => decodePublicKey(publicKey))
    } catch {
      return []
    }
  })
}

function isKeyOf(certificate: X509Certificate, key: PublicKey): boolean {
  try {
    return toKeyObject(key).equals(certificate.publicKey)
  } catch {
    return false
  }
}
