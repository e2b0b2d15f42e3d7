import { HandleNotFoundError } from '../errors.ts'
import { checkSignal, checkTimeout } from '../transport/deadline.ts'
import type { HandleApi } from './api.ts'
import type { RecordCache } from './cache.ts'
import { parseHandle } from './name.ts'
import { resolverOnlyReads } from './public-resolver.ts'
import type { HandleRecord } from './record.ts'
import { noOptions, type ResolveOptions, resolveQuery } from './resolve-query.ts'

/** Reads records, those that are kept without asking. */
export class Reader {
  readonly #api: HandleApi

  constructor(api: HandleApi) {
    this.#api = api
  }

  async resolve(handle: string, options: ResolveOptions = noOptions): Promise<HandleRecord> {
    const { name } = parseHandle(handle)
    const api = this.#api
    const query = resolveQuery(options, api.credentials !== undefined)
    const wantsPrivate = options.publicOnly === false
    if (wantsPrivate && api.isPublicResolver) throw resolverOnlyReads(api.transport.origin, 'to read private values')
    // Private values are not for keeping.
    if (!api.cache || wantsPrivate) return api.read(name, query, options)
    return this.#throughCache(api.cache, name, query, options)
  }

  async #throughCache(cache: RecordCache, name: string, query: string, options: ResolveOptions): Promise<HandleRecord> {
    const { authoritative, signal, timeout } = options
    checkSignal(signal)
    if (timeout !== undefined) checkTimeout(timeout)
    signal?.throwIfAborted()
    const { transport } = this.#api
    const read = (waited: number): Promise<HandleRecord> =>
      this.#api.read(
        name,
        query,
        waited === 0 ? options : { ...options, timeout: Math.max(1, transport.timeout - waited) },
      )
    if (authoritative) {
      cache.forget(name)
      return read(0)
    }
    const alone = signal !== undefined || timeout !== undefined
    return cache.through(name, this.#api.path(name, query), read, alone)
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
