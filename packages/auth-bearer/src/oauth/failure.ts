import { AuthError, type AuthErrorCode } from '@handlekit/core/credentials'
import { InvalidArgumentError } from '@handlekit/core/strategy'
import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
} from 'oauth4webapi'

/** What {@link authFailure} adds to a message. */
export interface FailureDetails {
  readonly status?: number | undefined
  readonly cause?: unknown
}

export function authFailure(code: AuthErrorCode, message: string, details: FailureDetails = {}): AuthError {
  return new AuthError(code, `oauth: ${message}`, { scheme: 'oauth', ...details })
}

export const againLater = 'The session is kept; try again later.'
export const logInAgain = 'Log in again: call login(), or give a new refresh token.'

/**
 * What an error of oauth4webapi means here. The error itself is dropped: it carries whole answers of the server, and
 * those carry tokens.
 *
 * @param what Was to be done: "the token could not be renewed".
 * @param secrets What the server was told, and might say again in its description.
 */
export function fromProtocol(what: string, error: unknown, secrets: readonly string[]): Error {
  if (AuthError.isInstance(error) || error instanceof InvalidArgumentError) return error
  if (error instanceof ResponseBodyError) {
    const said = describe(error.error, error.error_description, secrets)
    return authFailure(codeOf(error.error), `${what}: ${said}.${adviceFor(error.error)}`, { status: error.status })
  }
  if (error instanceof AuthorizationResponseError) {
    const said = describe(error.error, error.error_description, secrets)
    return authFailure(codeOf(error.error), `${what}: ${said}.${adviceFor(error.error)}`)
  }
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) {
    return authFailure('AUTH_FAILED', `${what}: the answer is not one of OAuth 2 (${error.message}).`)
  }
  return authFailure('AUTH_FAILED', `${what}.`, { cause: error })
}

/** `error` of RFC 6749 (sections 4.1.2.1 and 5.2) and RFC 8628 (section 3.5). */
function codeOf(error: string): AuthErrorCode {
  if (error === 'invalid_grant') return 'LOGIN_REQUIRED'
  if (error === 'access_denied') return 'LOGIN_REFUSED'
  if (error === 'expired_token') return 'LOGIN_TIMEOUT'
  if (error === 'temporarily_unavailable' || error === 'server_error') return 'TOKEN_SERVER_UNAVAILABLE'
  return 'AUTH_FAILED'
}

function adviceFor(error: string): string {
  if (error === 'invalid_grant') return ` ${logInAgain}`
  if (error === 'invalid_client') return ' Check clientId, the client secret and how it is sent, and the realm.'
  if (error === 'unauthorized_client') return ' The client is not registered for this grant.'
  if (error === 'temporarily_unavailable') return ` ${againLater}`
  return ''
}

/** What may be a token that nobody named: long and without a blank, or not so long and with a digit in it. */
const tokenLike = /[\w.~+/=-]{40,}|(?=[a-z_.~+/=-]*\d)[\w.~+/=-]{16,}/gi

/** A server's own words, without what it was told in confidence, and short. */
function describe(error: string, description: string | undefined, secrets: readonly string[]): string {
  let text = description ? `${error} (${description})` : error
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '…')
  return text
    .replace(/[^\x20-\x7e…]/g, ' ')
    .replace(tokenLike, '…')
    .slice(0, 300)
}
