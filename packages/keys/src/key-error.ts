import { HandlekitError } from '@handlekit/core/credentials'

/**
 * Why a key or a certificate cannot be used.
 *
 * - `KEY_FILE_NOT_FOUND`, `KEY_FILE_UNREADABLE`: no file there, or a directory, or no right to read it.
 * - `KEY_FILE_EXISTS`, `KEY_FILE_UNWRITABLE`: a file would be overwritten, or cannot be made.
 * - `NOT_PEM`, `NOT_PFX`, `NOT_BIN`, `NOT_JWK`: the content has another form than the option's name says.
 * - `NO_PRIVATE_KEY`, `NO_PUBLIC_KEY`, `NO_CERTIFICATE`: the form is right, and what is wanted is not in it; mostly a
 *   key and a certificate that were swapped.
 * - `PASSPHRASE_REQUIRED`, `WRONG_PASSPHRASE`, `UNSUPPORTED_ENCRYPTION`: an encrypted key that cannot be opened.
 * - `KEY_DAMAGED`: the content is no key or no certificate, whatever its wrapping says.
 * - `KEY_TYPE_REFUSED`: not an RSA or DSA key, the only ones that Handle servers know.
 * - `KEY_MISMATCH`: the key is not the one that the certificate is for.
 * - `CERTIFICATE_EXPIRED`, `CERTIFICATE_NOT_YET_VALID`: the message has the date.
 * - `NO_IDENTITY`: the subject of the certificate names nobody.
 */
export type KeyErrorCode =
  | 'KEY_FILE_NOT_FOUND'
  | 'KEY_FILE_UNREADABLE'
  | 'KEY_FILE_EXISTS'
  | 'KEY_FILE_UNWRITABLE'
  | 'NOT_PEM'
  | 'NOT_PFX'
  | 'NOT_BIN'
  | 'NOT_JWK'
  | 'NO_PRIVATE_KEY'
  | 'NO_PUBLIC_KEY'
  | 'NO_CERTIFICATE'
  | 'PASSPHRASE_REQUIRED'
  | 'WRONG_PASSPHRASE'
  | 'UNSUPPORTED_ENCRYPTION'
  | 'KEY_DAMAGED'
  | 'KEY_TYPE_REFUSED'
  | 'KEY_MISMATCH'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_NOT_YET_VALID'
  | 'NO_IDENTITY'

/** A key or a certificate that cannot be read, written or used. It never holds a part of a key. */
export class KeyError extends HandlekitError {
  static override readonly kind: string = 'KeyError'
  declare readonly code: KeyErrorCode
  /** The file that it is about, as an absolute path; undefined for what was passed in memory. */
  readonly path: string | undefined

  constructor(code: KeyErrorCode, message: string, options: KeyErrorOptions = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.path = options.path
  }
}

/** What a {@link KeyError} says beyond its message. */
export interface KeyErrorOptions extends ErrorOptions {
  readonly path?: string | undefined
}
