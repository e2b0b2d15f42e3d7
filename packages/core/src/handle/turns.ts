import { TransportError } from '../errors.ts'
import { Deadline, longestTimeout } from '../transport/deadline.ts'
import type { CallOptions } from './api.ts'
import { foldHandle, parseHandle } from './name.ts'

/**
 * Lets the changes that one client makes to one handle follow each other: they read before they write, and servers have no
 * way to write only what nobody has changed meanwhile.
 */
export class Turns {
  readonly #latest = new Map<string, Promise<unknown>>()

  /**
   * Runs work after all that was to change the handle before. Without a timeout it waits as long as that takes.
   *
   * @throws TransportError `TIMEOUT`, or the signal's reason
   */
  async take<T>(handle: string, options: CallOptions, work: () => Promise<T>): Promise<T> {
    const key = keyOf(handle)
    const before = this.#latest.get(key)
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    // Who gives up waiting does not let those behind past what was before.
    const mine = Promise.all([before, over]).finally(() => {
      if (this.#latest.get(key) === mine) this.#latest.delete(key)
    })
    this.#latest.set(key, mine)
    try {
      if (before) await waitFor(before, handle, options)
      return await work()
    } finally {
      end()
    }
  }
}

async function waitFor(
  before: Promise<unknown>,
  handle: string,
  { timeout = longestTimeout, signal }: CallOptions,
): Promise<void> {
  const tooLong = (): TransportError =>
    new TransportError('TIMEOUT', `${handle}: earlier changes of this client took too long; this one was not sent.`, {
      sent: false,
    })
  const deadline = new Deadline(timeout, signal, tooLong)
  try {
    await deadline.wait(before)
  } finally {
    deadline.done()
  }
}

/** One text for all spellings of a handle. What is no handle is refused later, and better. */
function keyOf(handle: string): string {
  try {
    return foldHandle(parseHandle(handle).name)
  } catch {
    return handle
  }
}
