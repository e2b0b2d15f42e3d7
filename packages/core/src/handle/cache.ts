import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../strategy.ts'
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

/** Records that need not be asked for again, each until the first of its values has reached its ttl. */
export class RecordCache {
  readonly #maxRecords: number
  readonly #maxAge: number
  /** By what was asked; those that were used last are last. */
  readonly #entries = new Map<string, Entry>()
  /** By handle, what is kept of it. */
  readonly #ofHandle = new Map<string, Set<string>>()
  /** Reads that others may wait for, too, as long as nothing was changed since they began. */
  readonly #running = new Map<string, { readonly record: Promise<HandleRecord>; readonly changes: number }>()
  #changes = 0

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
   * @param alone Whether the read may end before that of others who ask for the same: it has a signal or a timeout.
   */
  through(asked: string, read: () => Promise<HandleRecord>, alone: boolean): Promise<HandleRecord> {
    const kept = this.#get(asked)
    if (kept) return Promise.resolve(kept)
    if (alone) return this.#read(asked, read)
    const running = this.#running.get(asked)
    if (running?.changes === this.#changes) return running.record
    const record = this.#read(asked, read).finally(() => {
      if (this.#running.get(asked)?.record === record) this.#running.delete(asked)
    })
    this.#running.set(asked, { record, changes: this.#changes })
    return record
  }

  async #read(asked: string, read: () => Promise<HandleRecord>): Promise<HandleRecord> {
    const [began, changes] = [Date.now(), this.#changes]
    const record = await read()
    // Where a record was changed meanwhile, this may be the old one.
    if (changes === this.#changes) this.#keep(asked, record, began)
    return record
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
    const expires = Math.min(began + this.#maxAge * 1000, ...values.map((value) => expiryOf(value, began)))
    // Nothing says how long a record without values stays so.
    if (values.length === 0 || expires <= began) return
    this.#add(asked, { record, expires })
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxRecords) break
      this.#remove(oldest, entry)
    }
  }

  /** Forgets what is known of a handle. */
  forget(handle: string): void {
    this.#changes += 1
    const folded = foldHandle(handle)
    for (const asked of this.#ofHandle.get(folded) ?? []) this.#entries.delete(asked)
    this.#ofHandle.delete(folded)
  }

  clear(): void {
    this.#changes += 1
    this.#entries.clear()
    this.#ofHandle.clear()
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

/** When a value that was asked for at some time may no longer be used. */
function expiryOf({ ttl }: HandleValue, began: number): number {
  if (typeof ttl === 'number') return began + ttl * 1000
  const time = Date.parse(ttl)
  return Number.isNaN(time) ? began : time
}
