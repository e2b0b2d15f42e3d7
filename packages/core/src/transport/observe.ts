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
    const { method } = at
    const began = performance.now()
    const tellOf = (status: number | undefined, error?: unknown): void =>
      tell(onRequest, { method, url: locationOf(at), duration: performance.now() - began, status, error })
    let reply: R
    try {
      reply = await sender(dispatcher, at, deadline)
    } catch (error) {
      tellOf(undefined, error)
      throw error
    }
    tellOf(reply.status)
    return reply
  }
}

/** Whoever listens may fail, at once or later: the request is not to blame, and may have been a write that happened. */
function tell(onRequest: (event: RequestEvent) => unknown, event: RequestEvent): void {
  const warn = (fault: unknown): void => {
    const why = fault instanceof Error && typeof fault.message === 'string' ? fault.message : 'it threw something'
    process.emitWarning(`onRequest failed: ${why}`, { code: 'HANDLEKIT_ON_REQUEST' })
  }
  try {
    const told = onRequest(event)
    if (told instanceof Promise) told.catch(warn)
  } catch (fault) {
    warn(fault)
  }
}
