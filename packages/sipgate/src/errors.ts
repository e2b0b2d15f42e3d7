import { HandlekitError } from '@handlekit/core'

/** The meanings of a 403. */
export type ForbiddenMeaning = 'SCOPE_MISSING' | 'EXTENSION_DENIED' | 'NOT_BOOKED' | 'NEO_ACCOUNT'

/**
 * What went wrong.
 *
 * - `BAD_REQUEST` (400): a number, a filter or a body that sipgate does not take.
 * - `AUTH_REQUIRED`, `AUTH_REJECTED` (401): no credentials, or wrong or expired ones. `cause` is core's AuthError.
 * - `INSUFFICIENT_FUNDS` (402).
 * - `SCOPE_MISSING`, `EXTENSION_DENIED`, `NOT_BOOKED`, `NEO_ACCOUNT`, `FORBIDDEN` (403): see
 *   {@link SipgateForbiddenError}.
 * - `NOT_FOUND` (404): no such thing, or no such endpoint.
 * - `METHOD_NOT_ALLOWED` (405), `CONFLICT` (409), `UNSUPPORTED_MEDIA_TYPE` (415).
 * - `RATE_LIMITED` (429): see `retryAfter`.
 * - `SERVER_ERROR` (500 and more): sipgate answers so to some mistakes of the caller, too, such as an unknown smsId.
 * - `UNEXPECTED_STATUS`: every other status.
 * - `NOT_JSON`, `WRONG_SHAPE`: a success whose body is not what the API documents.
 */
export type SipgateErrorCode =
  | 'BAD_REQUEST'
  | 'AUTH_REQUIRED'
  | 'AUTH_REJECTED'
  | 'INSUFFICIENT_FUNDS'
  | ForbiddenMeaning
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'CONFLICT'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'RATE_LIMITED'
  | 'SERVER_ERROR'
  | 'UNEXPECTED_STATUS'
  | 'NOT_JSON'
  | 'WRONG_SHAPE'

/** What a {@link SipgateError} says beyond its message. */
export interface SipgateErrorOptions extends ErrorOptions {
  readonly status: number
  readonly endpoint: string
  readonly url?: string | undefined
  readonly identity?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly retryAfter?: number | undefined
  readonly body?: unknown
}

/**
 * sipgate refused a request, or its answer cannot be used. When no answer came, the error is core's TransportError; when
 * the strategy could not make a token, its AuthError.
 */
export class SipgateError extends HandlekitError {
  static override readonly kind: string = 'SipgateError'
  declare readonly code: SipgateErrorCode
  /** HTTP status. */
  readonly status: number
  /** 'GET /users/{userId}'. */
  readonly endpoint: string
  /** Origin and path of the request; never its query. */
  readonly url: string | undefined
  /** Who asked, as the credentials tell it: an e-mail address, or the id of a token. */
  readonly identity: string | undefined
  /** The scopes of which the token needs one, the narrowest first; undefined for an endpoint that is not known here. */
  readonly scopes: readonly string[] | undefined
  /** Milliseconds that sipgate asks to wait, where it does. */
  readonly retryAfter: number | undefined
  /** What sipgate said: parsed when it is JSON, text otherwise. What the request said in confidence is left out. */
  declare readonly body: unknown

  constructor(code: SipgateErrorCode, message: string, options: SipgateErrorOptions) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = options.status
    this.endpoint = options.endpoint
    this.url = options.url
    this.identity = options.identity
    this.scopes = options.scopes
    this.retryAfter = options.retryAfter
    Object.defineProperty(this, 'body', { value: options.body, enumerable: false })
  }
}

/**
 * A 403, which has four meanings at sipgate:
 *
 * - `SCOPE_MISSING`: the token has none of `scopes`.
 * - `EXTENSION_DENIED`: the user, the device, the SMS or the fax extension belongs to somebody else, or does not do this.
 * - `NOT_BOOKED`: the feature is not booked.
 * - `NEO_ACCOUNT`: the account is a sipgate neo one, and the endpoint serves the classic PBX only.
 * - `FORBIDDEN`: sipgate did not say which; `possible` holds those that remain for this endpoint.
 */
export class SipgateForbiddenError extends SipgateError {
  static override readonly kind: string = 'SipgateForbiddenError'
  declare readonly code: ForbiddenMeaning | 'FORBIDDEN'
  /** The meanings that it may have: one, unless the code is `FORBIDDEN`. */
  readonly possible: readonly ForbiddenMeaning[]

  constructor(
    code: ForbiddenMeaning | 'FORBIDDEN',
    message: string,
    options: SipgateErrorOptions & { readonly possible: readonly ForbiddenMeaning[] },
  ) {
    super(code, message, options)
    this.possible = options.possible
  }
}
