import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { checkCertificate, type CheckOptions } from './check.ts'
import { privateKeyFromBin, publicKeyFromBin } from './forms/bin.ts'
import { privateKeyFromJwk, publicKeyFromJwk } from './forms/jwk.ts'
import { certificatesFromPem, privateKeyFromPem, publicKeyFromPem } from './forms/pem.ts'
import { certificateFromPfx, privateKeyFromPfx } from './forms/pfx.ts'
import { identityOf } from './identity.ts'
import { KeyError } from './key-error.ts'
import { load, type CertificateSource, type Loaded, type PrivateKeySource, type PublicKeySource } from './source.ts'

/**
 * Reads a private key. Of any type: {@link checkKeyType} says whether a Handle server knows it.
 *
 * @example
 * await readPrivateKey({ pemFile: 'user.pem', passphrase: () => askUser() })
 *
 * @throws KeyError as {@link KeyErrorCode} lists
 * @throws InvalidArgumentError `UNKNOWN_OPTION`, `INVALID_OPTION` or `EMPTY_SECRET`
 */
export async function readPrivateKey(source: PrivateKeySource): Promise<KeyObject> {
  return privateKeyFrom(await load('readPrivateKey', source, ['pem', 'pfx', 'bin', 'jwk'], ['passphrase']), source)
}

/**
 * Reads a public key: in PEM by itself (SPKI, PKCS#1) or in a certificate.
 *
 * @throws KeyError as {@link KeyErrorCode} lists
 * @throws InvalidArgumentError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export async function readPublicKey(source: PublicKeySource): Promise<KeyObject> {
  const loaded = await load('readPublicKey', source, ['pem', 'bin', 'jwk'], [])
  if (loaded.form === 'pem') return publicKeyFromPem(loaded)
  if (loaded.form === 'jwk') return publicKeyFromJwk(loaded.jwk, loaded.origin)
  return publicKeyFromBin(loaded.bytes, loaded.origin)
}

/**
 * Reads a certificate; of several, the first, which is the only one that a Handle server looks at.
 *
 * @throws KeyError as {@link KeyErrorCode} lists
 * @throws InvalidArgumentError `UNKNOWN_OPTION`, `INVALID_OPTION` or `EMPTY_SECRET`
 */
export async function readCertificate(source: CertificateSource): Promise<X509Certificate> {
  const [certificate] = await certificatesFrom(
    await load('readCertificate', source, ['pem', 'pfx'], ['passphrase']),
    source,
  )
  return certificate
}

/** What {@link readCertificateAndKey} takes. */
export interface CertificateAndKeySource extends CheckOptions {
  readonly certificate: CertificateSource
  /** May name the same file as the certificate. */
  readonly privateKey: PrivateKeySource
}

/** What {@link readCertificateAndKey} gives. */
export interface CertificateAndKey {
  readonly certificate: X509Certificate
  /** The certificates that follow it in PEM: those of the authorities between it and a root. */
  readonly chain: readonly X509Certificate[]
  readonly privateKey: KeyObject
  /** The files that they came from, if they did. */
  readonly certificatePath: string | undefined
  readonly privateKeyPath: string | undefined
  /** Whom a Handle server takes the holder for: see {@link identityOf}. Undefined where there is none. */
  readonly identity: string | undefined
}

/**
 * Reads a certificate and its private key, and checks them as {@link checkCertificate} does. Its errors name the files.
 *
 * @example
 * await readCertificateAndKey({ certificate: { pemFile: 'user.crt.pem' }, privateKey: { pemFile: 'user.pem' } })
 *
 * @throws KeyError as {@link KeyErrorCode} lists
 * @throws InvalidArgumentError `UNKNOWN_OPTION`, `INVALID_OPTION` or `EMPTY_SECRET`
 */
export async function readCertificateAndKey(source: CertificateAndKeySource): Promise<CertificateAndKey> {
  const where = 'readCertificateAndKey'
  checkOptions(where, source, ['certificate', 'privateKey', 'api', 'now', 'allowExpired'])
  for (const part of ['certificate', 'privateKey'] as const) {
    if (typeof source[part] === 'object') continue
    throw new InvalidArgumentError('INVALID_OPTION', `${where}: ${part} is an object such as { pemFile: 'user.pem' }.`)
  }
  const from = await load(`${where}: certificate`, source.certificate, ['pem', 'pfx'], ['passphrase'])
  const keyFrom = await load(`${where}: privateKey`, source.privateKey, ['pem', 'pfx', 'bin', 'jwk'], ['passphrase'])
  const [certificate, ...chain] = await certificatesFrom(from, source.certificate)
  const privateKey = await privateKeyFrom(keyFrom, source.privateKey)
  const paths = { certificatePath: from.origin.path, privateKeyPath: keyFrom.origin.path }
  checkCertificate({ ...source, certificate, privateKey, ...paths })
  return { certificate, chain, privateKey, ...paths, identity: identityIfAny(certificate) }
}

async function privateKeyFrom(loaded: Loaded, { passphrase }: PrivateKeySource): Promise<KeyObject> {
  if (loaded.form === 'pem') return privateKeyFromPem(loaded, passphrase)
  if (loaded.form === 'pfx') return privateKeyFromPfx(loaded.bytes, passphrase, loaded.origin)
  if (loaded.form === 'bin') return privateKeyFromBin(loaded.bytes, passphrase, loaded.origin)
  return privateKeyFromJwk(loaded.jwk, loaded.origin)
}

async function certificatesFrom(
  loaded: Loaded,
  { passphrase }: CertificateSource,
): Promise<[X509Certificate, ...X509Certificate[]]> {
  if (loaded.form === 'pem') return certificatesFromPem(loaded)
  if (loaded.form === 'pfx') return [await certificateFromPfx(loaded.bytes, passphrase, loaded.origin)]
  throw new TypeError(`No certificates in ${loaded.form}`)
}

function identityIfAny(certificate: X509Certificate): string | undefined {
  try {
    return identityOf(certificate)
  } catch (error) {
    if (KeyError.isInstance(error) && error.code === 'NO_IDENTITY') return undefined
    throw error
  }
}
