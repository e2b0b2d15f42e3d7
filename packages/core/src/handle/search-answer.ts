import { z } from 'zod'
import {
  type HandlekitError,
  HandlePermissionError,
  HandleProtocolError,
  type HandleResponseErrorCode,
  HandleResponseError,
} from '../errors.ts'
import type { Answer } from '../transport/answer.ts'
import { asWhom, authErrorOf } from '../transport/auth-failure.ts'
import type { Asked } from './answer.ts'

/** A value of a record, as the servlet shows it. */
export interface FoundValue {
  readonly type: string
  /** What the database makes of it: text as it is, other data unreadable. */
  readonly value: string
}

/** The values of one record. */
export type Entries = readonly FoundValue[]

const names: z.ZodType<readonly string[]> = z.array(z.string())

// Java writes null for an empty column.
const text = z.string().nullable()
const records = z.record(z.string(), z.array(z.looseObject({ type: text, value: text })))

/** @throws HandlekitError, as the methods of the client do */
export function readNames(answer: Answer, asked: Asked): readonly string[] {
  return check(answer, asked, names)
}

/** The same for records. */
export function readRecords(answer: Answer, asked: Asked): ReadonlyMap<string, Entries> {
  const found = check(answer, asked, z.union([records, names]))
  // The servlet gives names all the same where it searches with Solr, and an empty list for nothing.
  if (isNames(found)) {
    if (found.length === 0) return new Map()
    throw unusable(answer, asked, 'WRONG_SHAPE', 'the server gives names only. Search without records: true')
  }
  return new Map(
    Object.entries(found).map(([handle, values]) => [
      handle,
      values.map(({ type, value }) => ({ type: type ?? '', value: value ?? '' })),
    ]),
  )
}

function isNames(found: object): found is readonly string[] {
  return Array.isArray(found)
}

function check<T>(answer: Answer, asked: Asked, schema: z.ZodType<T>): T {
  if (answer.status !== 200) throw failureOf(answer, asked)
  let json: unknown
  try {
    json = answer.json()
  } catch {
    // The parser's own error quotes the answer.
    const type = answer.redact(answer.headers.get('content-type') ?? 'no content type')
    throw unusable(answer, asked, 'NOT_JSON', `the answer (${type}) is not JSON. Is this the search servlet`, '?')
  }
  const checked = schema.safeParse(json)
  if (checked.success) return checked.data
  throw unusable(answer, asked, 'WRONG_SHAPE', 'the answer is JSON, but not of the search servlet')
}

function unusable(
  { status }: Answer,
  { method, url }: Asked,
  code: 'NOT_JSON' | 'WRONG_SHAPE',
  why: string,
  end = '.',
): HandleProtocolError {
  return new HandleProtocolError(code, `${method} ${url}: ${why}${end}`, { status })
}

function failureOf(answer: Answer, asked: Asked): HandlekitError {
  const { method, url, credentials } = asked
  const { status } = answer
  if (status === 401) {
    const advice = 'The servlet has users of its own: give HandleClient search: { credentials } for one of them.'
    return authErrorOf(method, url, answer, credentials, advice)
  }
  const [code, why] = meaning(status)
  const Maker = status === 403 ? HandlePermissionError : HandleResponseError
  const said = saidBy(answer)
  const whom = status === 403 ? ` ${asWhom(credentials)}` : ''
  return new Maker(code, `${method} ${url}: ${why} (${status})${whom}${said && `: ${said}`}.`, {
    status,
    identity: credentials?.identity,
  })
}

function meaning(status: number): readonly [HandleResponseErrorCode, string] {
  if (status === 403) return ['PERMISSION_DENIED', 'searching is not allowed']
  if (status === 404 || status === 405) {
    return ['NOT_SUPPORTED', 'there is no search servlet at this address; see search: { server, path } of HandleClient']
  }
  if (status === 429 || status === 503) return ['SERVER_BUSY', 'the server is too busy; try again later']
  if (status >= 500) return ['SERVER_ERROR', 'the search failed']
  return ['BAD_REQUEST', 'the servlet does not take the search']
}

/** The servlet's own words, which come in quotes. A page of HTML is not one. */
function saidBy(answer: Answer): string {
  const body = answer.text().trim()
  if (body.startsWith('<')) return ''
  return answer.redact(body.replaceAll(/^"|[".]+$/g, '')).slice(0, 200)
}
