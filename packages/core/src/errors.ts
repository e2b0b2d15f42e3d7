import { type AuthError, HandlekitError } from './credentials.ts'

export { AuthError, HandlekitError } from './credentials.ts'
export type { AuthErrorCode, AuthErrorOptions } from './credentials.ts'

/**
 * Why an argument was refused.
 *
 * - `INVALID_OPTION`, `UNKNOWN_OPTION`: of a constructor or a method.
 * - `EMPTY_SECRET`: a password, a token or a key without content; mostly a variable that is not set.
 * - `INVALID_URL`, `INSECURE_URL`, `WRONG_ORIGIN`: an address that is malformed, not https, or of another server.
 * - `INVALID_FILE`, `STRATEGY_MISSING`: a credentials file that cannot be read, or that needs a strategy that was not given.
 * - `INVALID_HANDLE`, `INVALID_INDEX`, `DUPLICATE_INDEX`, `INVALID_VALUE`: see the message.
 */
export type InvalidArgumentErrorCode =
  | 'INVALID_OPTION'
  | 'UNKNOWN_OPTION'
  | 'EMPTY_SECRET'
  | 'INVALID_URL'
  | 'INSECURE_URL'
  | 'WRONG_ORIGIN'
  | 'INVALID_FILE'
  | 'STRATEGY_MISSING'
  | 'INVALID_HANDLE'
  | 'INVALID_INDEX'
  | 'DUPLICATE_INDEX'
  | 'INVALID_VALUE'

/** Something that was passed in cannot be used. Thrown before any request where it can be told by then. */
export class InvalidArgumentError extends TypeError {
  readonly code: InvalidArgumentErrorCode

  constructor(code: InvalidArgumentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InvalidArgumentError'
    this.code = code
  }

  /** Like {@link HandlekitError.isInstance}; to JavaScript it is a TypeError, as for every function. */
  static isInstance(error: unknown): error is InvalidArgumentError {
    return error instanceof TypeError && error.name === 'InvalidArgumentError' && 'code' in error
  }
}

/**
 * Why no usable answer came.
 *
 * - `CONNECT_FAILED`: no connection.
 * - `PROXY_REFUSED`: the proxy wants another user and password, or does not connect to this server.
 * - `SERVER_NOT_TRUSTED`: the server's certificate is not one that the client trusts.
 * - `TLS_FAILED`: the TLS handshake broke off.
 * - `CONNECTION_LOST`: the connection ended before the answer did.
 * - `TIMEOUT`: `timeout` passed.
 * - `REDIRECT_REFUSED`: the server points somewhere where the request may not go.
 * - `CLIENT_CLOSED`: the client was closed.
 * - `OUTCOME_UNKNOWN`: a write may or may not have happened, and reading back did not tell.
 */
export type TransportErrorCode =
  | 'CONNECT_FAILED'
  | 'PROXY_REFUSED'
  | 'SERVER_NOT_TRUSTED'
  | 'TLS_FAILED'
  | 'CONNECTION_LOST'
  | 'TIMEOUT'
  | 'REDIRECT_REFUSED'
  | 'CLIENT_CLOSED'
  | 'OUTCOME_UNKNOWN'

/** What a {@link TransportError} says beyond its message. */
export interface TransportErrorOptions extends ErrorOptions {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly sent?: boolean | undefined
}

/** No usable answer came from the server. */
export class TransportError extends HandlekitError {
  static override readonly kind: string = 'TransportError'
  declare readonly code: TransportErrorCode
  readonly method: string | undefined
  /** Origin and path of the request; never its query. */
  readonly url: string | undefined
  /** False: the server has certainly not seen the request. True: it may have. */
  readonly sent: boolean

  constructor(code: TransportErrorCode, message: string, options: TransportErrorOptions = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.method = options.method
    this.url = options.url
    this.sent = options.sent ?? false
  }
}

/** What an {@link HttpError} says beyond its message. */
export interface HttpErrorOptions extends ErrorOptions {
  readonly status: number
  readonly method: string
  readonly url: string
  readonly body?: unknown
  readonly retryAfter?: number | undefined
}

/** An API other than the Handle System answered with a status that is no success. Code: `HTTP_<status>`. */
export class HttpError extends HandlekitError {
  static override readonly kind: string = 'HttpError'
  readonly status: number
  readonly method: string
  /** Origin and path of the request; never its query. */
  readonly url: string
  /** The body of the answer: parsed when it is JSON, text otherwise. What the request said in confidence is left out. */
  declare readonly body: unknown
  /** Milliseconds that the server asks to wait, where it does. */
  readonly retryAfter: number | undefined

  constructor(message: string, options: HttpErrorOptions) {
    super(`HTTP_${options.status}`, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = options.status
    this.method = options.method
    this.url = options.url
    this.retryAfter = options.retryAfter
    Object.defineProperty(this, 'body', { value: options.body, enumerable: false })
  }
}

/**
 * Why the answer cannot be used.
 *
 * - `NOT_JSON`: a success without a JSON body; mostly the address of something else than an API.
 * - `WRONG_SHAPE`: JSON, but not what the API documents.
 * - `WRONG_HANDLE`: the answer is about another handle than the one asked for.
 */
export type HandleProtocolErrorCode = 'NOT_JSON' | 'WRONG_SHAPE' | 'WRONG_HANDLE'

/** What a {@link HandleProtocolError} says beyond its message. */
export interface HandleProtocolErrorOptions extends ErrorOptions {
  readonly status: number
  readonly handle?: string | undefined
}

/** The answer is not one of the Handle HTTP JSON API. */
export class HandleProtocolError extends HandlekitError {
  static override readonly kind: string = 'HandleProtocolError'
  declare readonly code: HandleProtocolErrorCode
  readonly status: number
  readonly handle: string | undefined

