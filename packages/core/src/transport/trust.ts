import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, type ConnectionOptions } from 'node:tls'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../strategy.ts'

/** Whom a client trusts. The system's certificate authorities where nothing is said. */
export interface Trust {
  /**
   * Certificates in PEM: of authorities, or of the server itself, which is then trusted whatever name it bears. They
   * take the place of the system's.
   */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
}

/** @throws InvalidArgumentError */
export function checkTrust(where: string, trust: Trust | undefined): void {
  if (trust === undefined) return
  checkOptions(`${where}: trust`, trust, ['ca'])
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
