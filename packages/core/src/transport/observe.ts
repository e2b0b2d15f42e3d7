import type { Reply, Sender } from './call.ts'
import { locationOf } from './failure.ts'

/** One request as it was sent, a strategy's own and repeated ones included. Nothing in it is secret. */
export interface RequestEvent {
  readonly method: string
  /** Origin and path; the query is left out. */
  readonly url: string
  /** Milliseconds until the answer was read; of `fetch`, until its headers were. */
  readonly duration: number
  /** Of the answer; undefined where none came. */
  readonly status: number | undefined
  /** Why none came: a TransportError, or the reason of an aborted call. */
  readonly error: unknown
}

/** A sender that tells what became of each request. */
export function observed<R extends Reply>(
  sender: Sender<R>,
  onRequest: ((event: RequestEvent) => void) | undefined,
): Sender<R> {
  if (!onRequest) return sender
  return async (dispatcher, at, deadline) => {
    const began = performance.now()
    const tell = (status: number | undefined, error?: unknown): void => {
      const { method } = at
      try {
        onRequest({ method, url: locationOf(at), duration: performance.now() - began, status, error })
      } catch (fault) {
        // The request is not to blame, and may have been a write that happened.
        process.emitWarning(`onRequest failed: ${String(fault)}`, { code: 'HANDLEKIT_ON_REQUEST' })
      }
    }
    try {
      const reply = await sender(dispatcher, at, deadline)
      tell(reply.status)
      return reply
    } catch (error) {
      tell(undefined, error)
      throw error
    }
  }
}
