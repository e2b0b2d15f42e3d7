import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import { generateKeyPair, type KeyObject, type X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { toHandleValue, type PublicKeyValue } from '@handlekit/keys'
import { makeCertificate } from './certificate.ts'

/** What {@link generateIdentity} takes. */
export interface GenerateIdentityOptions {
  /** Index and handle of the HS_PUBKEY value that will hold the key: '300:21.T12345/USER01'. */
  readonly identity: string
  /** Length of the RSA key. Default 2048. */
  readonly bits?: 2048 | 3072 | 4096 | undefined
  /** Days for which the certificate is valid. Default 3650: a Handle server does not look at it, other servers do. */
  readonly days?: number | undefined
  /** A CN for the subject besides the UID, for people. */
  readonly commonName?: string | undefined
  /** The clock. Default: now. */
  readonly now?: Date | undefined
}

/** All that an identity at a Handle server needs. */
export interface GeneratedIdentity {
  readonly identity: string
  /** For nobody else: `writePrivateKey` stores it. */
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Self-signed, with the identity as UID of its subject; `toString()` is PEM. */
  readonly certificate: X509Certificate
  /** The `data` of the HS_PUBKEY value, which goes into the record at the index of the identity. */
  readonly publicKeyValue: PublicKeyValue
}

/**
 * Makes a new RSA key for an identity, with a certificate for TLS and the value for its record.
 *
 * @example
 * const { privateKey, certificate, publicKeyValue } = await generateIdentity({ identity: '300:21.T12345/USER01' })
 *
 * @throws InvalidArgumentError `INVALID_OPTION` or `UNKNOWN_OPTION`
 */
export async function generateIdentity(options: GenerateIdentityOptions): Promise<GeneratedIdentity> {
  checkOptions('generateIdentity', options, ['identity', 'bits', 'days', 'commonName', 'now'])
  const { bits = 2048, identity, ...rest } = options
  if (![2048, 3072, 4096].includes(bits)) {
    throw new InvalidArgumentError('INVALID_OPTION', 'generateIdentity: bits is 2048, 3072 or 4096.')
  }
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits })
  const certificate = makeCertificate({ ...rest, identity, privateKey })
  return { identity, privateKey, publicKey, certificate, publicKeyValue: toHandleValue(publicKey) }
}
