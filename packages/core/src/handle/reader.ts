import { HandleNotFoundError } from '../errors.ts'
import type { HandleApi } from './api.ts'
import { parseHandle } from './name.ts'
import { resolverOnlyReads } from './public-resolver.ts'
import type { HandleRecord } from './record.ts'
import { type ResolveOptions, resolveQuery } from './resolve-query.ts'

/** Reads records, those that are kept without asking. */
export class Reader {
  readonly #api: HandleApi

  constructor(api: HandleApi) {
    this.#api = api
  }

  async resolve(handle: string, options: ResolveOptions = {}): Promise<HandleRecord> {
    const { name } = parseHandle(handle)
    const api = this.#api
    const query = resolveQuery(options, api.credentials !== undefined)
    if (options.publicOnly === false && api.isPublicResolver) {
      throw resolverOnlyReads(api.transport.origin, 'to read private values')
    }
    const { cache } = api
    // Private values are not for keeping.
    if (!cache || options.publicOnly === false) return api.read(name, query, options)
    if (options.authoritative) {
      cache.forget(name)
      return api.read(name, query, options)
    }
    options.signal?.throwIfAborted()
    const asked = api.path(name, query)
    const kept = cache.get(asked)
    if (kept) return kept
    const keep = cache.begin(asked)
    const record = await api.read(name, query, options)
    keep(record)
    return record
  }

  async tryResolve(handle: string, options?: ResolveOptions): Promise<HandleRecord | undefined> {
    try {
      return await this.resolve(handle, options)
    } catch (error) {
      if (HandleNotFoundError.isInstance(error)) return undefined
      throw error
    }
  }
}
