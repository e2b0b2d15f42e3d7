import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { checkSignal, checkTimeout } from '../transport/deadline.ts'
import type { CallOptions } from './api.ts'
import { type BulkOperation, perform } from './bulk-operation.ts'
import type { HandleClient } from './client.ts'
import type { WriteResult } from './result.ts'
import { Turns } from './turns.ts'

/** What {@link HandleClient.bulk} takes beside the operations. */
export interface BulkOptions extends CallOptions {
  /** How many operations run at a time. Default: 16. */
  readonly concurrency?: number | undefined
  /** True: give the requests that would be sent, and send nothing but the reads before them. */
  readonly plan?: boolean | undefined
  /** Ends the whole: no further operation begins, and those that run are aborted and told of. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for each operation. Default: the client's. */
  readonly timeout?: number | undefined
}

/** What became of one operation: either a result or an error. */
export type BulkResult = {
  readonly operation: BulkOperation
  /** Which of the operations it was, from 0. */
  readonly position: number
  /** The handle; undefined for one that was to be minted and was not. */
  readonly handle: string | undefined
} & (
  | { readonly result: WriteResult; readonly error?: undefined }
  | { readonly result?: undefined; readonly error: Error }
)

export type BulkSource = Iterable<BulkOperation> | AsyncIterable<BulkOperation>

/** @throws InvalidArgumentError, at once */
export function runBulk(
  client: HandleClient,
  operations: BulkSource,
  options: BulkOptions,
): AsyncGenerator<BulkResult, void, undefined> {
  checkOptions('bulk', options, ['concurrency', 'plan', 'signal', 'timeout'])
  const { concurrency = 16, ...call } = options
  checkSignal(call.signal)
  if (call.timeout !== undefined) checkTimeout(call.timeout)
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new InvalidArgumentError('INVALID_OPTION', 'bulk: concurrency is a whole number, at least 1.')
  }
  if (
    typeof operations !== 'object' ||
    operations === null ||
    !(Symbol.iterator in operations || Symbol.asyncIterator in operations)
  ) {
    throw new InvalidArgumentError('INVALID_OPTION', 'bulk takes a list of operations, or an (async) iterable of them.')
  }
  return new BulkRun((operation) => perform(client, operation, call), operations, concurrency, call.signal).results()
}

type Perform = (operation: BulkOperation) => Promise<WriteResult>

/**
 * Runs operations, so many at a time, and those on one handle one after the other. Takes no more of them than the results
 * that are waited for allow, so that there may be any number.
 */
class BulkRun {
  readonly #perform: Perform
  readonly #source: AsyncIterator<BulkOperation> | Iterator<BulkOperation>
  readonly #concurrency: number
  readonly #signal: AbortSignal | undefined
  readonly #running = new Set<Promise<void>>()
  readonly #results: BulkResult[] = []
  /** The time of an operation begins when those before it on its handle have ended. */
  readonly #turns = new Turns()
  #news = Promise.withResolvers<void>()
  #position = 0
  #isTaking = false
  /** Whether the source has ended, and whether no more of it is wanted. */
  #isExhausted = false
  #isOver = false
  #failure: { readonly reason: unknown } | undefined

  constructor(perform: Perform, operations: BulkSource, concurrency: number, signal: AbortSignal | undefined) {
    this.#perform = perform
    this.#source =
      Symbol.asyncIterator in operations ? operations[Symbol.asyncIterator]() : operations[Symbol.iterator]()
    this.#concurrency = concurrency
    this.#signal = signal
  }

  async *results(): AsyncGenerator<BulkResult, void, undefined> {
    const signal = this.#signal
    const abort = (): void => this.#end({ reason: signal?.reason })
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    try {
      for (;;) {
        this.#news = Promise.withResolvers<void>()
        for (let result = this.#results.shift(); result; result = this.#results.shift()) yield result
        void this.#take()
        if (this.#isOver && this.#running.size === 0 && this.#results.length === 0) break
        await this.#news.promise
      }
      if (this.#failure) throw this.#failure.reason
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#isOver = true
      // Whoever stops listening can still rely on nothing being half done.
      await Promise.all(this.#running)
      if (!this.#isExhausted) await this.#endSource()
    }
  }

  async #take(): Promise<void> {
    if (this.#isTaking) return
    this.#isTaking = true
    try {
      while (!this.#isOver && this.#running.size + this.#results.length < this.#concurrency) {
        const next = await this.#source.next()
        if (next.done) {
          this.#isExhausted = true
          this.#end()
        } else if (!this.#isOver) this.#begin(next.value)
      }
    } catch (reason) {
      this.#isExhausted = true
      this.#end({ reason })
    } finally {
      this.#isTaking = false
    }
  }

  /** A source that is waiting itself is told to end, and not waited for. */
  async #endSource(): Promise<void> {
    const ended = Promise.resolve(this.#source.return?.())
    // Nor is one that is ended for another reason: that is what is to be told.
    if (this.#isTaking || this.#failure) ended.catch(() => {})
    else await ended
  }

  #begin(operation: BulkOperation): void {
    const ended = this.#run(operation, this.#position++).finally(() => {
      this.#running.delete(ended)
      this.#news.resolve()
    })
    this.#running.add(ended)
  }

  async #run(operation: BulkOperation, position: number): Promise<void> {
    const handle = handleOf(operation)
    const work = (): Promise<WriteResult> => this.#perform(operation)
    try {
      const result = await (handle === undefined ? work() : this.#turns.take(handle, { signal: this.#signal }, work))
      this.#results.push({ operation, position, handle: result.handle, result })
    } catch (reason) {
      const error = reason instanceof Error ? reason : new Error('The operation was aborted.', { cause: reason })
      this.#results.push({ operation, position, handle, error })
    }
  }

  #end(failure?: { readonly reason: unknown }): void {
    this.#failure ??= failure
    this.#isOver = true
    this.#news.resolve()
  }
}

/** As it was given, which may be anything. */
function handleOf(operation: BulkOperation): string | undefined {
  const handle: unknown = Reflect.get(Object(operation), 'handle')
  return typeof handle === 'string' ? handle : undefined
}
