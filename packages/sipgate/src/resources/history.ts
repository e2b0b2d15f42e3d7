import { InvalidArgumentError } from '@handlekit/core'
import { type Api, type CallOptions, checkNotEmpty } from '../api.ts'
import { allPages } from '../pages.ts'
import { isoTime, type Query } from '../query.ts'
import {
  historyEntry,
  historyPage,
  type SipgateDirection,
  type SipgateHistoryEntry,
  type SipgateHistoryPage,
  type SipgateHistoryType,
} from './history-entry.ts'

/** Which entries of the history are wanted. */
export interface SipgateHistoryFilter {
  /** Extensions: 'p0', 'g0', 'f0'. sipgate answers 403 to the ids of devices. */
  readonly connectionIds?: readonly string[] | undefined
  readonly types?: readonly SipgateHistoryType[] | undefined
  readonly directions?: readonly SipgateDirection[] | undefined
  readonly starred?: readonly ('STARRED' | 'UNSTARRED')[] | undefined
  /** True: those that are archived. Default: those that are not. */
  readonly archived?: boolean | undefined
  /** A Date, or ISO 8601. */
  readonly from?: Date | string | undefined
  readonly to?: Date | string | undefined
  /** To or from this number. */
  readonly phonenumber?: string | undefined
}

/** Which part of a list is wanted. */
export interface SipgatePaging {
  readonly offset?: number | undefined
  /** The most entries. sipgate's own default is 10 for the history, 5000 for contacts. */
  readonly limit?: number | undefined
}

/** What can be changed of an entry. */
export interface SipgateHistoryChange {
  readonly note?: string | undefined
  readonly read?: boolean | undefined
  readonly archived?: boolean | undefined
  readonly starred?: boolean | undefined
}

/** The same of several: their notes stay. */
export interface SipgateHistoryChangeOf extends Omit<SipgateHistoryChange, 'note'> {
  readonly id: string
}

/** The most entries that sipgate changes at a time. */
const mostChanges = 150

/** What came and went: calls, voicemails, text messages, faxes. */
export class SipgateHistory {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** One page. */
  async list(filter: SipgateHistoryFilter & SipgatePaging = {}, options?: CallOptions): Promise<SipgateHistoryPage> {
    return this.#api.read('GET /history', historyPage, { query: toQuery(filter) }, options)
  }

  /** Every entry, page after page, each once. */
  all(filter: SipgateHistoryFilter = {}, options?: CallOptions): AsyncGenerator<SipgateHistoryEntry, void> {
    return allPages(100, (paging) => this.list({ ...filter, ...paging }, options))
  }

  /** @throws SipgateError `NOT_FOUND` */
  get(entryId: string, options?: CallOptions): Promise<SipgateHistoryEntry> {
    return this.#api.read('GET /history/{entryId}', historyEntry, { parameters: { entryId } }, options)
  }

  async update(entryId: string, change: SipgateHistoryChange, options?: CallOptions): Promise<void> {
    const { note, read, archived, starred } = change
    const json = { note, read, archived, starred }
    await this.#api.send('PUT /history/{entryId}', { parameters: { entryId }, json }, options)
  }

  /**
   * Changes several entries.
   *
   * @throws InvalidArgumentError `INVALID_VALUE` for none, or for more than 150
   */
  async updateMany(
    changes: readonly [SipgateHistoryChangeOf, ...SipgateHistoryChangeOf[]],
    options?: CallOptions,
  ): Promise<void> {
    checkNotEmpty('history.updateMany: changes', changes)
    if (changes.length > mostChanges) {
      throw new InvalidArgumentError('INVALID_VALUE', `sipgate changes at most ${mostChanges} entries at a time.`)
    }
    const json = changes.map(({ id, read, archived, starred }) => ({ id, read, archived, starred }))
    await this.#api.send('PUT /history', { json }, options)
  }

  async delete(entryId: string, options?: CallOptions): Promise<void> {
    await this.#api.send('DELETE /history/{entryId}', { parameters: { entryId } }, options)
  }

  /**
   * Deletes several entries. Without ids sipgate would delete the whole history: the type wants one at least, and what
   * comes from elsewhere is checked.
   *
   * @throws InvalidArgumentError `INVALID_VALUE` for no ids, or an empty one
   */
  async deleteMany(entryIds: readonly [string, ...string[]], options?: CallOptions): Promise<void> {
    checkNotEmpty('history.deleteMany: entryIds', entryIds)
    await this.#api.send('DELETE /history', { query: { id: entryIds } }, options)
  }
}

function toQuery(filter: SipgateHistoryFilter & SipgatePaging): Query {
  const { connectionIds, types, directions, starred, archived, from, to, phonenumber, offset, limit } = filter
  const times = { from: isoTime('from', from), to: isoTime('to', to) }
  return { connectionIds, types, directions, starred, archived, ...times, phonenumber, offset, limit }
}