  constructor(code: HandleProtocolErrorCode, message: string, options: HandleProtocolErrorOptions) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = options.status
    this.handle = options.handle
  }
}

/**
 * What the server refused, by its `responseCode` (Technical Manual, section 14.4): 100 `HANDLE_NOT_FOUND`,
 * 101 `HANDLE_ALREADY_EXISTS`, 102 `INVALID_HANDLE`, 200 `VALUE_NOT_FOUND`, 201 `VALUE_ALREADY_EXISTS`,
 * 202 `INVALID_VALUE`, 301 to 303 `WRONG_SERVER`, 400 and 401 `PERMISSION_DENIED`, 402 `HTTPS_REQUIRED`,
 * 404 `SESSION_REQUIRED`, 2 `SERVER_ERROR`, 3 and 7 `SERVER_BUSY`, 4 `BAD_REQUEST`, 5 `NOT_SUPPORTED`. The code 403, and any
 * answer with HTTP status 401, is an AuthError instead.
 */
export type HandleResponseErrorCode =
  | 'HANDLE_NOT_FOUND'
  | 'HANDLE_ALREADY_EXISTS'
  | 'INVALID_HANDLE'
  | 'VALUE_NOT_FOUND'
  | 'VALUE_ALREADY_EXISTS'
  | 'INVALID_VALUE'
  | 'PERMISSION_DENIED'
  | 'SESSION_REQUIRED'
  | 'HTTPS_REQUIRED'
  | 'WRONG_SERVER'
  | 'NOT_SUPPORTED'
  | 'SERVER_BUSY'
  | 'BAD_REQUEST'
  | 'SERVER_ERROR'

/** What a {@link HandleResponseError} says beyond its message. */
export interface HandleResponseErrorOptions extends ErrorOptions {
  readonly status: number
  readonly responseCode?: number | undefined
  readonly handle?: string | undefined
  readonly identity?: string | undefined
}

/** The Handle server refused the request. */
export class HandleResponseError extends HandlekitError {
  static override readonly kind: string = 'HandleResponseError'
  declare readonly code: HandleResponseErrorCode
  /** HTTP status. */
  readonly status: number
  /** The Handle System's own code; absent when the answer had no body. Not an HTTP status. */
  readonly responseCode: number | undefined
  readonly handle: string | undefined
  /** Who asked, as the credentials tell it. */
  readonly identity: string | undefined

  constructor(code: HandleResponseErrorCode, message: string, options: HandleResponseErrorOptions) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = options.status
    this.responseCode = options.responseCode
    this.handle = options.handle
    this.identity = options.identity
  }
}

/** There is no such handle. Code: `HANDLE_NOT_FOUND`. */
export class HandleNotFoundError extends HandleResponseError {
  static override readonly kind: string = 'HandleNotFoundError'
}

/** The handle exists, and was not to be replaced. Code: `HANDLE_ALREADY_EXISTS`. */
export class HandleAlreadyExistsError extends HandleResponseError {
  static override readonly kind: string = 'HandleAlreadyExistsError'
}

/** The server knows who asks, and does not allow it. Code: `PERMISSION_DENIED`, `SESSION_REQUIRED` or `HTTPS_REQUIRED`. */
export class HandlePermissionError extends HandleResponseError {
  static override readonly kind: string = 'HandlePermissionError'
}

/**
 * Why an edit does not fit the record.
 *
 * - `AMBIGUOUS_TYPE`: one new value for a type that the record has several of.
 * - `NO_SUCH_VALUE`: no value at that index.
 * - `ADMIN_PROTECTED`: the edit would remove an administrator.
 * - `PARTLY_DONE`: the first of two steps was done, the second failed; the message tells which indexes.
 * - `MALFORMED_LOCATIONS`: a 10320/loc value holds no list of locations that can be read.
 * - `NOT_A_GROUP`: the value at that index is no HS_VLIST.
 * - `INCOMPLETE_READ`: the record has values that the credentials may not read, and the edit would lose them.
 * - `INVALID_RECORD`: the record does not fit the profile that it was read with.
 */
export type HandleRecordErrorCode =
  | 'AMBIGUOUS_TYPE'
  | 'NO_SUCH_VALUE'
  | 'ADMIN_PROTECTED'
  | 'PARTLY_DONE'
  | 'MALFORMED_LOCATIONS'
  | 'NOT_A_GROUP'
  | 'INCOMPLETE_READ'
  | 'INVALID_RECORD'

/** What a {@link HandleRecordError} says beyond its message. */
export interface HandleRecordErrorOptions extends ErrorOptions {
  readonly handle: string
  readonly indexes: readonly number[]
}

/** The record is not in the state that the edit needs. Unless the code is `PARTLY_DONE`, nothing was written. */
export class HandleRecordError extends HandlekitError {
  static override readonly kind: string = 'HandleRecordError'
  declare readonly code: HandleRecordErrorCode
  readonly handle: string
  /** The indexes that the error is about. */
  readonly indexes: readonly number[]

  constructor(code: HandleRecordErrorCode, message: string, options: HandleRecordErrorOptions) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.handle = options.handle
    this.indexes = options.indexes
  }
}

/** Every error of this package that a request can end with, to narrow by `code`. An abort ends with its own reason. */
export type AnyHandleError = AuthError | TransportError | HandleProtocolError | HandleResponseError | HandleRecordError
