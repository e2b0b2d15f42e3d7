import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { CallOptions } from './api.ts'
import { parsePrefix, sameHandle } from './name.ts'
import type { FoundValue } from './search-answer.ts'
import type { SearchQuery, SearchService } from './search-service.ts'
import { readTerms, type SearchTerms } from './search-terms.ts'

/** What {@link HandleClient.search} takes beside the terms. Signal and timeout are for each page. */
export interface SearchOptions extends CallOptions {
  /** Only handles with this very prefix. */
  readonly prefix?: string | undefined
  /** The most results: names or records, not matches. Default: all. */
  readonly limit?: number | undefined
  /**
   * Matches in a page, at most 100 000. Default: 10 000; with records 1000. Whatever the limit: a handle may match with
   * many values.
   */
  readonly pageSize?: number | undefined
  /** True: whole records rather than names. Takes terms of one type only. */
  readonly records?: boolean | undefined
}

/** A record that was found. */
export interface FoundRecord {
  readonly handle: string
  /** All values but secrets, private ones included. Values that do not differ are there once. */
  readonly values: readonly FoundValue[]
}

/** Some of what a search finds. */
export interface SearchPage<T> {
  /** What no page before had. */
  readonly found: readonly T[]
  /**
   * How many handles of this page an earlier one had, too. They match with several values, or the server has changed the
   * order of its results between the pages; it may then have left out others.
   */
  readonly repeated: number
}

/** What the servlet gives at most. */
const largestPage = 100_000

/** The servlet counts rows in the 32 bits of Java, and no database of handles has so many. */
const largestOffset = 2 ** 31 - 1

/** What one page holds, by name. */
type Batch<T> = ReadonlyMap<string, T>

/** A search, checked. */
interface SearchPlan<T> {
  /** Rows are what the server counts; a handle may be there several times. */
  readonly read: (page: number) => Promise<{ readonly rows: number; readonly batch: Batch<T> }>
  readonly limit: number
  readonly pageSize: number
  readonly matches: (name: string) => boolean
}

/**
 * What a search finds, for `for await`: every handle once. Pages are read as they are needed.
 *
 * The server keeps no order between pages: a search with more matches than fit in one page may miss some. What fits in
 * one page is complete.
 */
export class HandleSearch<T> implements AsyncIterable<T> {
  readonly #plan: SearchPlan<T>

  /** @internal */
  constructor(plan: SearchPlan<T>) {
    this.#plan = plan
  }

  /** Result by result. */
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for await (const { found } of this.pages()) yield* found
  }

  /** Page by page. */
  async *pages(): AsyncGenerator<SearchPage<T>, void, undefined> {
    const { read, limit, pageSize, matches } = this.#plan
    const seen = new Set<string>()
    let left = limit
    let knowsPages = false
    for (let page = 0; left > 0; page += 1) {
      const { rows, batch } = await read(page)
      if (rows === 0) return
      const fresh = [...batch].filter(([name]) => !seen.has(name))
      for (const [name] of fresh) seen.add(name)
      const found = fresh.filter(([name]) => matches(name)).slice(0, left)
      left -= found.length
      yield { found: found.map(([, result]) => result), repeated: batch.size - fresh.length }
      if (rows < pageSize) return
      // A handle may match with many pages of values; or a server that searches with Solr gives one page for ever.
      if (fresh.length === 0 && !knowsPages) knowsPages = await this.#endsSomewhere()
      if (fresh.length === 0 && !knowsPages) return
    }
  }

  /** Whether there is nothing beyond everything that there can be. */
  async #endsSomewhere(): Promise<boolean> {
    const { read, pageSize } = this.#plan
    const { rows } = await read(Math.floor(largestOffset / pageSize))
    return rows === 0
  }
}

/** @throws InvalidArgumentError. No request is made. */
export function searchNames(service: SearchService, terms: SearchTerms, options: SearchOptions): HandleSearch<string> {
  return new HandleSearch(
    planFor(service, terms, options, 10_000, async (query, call) => {
      const names = await service.names(query, call)
      return { rows: names.length, batch: new Map(names.map((name) => [name, name])) }
    }),
  )
}

/** The same for records. */
export function searchRecords(
  service: SearchService,
  terms: SearchTerms,
  options: SearchOptions,
): HandleSearch<FoundRecord> {
  const types = Object.keys(terms).filter((type) => terms[type] !== undefined)
  if (types.length > 1) {
    throw refused('records: true takes terms of one type. Search for names, and resolve them.')
  }
  return new HandleSearch(
    planFor(service, terms, options, 1000, async (query, call) => {
      const records = await service.records(query, call)
      const batch = new Map(
        Array.from(records, ([handle, values]) => [handle, { handle, values: onlyOnce(values) }] as const),
      )
      // A record that matches several times has its values several times, and only that shows how many rows there were.
      const single = Array.from(records).every(([name, { length }]) => batch.get(name)?.values.length === length)
      return { rows: single ? records.size : query.pageSize, batch }
    }),
  )
}

function planFor<T>(
  service: SearchService,
  terms: SearchTerms,
  options: SearchOptions,
  usualPage: number,
  read: (query: SearchQuery, call: CallOptions) => ReturnType<SearchPlan<T>['read']>,
): SearchPlan<T> {
  checkOptions('search', options, ['prefix', 'limit', 'pageSize', 'records', 'signal', 'timeout'])
  const pairs = readTerms(terms, service.fields)
  const { prefix, limit = Infinity, pageSize = usualPage, signal, timeout } = options
  const within = prefix === undefined ? undefined : parsePrefix(prefix)
  if (limit !== Infinity) checkCount('limit', limit, Number.MAX_SAFE_INTEGER)
  checkCount('pageSize', pageSize, largestPage)
  // The only prefixes that the servlet has a path for. To it they are mere beginnings of names.
  const inPath = within !== undefined && /^\d{2}[0-9a-zA-Z.]*$/.test(within) ? within : undefined
  return {
    read: (page) => read({ terms: pairs, prefix: inPath, page, pageSize }, { signal, timeout }),
    limit,
    pageSize,
    matches: (name) => within === undefined || sameHandle(name.slice(0, name.indexOf('/')), within),
  }
}

function onlyOnce(values: readonly FoundValue[]): readonly FoundValue[] {
  return [...new Map(values.map((value) => [JSON.stringify([value.type, value.value]), value])).values()]
}

function checkCount(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return
  throw refused(`${name} is a whole number, at least 1${most === largestPage ? ', at most 100 000' : ''}.`)
}

function refused(why: string): InvalidArgumentError {
  return new InvalidArgumentError('INVALID_OPTION', `search: ${why}`)
}
