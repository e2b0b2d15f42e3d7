import type { Credentials } from '../credentials.ts'
import {
  type AuthError,
  HandleAlreadyExistsError,
  HandleNotFoundError,
  HandlePermissionError,
  HandleProtocolError,
  type HandleResponseErrorCode,
  HandleResponseError,
  type HandlekitError,
} from '../errors.ts'
import type { Answer } from '../transport/answer.ts'
import { asWhom, authErrorOf } from '../transport/auth-failure.ts'
import type { z } from 'zod'
import { sameHandle } from './name.ts'
import { isPublicResolver } from './public-resolver.ts'

/** What an error has to tell about the request. */
export interface Asked {
  readonly method: string
  /** Origin and path. */
  readonly url: string
  readonly origin: string
  /** The handle, or the prefix of a listing. */
  readonly handle: string | undefined
  readonly credentials: Credentials | undefined
}

/** The Handle System's own code for success, and for "there is no such value". */
export const success = 1
export const valuesNotFound = 200

/**
 * Reads the JSON of a success.
 *
 * @throws HandleProtocolError `NOT_JSON` or `WRONG_SHAPE`
 */
export function readJson<T>(answer: Answer, schema: z.ZodType<T>, asked: Asked): T {
  let json: unknown
  try {
    json = answer.json()
  } catch {
    // The parser's own error quotes the answer.
    const type = answer.redact(answer.headers.get('content-type') ?? 'no content type')
    throw new HandleProtocolError(
      'NOT_JSON',
      `${asked.method} ${asked.url}: the answer (${answer.status}, ${type}) is not JSON. Is ${asked.origin} the ` +
        'address of a Handle server with the HTTP JSON API?',
      { status: answer.status, handle: asked.handle },
    )
  }
  const checked = schema.safeParse(json)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw new HandleProtocolError(
    'WRONG_SHAPE',
    `${asked.method} ${asked.url}: the answer is JSON, but not of the Handle HTTP JSON API` +
      `${issue ? ` (${issue.path.join('.') || 'at the top'}: ${issue.message})` : ''}.`,
    { status: answer.status, handle: asked.handle },
  )
}

/** @throws HandleProtocolError `WRONG_HANDLE` when the answer is about another handle. */
export function checkHandle(answered: string | undefined, answer: Answer, asked: Asked): void {
  if (asked.handle === undefined || (answered !== undefined && sameHandle(answered, asked.handle))) return
  throw new HandleProtocolError(
    'WRONG_HANDLE',
    `${asked.method} ${asked.url}: the answer is about ${answered === undefined ? 'no handle' : `'${answer.redact(answered)}'`}, not ` +
      `about '${asked.handle}'. A cache or a proxy in between may mix up its answers.`,
    { status: answer.status, handle: asked.handle },
  )
}

type Maker = new (
  code: HandleResponseErrorCode,
  message: string,
  options: ConstructorParameters<typeof HandleResponseError>[2],
) => HandleResponseError

