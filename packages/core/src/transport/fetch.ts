import { type Dispatcher, fetch as undiciFetch } from 'undici'
import type { ResponseHeaders } from '../credentials.ts'
import { InvalidArgumentError, TransportError } from '../errors.ts'
import { nothing } from './answer.ts'
import type { Deadline } from './deadline.ts'
import type { Exchange } from './exchange.ts'
import { connectionError } from './failure.ts'
import { isRedirect } from './redirect.ts'
import type { Reply, Sender } from './call.ts'
import type { Transport } from './transport.ts'

/** A `fetch` whose requests go through a client's transport. */
export function makeFetch(transport: Transport): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    if (url.origin !== transport.origin) {
      throw new InvalidArgumentError(
        'WRONG_ORIGIN',
        `This fetch serves ${transport.origin} only; ${url.origin} would get credentials that are not for it.`,
      )
    }
    const { body, replayable } = await bodyOf(request, init)
    const replies: FetchReply[] = []
    const send: Sender<FetchReply> = async (dispatcher, attempt, deadline) => {
      const reply = await fetchOnce(dispatcher, attempt, body, request.signal, deadline)
      replies.push(reply)
      return reply
    }
    try {
      const reply = await transport.deliver(
        {
          method: request.method,
          path: url.pathname + url.search,
          headers: Object.fromEntries(request.headers),
          redirect: request.redirect === 'follow' ? 'follow' : 'manual',
          replayable,
          signal: request.signal,
        },
        send,
      )
      if (request.redirect !== 'error' || !isRedirect(reply.status)) return reply.response
      throw new TransportError('REDIRECT_REFUSED', `${request.method} ${url.origin}${url.pathname}: a redirect.`, {
        method: request.method,
        url: url.origin + url.pathname,
        sent: true,
      })
    } catch (error) {
      // A body that nobody gets would keep its connection.
      for (const reply of replies) reply.discard()
      throw error
    }
  }
}

class FetchReply implements Reply {
  readonly response: Response
  readonly status: number
  readonly headers: ResponseHeaders
  sendings = 1
  confidential: () => Iterable<string> = nothing
  secrets: readonly string[] = []

  constructor(response: Response) {
    this.response = response
    this.status = response.status
    this.headers = {
      get: (name) => response.headers.get(name) ?? undefined,
      // fetch joins them, and only cookies may not be joined.
      getAll: (name) => [response.headers.get(name)].filter((text) => text !== null),
    }
  }

  discard(): void {
    // A body that broke off meanwhile has let go already.
    this.response.body?.cancel().catch(() => {})
  }
}

async function fetchOnce(
  dispatcher: Dispatcher,
  attempt: Exchange,
  body: Uint8Array | ReadableStream | undefined,
  signal: AbortSignal,
  deadline: Deadline,
): Promise<FetchReply> {
  const controller = new AbortController()
  deadline.watch((reason) => controller.abort(reason))
  let started = false
  const starts = (): void => {
    started = true
    deadline.sent ||= !controller.signal.aborted
  }
  try {
    const url = attempt.origin + attempt.path
    const response = await undiciFetch(url, {
      dispatcher: dispatcher.compose(telling(starts)),
      method: attempt.method,
      headers: attempt.headers,
      redirect: 'manual',
      // The caller's signal also ends the reading of the body, after this call.
      signal: AbortSignal.any([controller.signal, signal]),
      ...(body !== undefined && { body, duplex: 'half' }),
    })
    deadline.watch(undefined)
    // The Response of this very Node.js, so that `instanceof` holds for whoever asked.
    const bodyless = response.body === null || [101, 204, 205, 304].includes(response.status)
    const own = new Response(bodyless ? null : response.body, {
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
    })
    sources.set(own, response)
    return new FetchReply(withAddress(own, url, attempt.redirected ?? false))
  } catch (error) {
    deadline.check()
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw connectionError(cause, attempt, started)
  }
}

/** undici ends the body of a Response of its own that nobody holds any more: whoever holds ours holds that, too. */
const sources = new WeakMap<Response, unknown>()

/** Adds what only `fetch` itself can say of a Response. */
function withAddress(response: Response, url: string, redirected: boolean): Response {
  const clone = response.clone.bind(response)
  return Object.defineProperties(response, {
    url: { value: url },
    redirected: { value: redirected },
    clone: { value: () => withAddress(clone(), url, redirected) },
  })
}

/** Tells when a connection begins to send a request: `fetch` itself does not. */
function telling(starts: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const begin = handler.onRequestStart?.bind(handler)
    handler.onRequestStart = (...connection) => {
      starts()
      begin?.(...connection)
    }
    return dispatch(options, handler)
  }
}

/** A stream that the caller passes is sent as it comes, and once. Everything else is read first, and can be repeated. */
async function bodyOf(
  request: Request,
  init: RequestInit | undefined,
): Promise<{ body: Uint8Array | ReadableStream | undefined; replayable: boolean }> {
  if (request.body === null) return { body: undefined, replayable: true }
  if (init?.body instanceof ReadableStream) return { body: request.body, replayable: false }
  return { body: new Uint8Array(await request.arrayBuffer()), replayable: true }
}
