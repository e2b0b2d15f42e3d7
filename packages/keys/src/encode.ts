import { checkOptions, checkSecret, InvalidArgumentError } from '@handlekit/core/strategy'
import type { JsonWebKeyInput, KeyObject, X509Certificate } from 'node:crypto'
import { checkCertificate, checkKeyType } from './check.ts'
import { encodePrivateBin, encodePublicBin } from './forms/bin.ts'
import { encodePfx } from './forms/pfx-encode.ts'
import { privateNumbers, publicNumbers } from './numbers.ts'

/** How a private key is protected. */
export interface EncodeOptions {
  /** Encrypts a private key. Without one it is not encrypted. */
  readonly passphrase?: string | undefined
}

/**
 * A key in PEM: PKCS#8, encrypted with AES-256 and PBKDF2 if there is a passphrase, or SPKI.
 *
 * @throws InvalidArgumentError `EMPTY_SECRET`; `INVALID_OPTION` for a passphrase of a public key
 */
export function toPem(key: KeyObject, options: EncodeOptions = {}): string {
  const passphrase = passphraseFor('toPem', key, options)
  if (key.type !== 'private') return key.export({ format: 'pem', type: 'spki' }).toString()
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  return key.export({ format: 'pem', type: 'pkcs8', ...encryption }).toString()
}

/** A key as a JSON Web Key (RFC 7517). A DSA key gets the Handle System's form, a private one with `x`. */
export function toJwk(key: KeyObject): JsonWebKeyInput['key'] {
  const numbers = key.type === 'private' ? privateNumbers(key) : publicNumbers(key)
  return numbers ? { ...numbers } : key.export({ format: 'jwk' })
}

/**
 * A key as the Handle System's Java tools write it: `admpriv.bin`, encrypted with AES-128 and PBKDF2 (scheme 4) if there
 * is a passphrase, or `admpub.bin`.
 *
 * @throws KeyError `KEY_TYPE_REFUSED` for a key that is neither RSA nor DSA
 * @throws InvalidArgumentError `EMPTY_SECRET`; `INVALID_OPTION` for a passphrase of a public key
 */
export function toBin(key: KeyObject, options: EncodeOptions = {}): Buffer {
  checkKeyType(key)
  const passphrase = passphraseFor('toBin', key, options)
  if (key.type === 'private') {
    const numbers = privateNumbers(key)
    if (numbers) return encodePrivateBin(numbers, passphrase)
  }
  const numbers = publicNumbers(key)
  if (numbers) return encodePublicBin(numbers)
  throw new TypeError('An RSA or DSA key has numbers')
}

/** What {@link toPfx} takes. */
export interface PfxOptions {
  readonly certificate: X509Certificate
  readonly privateKey: KeyObject
  /** Encrypts the key, and protects all of it against changes. */
  readonly passphrase: string
}

/**
 * A private key and its certificate as PKCS#12 (RFC 7292): the key encrypted with AES-256 and PBKDF2, the whole
 * protected by HMAC-SHA-256. The certificate, which is public, is not encrypted.
 *
 * @throws KeyError `KEY_MISMATCH` when the two do not belong together
 * @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION` or `UNKNOWN_OPTION`
 */
export function toPfx(options: PfxOptions): Buffer {
  checkOptions('toPfx', options, ['certificate', 'privateKey', 'passphrase'])
  const { certificate, privateKey, passphrase } = options
  checkSecret('toPfx: passphrase', passphrase)
  checkCertificate({ certificate, privateKey, api: 'http', allowExpired: true })
  return encodePfx(certificate, privateKey, passphrase)
}

function passphraseFor(where: string, key: KeyObject, { passphrase }: EncodeOptions): string | undefined {
  if (passphrase === undefined) return undefined
  checkSecret(`${where}: passphrase`, passphrase)
  if (key.type === 'private') return passphrase
  throw new InvalidArgumentError('INVALID_OPTION', `${where}: a public key is not encrypted.`)
}