/** responseCode → what it means (Technical Manual, section 14.4; statuses as servers really answer them). */
const meanings: Readonly<Record<number, readonly [Maker, HandleResponseErrorCode, (asked: Asked) => string]>> = {
  2: [
    HandleResponseError,
    'SERVER_ERROR',
    ({ origin }) =>
      isPublicResolver(origin) ? 'the server that holds the prefix could not be asked' : 'the server failed',
  ],
  3: [HandleResponseError, 'SERVER_BUSY', () => 'the server is too busy; try again later'],
  4: [HandleResponseError, 'BAD_REQUEST', () => 'the server does not understand the request'],
  5: [HandleResponseError, 'NOT_SUPPORTED', () => 'the server does not offer this'],
  7: [HandleResponseError, 'SERVER_BUSY', () => 'the server only reads at the moment; try again later'],
  100: [HandleNotFoundError, 'HANDLE_NOT_FOUND', ({ handle, origin }) => `there is no handle ${handle} at ${origin}`],
  101: [
    HandleAlreadyExistsError,
    'HANDLE_ALREADY_EXISTS',
    ({ handle }) => `${handle} exists already, and nothing was written. ifExists: 'replace' replaces it`,
  ],
  102: [HandleResponseError, 'INVALID_HANDLE', ({ handle }) => `the server does not take '${handle}' as a name`],
  200: [HandleResponseError, 'VALUE_NOT_FOUND', ({ handle }) => `${handle} lacks one of the values; nothing was done`],
  201: [
    HandleResponseError,
    'VALUE_ALREADY_EXISTS',
    ({ handle }) => `${handle} has a value at one of the indexes already; nothing was written`,
  ],
  202: [HandleResponseError, 'INVALID_VALUE', () => 'the server does not take the values'],
  301: [HandleResponseError, 'WRONG_SERVER', ({ handle, origin }) => `${origin} does not hold the prefix of ${handle}`],
  302: [HandleResponseError, 'WRONG_SERVER', ({ handle, origin }) => `${handle} is kept elsewhere than at ${origin}`],
  303: [HandleResponseError, 'WRONG_SERVER', ({ handle, origin }) => `${handle} is kept elsewhere than at ${origin}`],
  400: [
    HandlePermissionError,
    'PERMISSION_DENIED',
    ({ method, handle, credentials }) =>
      `not allowed ${asWhom(credentials)}: no HS_ADMIN value grants the right (those of ${handle}; to create or to ` +
      `list handles, those of the prefix). ${indexHint(credentials)}` +
      (method === 'GET' ? 'To read what is public, set publicOnly: true' : 'explainPermissions tells what is missing'),
  ],
  401: [
    HandlePermissionError,
    'PERMISSION_DENIED',
    ({ handle }) => `${handle} holds a value that nobody may read. Leave it out, by index or by publicOnly: true`,
  ],
  402: [
    HandlePermissionError,
    'HTTPS_REQUIRED',
    ({ origin }) => `the server wants to know who asks, and takes credentials over https only; this is ${origin}`,
  ],
  404: [
    HandlePermissionError,
    'SESSION_REQUIRED',
    () => 'the server takes changes in sessions of its native protocol only (require_sessions)',
  ],
}

/** Servers take a user without an index for any identity of the handle, and such a one for nobody in a group. */
function indexHint(credentials: Credentials | undefined): string {
  const { scheme, identity } = credentials ?? {}
  if (scheme !== 'basic' || identity === undefined || /^\d+:/.test(identity)) return ''
  return `The user has no index; '300:${identity}' may be meant. `
}

/** The error for an answer that is no success. */
export function failureOf(answer: Answer, asked: Asked): HandlekitError {
  const { responseCode, message } = errorBody(answer)
  if (answer.status === 401 || responseCode === 403) return refusedCredentials(answer, asked)
  const [Maker, code, describe] = (responseCode !== undefined && meanings[responseCode]) || byStatus(answer.status)
  const said = message === undefined ? '' : ` (${message})`
  return new Maker(code, `${asked.method} ${asked.url}: ${describe(asked)}${said}.`, {
    status: answer.status,
    responseCode,
    handle: asked.handle,
    identity: asked.credentials?.identity,
  })
}

function refusedCredentials(answer: Answer, asked: Asked): AuthError {
  const { identity, scheme } = asked.credentials ?? {}
  const where = identity === undefined ? 'the identity' : `'${identity}'`
  return authErrorOf(
    asked.method,
    asked.url,
    answer,
    asked.credentials,
    `Check ${where}: the value at that index has to be the key or the secret that was used${
      scheme === 'basic' ? ' (HS_SECKEY for a password)' : ''
    }.`,
  )
}

function byStatus(status: number): readonly [Maker, HandleResponseErrorCode, (asked: Asked) => string] {
  if (status === 403) {
    return [HandlePermissionError, 'PERMISSION_DENIED', ({ credentials }) => `forbidden (403) ${asWhom(credentials)}`]
  }
  if (status === 429 || status === 503) {
    return [HandleResponseError, 'SERVER_BUSY', () => `the server is too busy (${status}); try again later`]
  }
  if (status >= 500) return [HandleResponseError, 'SERVER_ERROR', () => `the server failed (${status})`]
  return [
    HandleResponseError,
    'BAD_REQUEST',
    ({ origin }) => `the server refused (${status}). Is ${origin} the address of a Handle server?`,
  ]
}

function errorBody(answer: Answer): { responseCode: number | undefined; message: string | undefined } {
  let body: unknown
  try {
    body = answer.json()
  } catch {
    body = undefined
  }
  const member = (name: string): unknown =>
    typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  const [responseCode, message] = [member('responseCode'), member('message')]
  return {
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    message: typeof message === 'string' && message !== '' ? answer.redact(message).slice(0, 200) : undefined,
  }
}
