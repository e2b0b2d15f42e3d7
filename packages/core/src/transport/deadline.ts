import { InvalidArgumentError } from '../errors.ts'

/** Milliseconds: a timer of Node.js that is set for longer fires at once. */
export const longestTimeout: number = 2 ** 31 - 1

/** @throws InvalidArgumentError `INVALID_OPTION` */
export function checkTimeout(timeout: number): number {
  if (typeof timeout === 'number' && timeout > 0 && timeout <= longestTimeout) return timeout
  throw new InvalidArgumentError('INVALID_OPTION', `timeout is a number of milliseconds, from 1 to ${longestTimeout}.`)
}

/** @throws InvalidArgumentError `INVALID_OPTION` */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || typeof signal?.throwIfAborted === 'function') return
  throw new InvalidArgumentError('INVALID_OPTION', 'signal is the signal of an AbortController.')
}

/** Ends one call of a client: when its time is over, or when its caller gives up. */
export class Deadline {
  /** Whether the server may have seen a request of the call. Whoever sends one says so. */
  sent = false
  readonly #signal: AbortSignal | undefined
  readonly #onAbort: (() => void) | undefined
  readonly #timer: NodeJS.Timeout
  readonly #ends: number
  #cancel: ((reason: unknown) => void) | undefined
  #over = false
  #reason: unknown

  /**
   * @param timeout Milliseconds for the call.
   * @param timedOut Makes the reason when the time is over. An abort surfaces as the signal's own reason.
   * @param began When the call began.
   */
  constructor(
    timeout: number,
    signal: AbortSignal | undefined,
    timedOut: (sent: boolean) => Error,
    began: number = performance.now(),
  ) {
    checkSignal(signal)
    this.#ends = began + timeout
    this.#timer = setTimeout(() => this.#end(timedOut(this.sent)), this.remaining)
    if (signal) {
      this.#signal = signal
      this.#onAbort = () => this.#end(signal.reason)
      if (signal.aborted) this.#onAbort()
      else signal.addEventListener('abort', this.#onAbort, { once: true })
    }
  }

  /** The caller's signal. */
  get signal(): AbortSignal | undefined {
    return this.#signal
  }

  /** Milliseconds left. */
  get remaining(): number {
    return Math.max(0, this.#ends - performance.now())
  }

  /** @throws the reason, when it is over. */
  check(): void {
    if (this.#over) throw this.#reason
  }

  /** Calls `cancel` when it is over; at once if it already is. One at a time: the steps of a call follow each other. */
  watch(cancel: ((reason: unknown) => void) | undefined): void {
    this.#cancel = cancel
    if (this.#over && cancel) cancel(this.#reason)
  }

  /** Waits for `work` until it is over. The work itself goes on: others may wait for it too. */
  wait<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.watch(reject)
      work.then(resolve, reject)
    })
  }

  /** Waits for a time. */
  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds)
      this.watch((reason) => {
        clearTimeout(timer)
        reject(reason)
      })
    })
  }

  /** Has to be called at the end of the call. */
  done(): void {
    clearTimeout(this.#timer)
    this.#cancel = undefined
    if (this.#signal && this.#onAbort) this.#signal.removeEventListener('abort', this.#onAbort)
  }

  #end(reason: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#reason = reason
    this.#cancel?.(reason)
  }
}
