import { HandleNotFoundError } from '../errors.ts'
import { checkSignal, checkTimeout } from '../transport/deadline.ts'
import type { HandleApi } from './api.ts'
import { parseHandle } from './name.ts'
import { resolverOnlyReads } from './public-resolver.ts'
import type { HandleRecord } from './record.ts'
import { type ResolveOptions, resolveQuery } from './resolve-query.ts'

const none: ResolveOptions = {}

/** Reads records, those that are kept without asking. */
export class Reader {
  readonly #api: HandleApi

  constructor(api: HandleApi) {
    this.#api = api
  }

  async resolve(handle: string, options?: ResolveOptions): Promise<HandleRecord> {
    const { name } = parseHandle(handle)
    const api = this.#api
    const query = resolveQuery(options, api.credentials !== undefined)
    const { publicOnly = true, authoritative = false, signal, timeout } = options ?? none
    if (!publicOnly && api.isPublicResolver) throw resolverOnlyReads(api.transport.origin, 'to read private values')
    const read = (): Promise<HandleRecord> => api.read(name, query, options ?? none)
    // Private values are not for keeping.
    if (!api.cache || !publicOnly) return read()
    checkSignal(signal)
    if (timeout !== undefined) checkTimeout(timeout)
    signal?.throwIfAborted()
    if (!authoritative) {
      const alone = signal !== undefined || timeout !== undefined
      return api.cache.through(name, api.path(name, query), read, alone)
    }
    api.cache.forget(name)
    return read()
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
