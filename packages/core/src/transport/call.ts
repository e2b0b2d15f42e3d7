import type { Dispatcher } from 'undici'
import type { ResponseHeaders } from '../credentials.ts'
import type { Deadline } from './deadline.ts'
import type { Exchange } from './exchange.ts'
import type { HeaderRecord } from './headers.ts'
import type { RedirectPolicy } from './redirect.ts'

/** One call. */
export interface TransportRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers?: Readonly<HeaderRecord> | undefined
  readonly body?: string | Uint8Array | undefined
  readonly redirect: RedirectPolicy
  /** What in the body no error may show. */
  readonly secrets?: readonly string[] | undefined
  /** Whether doing it twice is like doing it once (RFC 9110, section 9.2.2). Default: what its method promises. */
  readonly idempotent?: boolean | undefined
  /** False: the body can be read once only, so the request is sent once, whatever comes. */
  readonly replayable?: boolean | undefined
  /** Milliseconds for the whole call. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** When the call began, where it is one of several requests that {@link Transport.hold} holds the client open for. */
  readonly began?: number | undefined
}

/** What the loop below has to know of an answer. */
export interface Reply {
  readonly status: number
  readonly headers: ResponseHeaders
  sendings: number
  /** The headers that a strategy set for it. */
  confidential: () => Iterable<string>
  /** What else was said in confidence. */
  secrets: readonly string[]
  /** Lets go of a body that nobody will read. */
  discard(): void
}

/** Sends one attempt. */
export type Sender<R extends Reply> = (dispatcher: Dispatcher, attempt: Exchange, deadline: Deadline) => Promise<R>
