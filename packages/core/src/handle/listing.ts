import { HandleProtocolError, InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { failureOf, readJson, success } from './answer.ts'
import type { CallOptions, HandleApi } from './api.ts'
import { parseHandle, parsePrefix } from './name.ts'
import { resolverOnlyReads } from './public-resolver.ts'
import { wireListing } from './wire.ts'

/** What {@link HandleClient.list} takes beside the prefix. Signal and timeout are for each page. */
export interface ListOptions extends CallOptions {
  /** Names in a page. Default: 500. */
  readonly pageSize?: number | undefined
}

/** Some of the names under a prefix. */
export interface HandlePage {
  readonly handles: readonly string[]
  /** How many there are in all; undefined where the server does not tell. */
  readonly totalCount: number | undefined
}

/** The names under a prefix. Pages are read as they are needed, so names made or deleted meanwhile may be missed or
 * met twice: to delete what is listed, collect it first. */
export class HandleListing implements AsyncIterable<string> {
  readonly #api: HandleApi
  readonly #prefix: string
  readonly #pageSize: number
  readonly #options: CallOptions

  /** @internal It comes from {@link HandleClient.list}. */
  constructor(api: HandleApi, prefix: string, options: ListOptions = {}) {
    checkOptions('list', options, ['pageSize', 'signal', 'timeout'])
    const { pageSize = 500, ...rest } = options
    if (!Number.isSafeInteger(pageSize) || pageSize < 1) {
      throw new InvalidArgumentError('INVALID_OPTION', 'list: pageSize is a whole number, at least 1.')
    }
    if (api.isPublicResolver) throw resolverOnlyReads(api.transport.origin, 'to list handles')
    this.#api = api
    // What stands for the prefixes below one is no prefix itself (Technical Manual, section 14.3).
    this.#prefix = /^0\.NA\/0\.NA\//i.test(prefix) ? parseHandle(prefix).name : parsePrefix(prefix)
    this.#pageSize = pageSize
    this.#options = rest
  }

  /** Name by name. */
  async *[Symbol.asyncIterator](): AsyncIterator<string> {
    for await (const { handles } of this.pages()) yield* handles
  }

  /** Page by page. */
  async *pages(): AsyncGenerator<HandlePage, void, undefined> {
    for (let page = 0, seen = 0; ; page += 1) {
      const { handles, totalCount } = await this.#read(page, this.#pageSize)
      if (handles.length > 0) yield { handles, totalCount }
      seen += handles.length
      // A server may give smaller pages than were asked for; only an empty one or the count is an end.
      if (handles.length === 0 || (totalCount !== undefined && seen >= totalCount)) return
    }
  }

  /** How many names there are; undefined where the server does not tell. */
  async count(): Promise<number | undefined> {
    return (await this.#read(0, 0)).totalCount
  }

  async #read(page: number, pageSize: number): Promise<HandlePage> {
    const prefix = encodeURIComponent(this.#prefix)
    const path = this.#api.listPath(`?prefix=${prefix}&page=${page}&pageSize=${pageSize}`)
    const answer = await this.#api.send({ method: 'GET', path }, this.#options)
    const asked = this.#api.asked('GET', path, this.#prefix)
    if (answer.status !== 200) throw failureOf(answer, asked)
    const { responseCode, handles, totalCount } = readJson(answer, wireListing, asked)
    if (responseCode !== success) throw failureOf(answer, asked)
    const total = totalCount === undefined ? undefined : Number(totalCount)
    if (total !== undefined && !Number.isSafeInteger(total)) {
      throw new HandleProtocolError('WRONG_SHAPE', `GET ${asked.url}: the totalCount is no number.`, {
        status: answer.status,
      })
    }
    return { handles, totalCount: total }
  }
}
