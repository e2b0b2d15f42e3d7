import { InvalidArgumentError, TransportError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { foldHandle } from './name.ts'
import type { HandleRecord, HandleValue } from './record.ts'

/** How many records a client keeps, and how long. */
export interface CacheOptions {
  /** The most that are kept; those that nobody asked for longest go first. Default: 1000. */
  readonly maxRecords?: number | undefined
  /** Seconds: none is kept longer. Default: as long as its ttl says. */
  readonly maxAge?: number | undefined
}

interface Entry {
  readonly record: HandleRecord
  /** Milliseconds since 1970. */
  readonly expires: number
}

/** A read that has not ended. */
interface Reading {
  /** The record was changed since it began: what it gives may be the old one. */
  isStale: boolean
}

/** Records that need not be asked for again, each until the first of its values has reached its ttl. */
export class RecordCache {
  readonly #maxRecords: number
  readonly #maxAge: number
  /** By what was asked; those that were used last are last. */
  readonly #entries = new Map<string, Entry>()
  /** By handle, what is kept of it. */
  readonly #ofHandle = new Map<string, Set<string>>()
  /** By handle, the reads that have not ended. */
  readonly #readings = new Map<string, Set<Reading>>()
  /** By what was asked, a read that others may wait for, too. */
  readonly #shared = new Map<string, { readonly record: Promise<HandleRecord>; readonly reading: Reading }>()
  /** By handle, until when a write may still happen whose outcome is open: milliseconds since 1970. */
  readonly #open = new Map<string, number>()

  /** @throws InvalidArgumentError */
  static of(options: CacheOptions | boolean | undefined): RecordCache | undefined {
    if (options === undefined || options === false) return undefined
    return new RecordCache(options === true ? {} : options)
  }

  private constructor(options: CacheOptions) {
    checkOptions('HandleClient: cache', options, ['maxRecords', 'maxAge'])
    const { maxRecords = 1000, maxAge = Infinity } = options
    if (!Number.isSafeInteger(maxRecords) || maxRecords < 1) {
      throw new InvalidArgumentError('INVALID_OPTION', 'HandleClient: cache: maxRecords is a whole number, at least 1.')
    }
    if (typeof maxAge !== 'number' || !(maxAge > 0)) {
      throw new InvalidArgumentError('INVALID_OPTION', 'HandleClient: cache: maxAge is a number of seconds above 0.')
    }
    this.#maxRecords = maxRecords
    this.#maxAge = maxAge
  }

  /**
   * What is kept, or what reading it gives, which is then kept.
   *
   * @param asked All that the answer depends on.
   * @param read Reads it, in the time that is left after waiting for so many milliseconds.
   * @param alone Whether the read may end before that of others who ask for the same: it has a signal or a timeout.
   */
  async through(
    handle: string,
    asked: string,
    read: (waited: number) => Promise<HandleRecord>,
    alone: boolean,
  ): Promise<HandleRecord> {
    const kept = this.#get(asked)
    if (kept) return kept.copy()
    const reading = { isStale: this.#isOpen(handle) }
    if (alone) return this.#read(handle, asked, read, reading)
    const shared = this.#shared.get(asked)
    if (shared && !shared.reading.isStale) {
      const joined = performance.now()
      try {
        return (await shared.record).copy()
      } catch (error) {
        // Its time began earlier than this one's.
        if (TransportError.isInstance(error) && error.code === 'TIMEOUT') return read(performance.now() - joined)
        throw error
      }
    }
    const record = this.#read(handle, asked, read, reading)
    this.#shared.set(asked, { record, reading })
    try {
      return await record
    } finally {
      if (this.#shared.get(asked)?.reading === reading) this.#shared.delete(asked)
    }
  }

  async #read(
    handle: string,
    asked: string,
    read: (waited: number) => Promise<HandleRecord>,
    reading: Reading,
  ): Promise<HandleRecord> {
    const began = Date.now()
    const folded = foldHandle(handle)
    const readings = this.#readings.get(folded) ?? new Set()
    this.#readings.set(folded, readings.add(reading))
    try {
      const record = await read(0)
      deepFreeze(record.toJSON().values)
      if (!reading.isStale) this.#keep(asked, record, began)
      return record
    } finally {
      readings.delete(reading)
      if (readings.size === 0 && this.#readings.get(folded) === readings) this.#readings.delete(folded)
    }
  }

  #get(asked: string): HandleRecord | undefined {
    const entry = this.#entries.get(asked)
    if (!entry) return undefined
    this.#remove(asked, entry)
    if (entry.expires <= Date.now()) return undefined
    this.#add(asked, entry)
    return entry.record
  }

  #keep(asked: string, record: HandleRecord, began: number): void {
    const { values } = record
    const expires = values.reduce(
      (least, value) => Math.min(least, expiryOf(value, began)),
      began + this.#maxAge * 1000,
    )
    // Nothing says how long a record without values stays so.
    if (values.length === 0 || expires <= began) return
    this.#add(asked, { record, expires })
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxRecords) break
      this.#remove(oldest, entry)
    }
  }

  /**
   * Forgets what is known of a handle.
   *
   * @param openFor Milliseconds for which a write may still happen: what is read meanwhile is not kept.
   */
  forget(handle: string, openFor = 0): void {
    const folded = foldHandle(handle)
    for (const reading of this.#readings.get(folded) ?? []) reading.isStale = true
    for (const asked of this.#ofHandle.get(folded) ?? []) this.#entries.delete(asked)
    this.#ofHandle.delete(folded)
    if (openFor === 0) return
    const now = Date.now()
    // In the order of their ends, as all last equally long.
    for (const [other, until] of this.#open) {
      if (until > now) break
      this.#open.delete(other)
    }
    this.#open.delete(folded)
    this.#open.set(folded, now + openFor)
  }

  clear(): void {
    for (const readings of this.#readings.values()) for (const reading of readings) reading.isStale = true
    this.#entries.clear()
    this.#ofHandle.clear()
  }

  #isOpen(handle: string): boolean {
    return (this.#open.get(foldHandle(handle)) ?? 0) > Date.now()
  }

  #add(asked: string, entry: Entry): void {
    this.#entries.set(asked, entry)
    const folded = foldHandle(entry.record.handle)
    const kept = this.#ofHandle.get(folded)
    if (kept) kept.add(asked)
    else this.#ofHandle.set(folded, new Set([asked]))
  }

  #remove(asked: string, { record }: Entry): void {
    this.#entries.delete(asked)
    const folded = foldHandle(record.handle)
    const kept = this.#ofHandle.get(folded)
    kept?.delete(asked)
    if (kept?.size === 0) this.#ofHandle.delete(folded)
  }
}

const isoTime = /^\d{4}-\d\d-\d\dT/

/** When a value that was asked for at some time may no longer be used. */
function expiryOf({ ttl }: HandleValue, began: number): number {
  if (typeof ttl === 'number') return began + ttl * 1000
  const time = isoTime.test(ttl) ? Date.parse(ttl) : Number.NaN
  return Number.isNaN(time) ? began : time
}

/** Those who get copies of a record have the server's JSON in common. */
function deepFreeze(json: readonly unknown[]): void {
  const left: unknown[] = [json]
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (typeof part !== 'object' || part === null) continue
    Object.freeze(part)
    for (const member of Object.values(part)) left.push(member)
  }
}
