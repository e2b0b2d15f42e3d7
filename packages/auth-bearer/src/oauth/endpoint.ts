import { isLoopback } from '@handlekit/core/strategy'
import { againLater, authFailure } from './failure.ts'

/** The part of `fetch` that is needed. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>

export interface FetchInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: URLSearchParams
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

/** What `fetch` gives, in as far as it is looked at. */
export interface FetchAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** What oauth4webapi passes to its fetch. */
interface EngineInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: URLSearchParams | undefined
}

/** Sends one request to the authorization server, and reads its answer to the end. */
export type Endpoint = (url: string, init: EngineInit) => Promise<Response>

const longestAnswer = 1_000_000

/**
 * The way to the authorization server: apart from the API's client, whose credentials it serves. It follows no
 * redirect, and tells an answer that may be another one next time (no answer, 429, 5xx) from one that will not.
 */
export function makeEndpoint(fetch: Fetch, timeout: number): Endpoint {
  return async (url, { method, headers, body }) => {
    const { origin, pathname } = checkEndpoint('the address of an endpoint', url)
    const where = `${method} ${origin}${pathname}`
    const signal = AbortSignal.timeout(timeout)
    let answer: FetchAnswer
    let text: string
    try {
      answer = await fetch(url, { method, headers, ...(body && { body }), redirect: 'manual', signal })
      text = await answer.text()
    } catch (error) {
      const reason = signal.aborted ? `no answer within ${timeout} ms` : reasonOf(error)
      throw authFailure('TOKEN_SERVER_UNAVAILABLE', `${where}: ${reason}. ${againLater}`, { cause: error })
    }
    const { status } = answer
    if (status === 429 || status >= 500) {
      throw authFailure('TOKEN_SERVER_UNAVAILABLE', `${where}: the server answered ${status}. ${againLater}`, {
        status,
      })
    }
    if (status >= 300 && status < 400) {
      throw authFailure('AUTH_FAILED', `${where}: the server redirects (${status}). Is the address right?`, { status })
    }
    if (status < 200 || text.length > longestAnswer) {
      throw authFailure('AUTH_FAILED', `${where}: the answer (${status}) is not one of OAuth 2.`, { status })
    }
    // No WWW-Authenticate: what the server objects to is in the body.
    const type = answer.headers.get('content-type') ?? ''
    return new Response(status === 204 ? null : text, { status, headers: { 'content-type': type } })
  }
}

/** https, or http to this machine: what goes there is secret. */
export function checkEndpoint(what: string, url: unknown): URL {
  const parsed = typeof url === 'string' ? URL.parse(url) : null
  if (!parsed || !isSafe(parsed)) {
    throw authFailure('AUTH_FAILED', `${what} has to be https, or http to this machine.`)
  }
  return parsed
}

export function isSafe({ protocol, hostname, username, password }: URL): boolean {
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/** Of `fetch`, the cause says more than the error. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {}
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return error instanceof Error && error.name !== 'Error' ? `no answer (${error.name})` : 'no answer'
}
