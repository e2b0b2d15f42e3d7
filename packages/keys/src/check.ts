import type { Api } from '@handlekit/core/credentials'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { identityFrom } from './identity.ts'
import { keyError, type Origin } from './origin.ts'

/** What {@link checkCertificate} takes. */
export interface CheckCertificateOptions extends CheckOptions {
  readonly certificate: X509Certificate
  readonly privateKey: KeyObject
  /** The file that the certificate came from, for errors. */
  readonly certificatePath?: string | undefined
  /** The file that the private key came from, for errors. */
  readonly privateKeyPath?: string | undefined
}

/** How strict a check is. */
export interface CheckOptions {
  /**
   * `handle` (default): for a Handle server, which wants an RSA or DSA key and an identity in the subject. `http`: for
   * any other server, which may want neither.
   */
  readonly api?: Api | undefined
  /** The clock. Default: now. */
  readonly now?: Date | undefined
  /** True: the dates of the certificate do not count; Handle servers ignore them. Default false. */
  readonly allowExpired?: boolean | undefined
}

/**
 * Checks that a certificate can prove an identity: its key is the private key, it is valid now, and a Handle server
 * would know what to do with it.
 *
 * @throws KeyError `KEY_MISMATCH`, `CERTIFICATE_EXPIRED`, `CERTIFICATE_NOT_YET_VALID`, `KEY_TYPE_REFUSED` or
 *   `NO_IDENTITY`
 */
export function checkCertificate(options: CheckCertificateOptions): void {
  const { certificate, privateKey, certificatePath, privateKeyPath, api = 'handle' } = options
  const certificateOrigin = originAt(certificatePath, 'The certificate')
  if (api === 'handle') checkType(privateKey, originAt(privateKeyPath, 'The private key'))
  if (!certificate.checkPrivateKey(privateKey)) {
    const isOther = privateKeyPath !== undefined && privateKeyPath !== certificatePath
    const key = isOther ? `the private key in '${privateKeyPath}'` : 'the private key'
    throw keyError(certificateOrigin, 'KEY_MISMATCH', `does not belong to ${key}: it is for another key.`)
  }
  if (options.allowExpired !== true) checkDates(certificate, options.now ?? new Date(), certificateOrigin)
  if (api === 'handle') identityFrom(certificate, certificateOrigin)
}

/**
 * Checks that a key is one that Handle servers know: RSA or DSA.
 *
 * @throws KeyError `KEY_TYPE_REFUSED`
 */
export function checkKeyType(key: KeyObject): void {
  checkType(key, { name: 'The key' })
}

function originAt(path: string | undefined, name: string): Origin {
  return path === undefined ? { name } : { name: `${name} '${path}'`, path }
}

function checkType(key: KeyObject, origin: Origin): void {
  const type = key.asymmetricKeyType
  if (type === 'rsa' || type === 'dsa') return
  const names: Readonly<Record<string, string>> = { ec: 'an elliptic curve (EC) key', 'rsa-pss': 'an RSA-PSS key' }
  const text = `is ${names[type ?? ''] ?? `of the type ${type ?? key.type}`}. Handle servers know RSA and DSA keys only.`
  throw keyError(origin, 'KEY_TYPE_REFUSED', text)
}

function checkDates(certificate: X509Certificate, now: Date, origin: Origin): void {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
  const remedy = 'A new one may keep the key: makeCertificate({ identity, privateKey }). Or pass `allowExpired: true`.'
  if (now > to) {
    throw keyError(origin, 'CERTIFICATE_EXPIRED', `expired on ${day(to)}. ${remedy}`)
  }
  if (now < from) {
    const text = `is not valid before ${day(from)}. Is the clock of this machine right?`
    throw keyError(origin, 'CERTIFICATE_NOT_YET_VALID', text)
  }
}

const day = (date: Date): string => date.toISOString().replace('.000Z', 'Z')
