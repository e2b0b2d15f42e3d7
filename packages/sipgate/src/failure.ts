import { AuthError, HttpError } from '@handlekit/core'
import {
  SipgateError,
  type SipgateErrorCode,
  type SipgateErrorOptions,
  SipgateForbiddenError,
  type ForbiddenMeaning,
} from './errors.ts'
import { meaningsOf } from './forbidden.ts'

/** What an error has to tell about the request. */
export interface Asked {
  readonly endpoint: string
  readonly scopes: readonly string[] | undefined
  readonly granted: readonly string[] | undefined
  readonly namesExtension: boolean
  readonly scheme: string
  readonly identity: string | undefined
}

const codes: Readonly<Record<number, SipgateErrorCode>> = {
  400: 'BAD_REQUEST',
  402: 'INSUFFICIENT_FUNDS',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'CONFLICT',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
}

/** What to do about it, in sentences that hold nothing of the answer. */
const advice: Partial<Record<SipgateErrorCode, string>> = {
  BAD_REQUEST: 'sipgate does not take a number, a filter or a field of the request',
  INSUFFICIENT_FUNDS: 'the balance of the account does not suffice',
  NOT_FOUND: 'there is no such thing, or no such endpoint',
  METHOD_NOT_ALLOWED: 'the endpoint has no such method',
  CONFLICT: 'it is there already',
  UNSUPPORTED_MEDIA_TYPE: 'sipgate wants JSON, with its content type',
  SERVER_ERROR: 'sipgate failed; it also answers so to some mistakes in a request, such as an unknown id',
  EXTENSION_DENIED:
    'the user, device or extension in the request belongs to somebody else, or is not allowed to do this',
  NOT_BOOKED: 'the feature is not booked',
  NEO_ACCOUNT: 'the account is a sipgate neo one, and this endpoint serves classic accounts only',
}

/** The longest text that an error keeps of an answer that is no JSON, a page of HTML for instance. */
const longestText = 1_000

/** What a failure of core's client means at sipgate. Any other error is returned as it is. */
export function toSipgateError(error: unknown, asked: Asked): unknown {
  if (AuthError.isInstance(error)) return refused(error, asked) ?? error
  if (!HttpError.isInstance(error)) return error
  const { status, url, retryAfter } = error
  const body = typeof error.body === 'string' ? error.body.slice(0, longestText) : error.body
  const options = { ...about(asked), status, url, retryAfter, body, cause: error }
  const where = `${asked.endpoint}: ${status}`
  if (status === 403) return forbidden(where, asked, options)
  const code = codes[status] ?? (status >= 500 ? 'SERVER_ERROR' : 'UNEXPECTED_STATUS')
  if (code === 'RATE_LIMITED') {
    const wait = retryAfter === undefined ? 'later' : `in ${Math.ceil(retryAfter / 1000)} s`
    return new SipgateError(code, `${where}, too many requests. Try again ${wait}.`, options)
  }
  return new SipgateError(code, `${where}${advice[code] === undefined ? '' : `, ${advice[code]}`}.`, options)
}

/** A 401 of the API. The AuthErrors of a strategy's own say enough. */
function refused(error: AuthError, asked: Asked): SipgateError | undefined {
  const { status } = error
  const code = (['AUTH_REJECTED', 'AUTH_REQUIRED'] as const).find((known) => known === error.code)
  if (status !== 401 || code === undefined) return undefined
  return new SipgateError(
    code,
    `${asked.endpoint}: 401, sipgate did not accept the credentials (${asked.scheme}${
      asked.identity === undefined ? '' : `, ${asked.identity}`
    }). ${hintFor(asked)}`,
    { ...about(asked), status, cause: error },
  )
}

function hintFor({ scheme, identity }: Asked): string {
  if (scheme !== 'basic') return 'The access token may have expired: at sipgate it lives for five minutes.'
  return identity?.includes('@')
    ? 'Check the e-mail address and the password. sipgate advises a personal access token in their place.'
    : 'Check the id of the token and the token itself. Has it been revoked?'
}

function forbidden(
  where: string,
  asked: Asked,
  options: SipgateErrorOptions & { readonly body: unknown },
): SipgateForbiddenError {
  const possible = meaningsOf({ ...asked, body: options.body })
  const [first, ...others] = possible
  if (first !== undefined && others.length === 0) {
    return new SipgateForbiddenError(first, `${where}, ${meaning(first, asked)}.`, { ...options, possible })
  }
  const reasons = possible.map((one) => `\n- ${one}: ${meaning(one, asked)}`).join('')
  const text = `${where}, not allowed. sipgate does not say why${reasons === '' ? '.' : `; it may be:${reasons}`}`
  return new SipgateForbiddenError('FORBIDDEN', text, { ...options, possible })
}

function meaning(code: ForbiddenMeaning, { scopes }: Asked): string {
  if (code !== 'SCOPE_MISSING') return advice[code] ?? code
  if (scopes === undefined) return 'the token lacks a scope'
  if (scopes.includes('internal')) return "the endpoint is for sipgate's own apps"
  return `the token lacks the scope ${[...scopes, 'all'].join(', or ')}`
}

function about({ endpoint, scopes, identity }: Asked): Pick<SipgateErrorOptions, 'endpoint' | 'scopes' | 'identity'> {
  return { endpoint, scopes, identity }
}
