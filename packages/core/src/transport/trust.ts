import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { checkServerIdentity, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'

/** A public key: in PEM (SPKI), or as a JSON Web Key, the form that HS_SITE and HS_PUBKEY show it in. */
export type PublicKeyInput = string | Uint8Array | Readonly<Record<string, unknown>>

/** Whom a client trusts: one of these. The certificate authorities that Node.js trusts where nothing is said. */
export interface Trust {
  /**
   * Certificates in PEM: of authorities, or of the server itself, which is then trusted whatever name it bears. They
   * take the place of those that Node.js trusts.
   */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  /** The key of the server's certificate. Whoever has it is the server, whatever the certificate says. */
  readonly publicKey?: PublicKeyInput | undefined
  /**
   * The key of a Handle server's site information (HS_SITE, `/api/site`): that of the certificate that such servers make
   * themselves. Strategies that open a session also have the server sign with it.
   */
  readonly siteKey?: PublicKeyInput | undefined
}

/** @throws InvalidArgumentError */
export function checkTrust(where: string, trust: Trust | undefined): void {
  if (trust === undefined) return
  checkOptions(`${where}: trust`, trust, ['ca', 'publicKey', 'siteKey'])
  const given = Object.entries(trust).filter(([, value]) => value !== undefined)
  if (given.length > 1) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where}: trust takes one of ca, publicKey and siteKey.`)
  }
  checkCertificates(where, trust)
  try {
    pinnedKey(trust)
  } catch {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `${where}: trust.${given[0]?.[0]} takes a public key, in PEM ("-----BEGIN PUBLIC KEY-----") or as a JSON Web Key.`,
    )
  }
}

function checkCertificates(where: string, trust: Trust): void {
  for (const text of pemTexts(trust)) {
    try {
      if (fingerprintsIn(text).length > 0) continue
    } catch {
      // Said below, without what was given.
    }
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `${where}: trust.ca takes certificates in PEM ("-----BEGIN CERTIFICATE-----"), not a file's name or DER.`,
    )
  }
}

/** Whom to trust at other servers: authorities vouch for those, too, and a pinned key is that of one server. */
export function trustAtOthers({ ca }: Trust = {}): Trust | undefined {
  return ca === undefined ? undefined : { ca }
}

/** The one key that the server may have, where it was told. */
export function pinnedKey({ publicKey, siteKey }: Trust): KeyObject | undefined {
  const input = publicKey ?? siteKey
  return input === undefined ? undefined : readPublicKey(input)
}

/** A public key in PEM. */
export function publicKeyPem(input: PublicKeyInput): string {
  return readPublicKey(input).export({ type: 'spki', format: 'pem' }).toString()
}

function readPublicKey(input: PublicKeyInput): KeyObject {
  if (typeof input === 'string') return createPublicKey(input)
  if (input instanceof Uint8Array) return createPublicKey(Buffer.from(input))
  return createPublicKey({ key: { ...input }, format: 'jwk' })
}

/** SHA-256 of a public key, to compare by eye. */
function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}

/** The code of the error for a server with another key than {@link pinnedKey}. */
export const otherKey = 'HANDLEKIT_OTHER_KEY'

/** @throws Error with the code {@link otherKey} */
export function checkKey(socket: TLSSocket, pinned: KeyObject): void {
  const key = socket.getPeerX509Certificate()?.publicKey
  if (key?.equals(pinned)) return
  const [found, expected] = [key ? fingerprintOf(key) : 'none', fingerprintOf(pinned)]
  throw Object.assign(new Error(`its key has the fingerprint ${found}, and ${expected} was expected`), {
    code: otherKey,
  })
}

/** What `node:tls` takes for it. */
export function trusting(trust: Trust | undefined): Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'> {
  if (trust?.ca === undefined) return {}
  const texts = pemTexts(trust)
  const named = new Set(texts.flatMap(fingerprintsIn))
  return {
    ca: texts,
    // Handle servers make themselves a certificate for 'anonymous'. Whoever names it here means this very server.
    checkServerIdentity: (host, certificate) =>
      named.has(certificate.fingerprint256) ? undefined : checkServerIdentity(host, certificate),
  }
}

function pemTexts({ ca }: Trust): string[] {
  if (ca === undefined) return []
  const list: readonly unknown[] = Array.isArray(ca) ? ca : [ca]
  return list.map((one) => (one instanceof Uint8Array ? Buffer.from(one).toString('latin1') : String(one)))
}

function fingerprintsIn(text: string): string[] {
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  return certificates.map((certificate) => new X509Certificate(certificate).fingerprint256)
}
