import type { Credentials } from '../credentials.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { Answer } from '../transport/answer.ts'
import { locationOf } from '../transport/failure.ts'
import { type ConnectOptions, connectOptionNames, openTransport, warnOfUntrusted } from '../transport/open.ts'
import { parseServerUrl } from '../transport/server-url.ts'
import type { Transport } from '../transport/transport.ts'
import { type Trust, trustAtOthers } from '../transport/trust.ts'
import type { Asked } from './answer.ts'
import type { CallOptions } from './api.ts'
import { type Entries, readNames, readRecords } from './search-answer.ts'

/** Where and as whom a client searches. */
export interface SearchServiceOptions {
  /** Address of the server with the reverse-lookup servlet. Default: the Handle server. */
  readonly server?: string | undefined
  /** Path of the servlet. Default: '/hrls/handles'. */
  readonly path?: string | undefined
  /** The servlet has users of its own. Default: the client's credentials at its own server, none at another one. */
  readonly credentials?: Credentials | undefined
  /** Whom to trust at another server. Default: the authorities (`ca`) that the client trusts. */
  readonly trust?: Trust | undefined
  /** The only types that may be searched for. Default: all, HS_SECKEY aside. */
  readonly fields?: readonly string[] | undefined
}

/** The client that searches, by what it was made with. */
interface Owner extends ConnectOptions {
  readonly server?: string | undefined
  readonly credentials?: Credentials | undefined
  readonly transport: Transport
}

/** One page of a search. */
export interface SearchQuery {
  readonly terms: readonly (readonly [type: string, content: string])[]
  /** To be a part of the path. */
  readonly prefix: string | undefined
  readonly page: number
  readonly pageSize: number
}

/** The reverse-lookup servlet of B2HANDLE. */
export class SearchService {
  /** The only types that may be searched for; none: all. */
  readonly fields: readonly string[]
  readonly #transport: Transport
  readonly #credentials: Credentials | undefined
  readonly #path: string
  /** Whether the transport is the search's own. */
  readonly #ends: boolean

  /** @throws InvalidArgumentError for options that cannot work. No request is made. */
  constructor(options: SearchServiceOptions, owner: Owner) {
    const where = 'HandleClient: search'
    checkOptions(where, options, ['server', 'path', 'credentials', 'trust', 'fields'])
    const { server = owner.server, path = '/hrls/handles', fields = [] } = options
    if (server === undefined) {
      throw new InvalidArgumentError('INVALID_OPTION', `${where} needs a server, here or of the client.`)
    }
    if (!/^(\/[\w.~-]+)+$/.test(path)) {
      throw new InvalidArgumentError('INVALID_OPTION', `${where}.path is a path such as '/hrls/handles'.`)
    }
    if (!Array.isArray(fields) || fields.some((field) => typeof field !== 'string')) {
      throw new InvalidArgumentError('INVALID_OPTION', `${where}.fields is a list of types, such as ['URL'].`)
    }
    this.fields = fields
    const { origin, basePath } = parseServerUrl(`${where}.server`, server, owner.allowInsecureHttp ?? false)
    this.#path = basePath + path
    const own = options.credentials
    if (origin === owner.transport.origin && !own) {
      if (options.trust)
        throw new InvalidArgumentError(
          'INVALID_OPTION',
          `${where}.trust applies only when search.server is another server.`,
        )
      this.#transport = owner.transport
      this.#credentials = owner.credentials
      this.#ends = false
      return
    }
    // The client's credentials are for its own server. Basic as a container checks it is that of any other API.
    const trust = origin === owner.transport.origin ? owner.trust : trustAtOthers(owner.trust)
    this.#transport = connect(where, server, own, options.trust ?? trust, owner)
    this.#credentials = own
    this.#ends = true
  }

  /** Names, one for each matching value: in no order, and some of them several times. */
  names(query: SearchQuery, options: CallOptions): Promise<readonly string[]> {
    return this.#ask(query, '', options, readNames)
  }

  /** Records with all their values, by name. */
  records(query: SearchQuery, options: CallOptions): Promise<ReadonlyMap<string, Entries>> {
    return this.#ask(query, '&retrieverecords=true', options, readRecords)
  }

  async close(): Promise<void> {
    if (this.#ends) await this.#transport.close()
  }

  async #ask<T>(
    { terms, prefix, page, pageSize }: SearchQuery,
    extra: string,
    { signal, timeout }: CallOptions,
    read: (answer: Answer, asked: Asked) => T,
  ): Promise<T> {
    const found = terms.map(([type, content]) => `${encodeURIComponent(type)}=${encodeURIComponent(content)}`)
    const paging = `limit=${pageSize}&page=${page}${extra}`
    const path = `${this.#path}${prefix === undefined ? '' : `/${prefix}`}?${found.join('&')}&${paging}`
    const redirect = this.#credentials ? 'same-origin' : 'follow'
    const answer = await this.#transport.request({ method: 'GET', path, redirect, signal, timeout })
    const { origin } = this.#transport
    const url = locationOf({ origin, path })
    return read(answer, { method: 'GET', url, origin, handle: undefined, credentials: this.#credentials })
  }
}

function connect(
  where: string,
  server: string,
  credentials: Credentials | undefined,
  trust: Trust | undefined,
  owner: Owner,
): Transport {
  const shared = Object.fromEntries(connectOptionNames.map((name) => [name, owner[name]]))
  const options: ConnectOptions = { ...shared, trust }
  const { transport } = openTransport(
    where,
    'server',
    server,
    'http',
    { ...options, credentials },
    { accept: 'application/json' },
  )
  if (transport.origin !== owner.transport.origin) warnOfUntrusted(transport, options)
  return transport
}
