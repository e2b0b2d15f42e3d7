import type { FakeAccount } from './account.ts'
import { errorReply, type FakeReply, type FakeRequest } from './exchange.ts'

/** What a handler gets. */
export interface Visit {
  readonly account: FakeAccount
  readonly request: FakeRequest
  /** The parameters of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  /** The members of a JSON body. */
  readonly body: Readonly<Record<string, unknown>>
}

/** An endpoint of the fake. */
export interface Route {
  readonly method: string
  /** With parameters in braces. */
  readonly template: string
  /** One of them is needed. None: every visitor will do. */
  readonly scopes: readonly string[]
  /** Denied to sipgate neo accounts. */
  readonly classic: boolean
  readonly answer: (visit: Visit) => FakeReply
}

/** A route of which the classic PBX and sipgate neo know the same. */
export function route(endpoint: string, scopes: string, answer: Route['answer']): Route {
  const [method = '', template = ''] = endpoint.split(' ')
  return { method, template, scopes: scopes.split(' ').filter(Boolean), classic: false, answer }
}

/** A route that sipgate neo accounts have no more. */
export function classicRoute(endpoint: string, scopes: string, answer: Route['answer']): Route {
  return { ...route(endpoint, scopes, answer), classic: true }
}

/** The parameters of a path that fits the template; undefined for one that does not. */
export function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const text = given[index] ?? ''
    const name = /^\{(.*)\}$/.exec(segment)?.[1]
    if (name === undefined ? segment !== text : text === '') return undefined
    if (name !== undefined) parameters[name] = decode(text)
  }
  return parameters
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const ok = (body: unknown): FakeReply => ({ status: 200, body })
export const done: FakeReply = { status: 204 }
export const notFound: FakeReply = errorReply(404, 'Not Found')

/** The body of one item, or a 404. */
export function found(item: unknown): FakeReply {
  return item === undefined ? notFound : ok(item)
}

/** A part of a list, as `offset` and `limit` say. */
export function paged<T>(list: readonly T[], query: URLSearchParams, limit: number): readonly T[] {
  const offset = Number(query.get('offset') ?? 0)
  return list.slice(offset, offset + Number(query.get('limit') ?? limit))
}

/** What a JSON object holds; nothing, where it is none. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
