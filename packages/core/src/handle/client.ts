import { type FileClientOptions, readOptions } from '../config/file-client.ts'
import type { Credentials } from '../credentials.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { type ConnectOptions, connectOptionNames, openTransport, warnOfUntrusted } from '../transport/open.ts'
import { type AdminOptions, checkAdmin } from './admin.ts'
import { checkApiPath, checkBasePath, HandleApi, type CallOptions } from './api.ts'
import { type BulkOptions, type BulkResult, type BulkSource, runBulk } from './bulk.ts'
import { type CacheOptions, RecordCache } from './cache.ts'
import { Creator, type CreateOptions, type MintOptions } from './create.ts'
import { deleteHandle, type DeleteOptions } from './delete.ts'
import type { ValuePatch, ValuesInput } from './draft.ts'
import { Editor, type EditOptions, type RemoveOptions, type SetOptions } from './edits.ts'
import type { PermissionExplanation } from './explanation.ts'
import { Groups } from './groups.ts'
import { HandleListing, type ListOptions } from './listing.ts'
import { LocationsClient } from './locations-client.ts'
import type { LocationsDefaults } from './locations-value.ts'
import type { ValueReference } from './name.ts'
import { type ExplainOptions, explainPermissions } from './permissions-of.ts'
import { publicResolver, resolverOnlyReads } from './public-resolver.ts'
import { Reader } from './reader.ts'
import type { HandleRecord } from './record.ts'
import type { ResolveOptions } from './resolve-query.ts'
import type { WriteResult } from './result.ts'
import { type FoundRecord, type HandleSearch, type SearchOptions, searchNames, searchRecords } from './search.ts'
import type { ValueSelection } from './selection.ts'
import { SearchService, type SearchServiceOptions } from './search-service.ts'
import type { SearchTerms } from './search-terms.ts'
import { tombstone, type TombstoneOptions } from './tombstone.ts'
import { type VerifiedIdentity, verifyCredentials } from './verify.ts'
import { Writer } from './writer.ts'

/** What a {@link HandleClient} is made with. */
export interface HandleClientOptions extends ConnectOptions {
  /** Address of the Handle server. Default: https://hdl.handle.net, which only reads. */
  readonly server?: string | undefined
  readonly credentials?: Credentials | undefined
  /** Who administers the handles that this client makes; false: nobody. Default: see {@link AdminOptions}. */
  readonly admin?: AdminOptions | false | undefined
  /** True, or how much and how long: what was read is not asked for again before its ttl. Default: it always is. */
  readonly cache?: CacheOptions | boolean | undefined
  /** How locations are written. */
  readonly locations?: LocationsDefaults | undefined
  /** Path of the API at the server. Default: '/api/handles'. */
  readonly apiPath?: string | undefined
  /** Where and as whom {@link HandleClient.search} searches. Default: it does not. */
  readonly search?: SearchServiceOptions | undefined
}

/**
 * A client of a Handle server, over its HTTP JSON API (Technical Manual, section 14).
 *
 * Every method takes `signal` and `timeout`, and throws AuthError, HandleNotFoundError, HandlePermissionError or another
 * HandleResponseError, HandleProtocolError or TransportError; an aborted call ends with the signal's reason. What
 * cannot be right is refused with an {@link InvalidArgumentError} before any request.
 */
export class HandleClient {
  /** Changes where handles lead, in their values of the type 10320/loc. */
  readonly locations: LocationsClient
  /** Changes groups of administrators (HS_VLIST). */
  readonly groups: Groups
  readonly #api: HandleApi
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #creator: Creator
  readonly #editor: Editor
  readonly #search: SearchService | undefined

  /** @throws InvalidArgumentError for options that cannot work. No request is made. */
  constructor(options: HandleClientOptions = {}) {
    checkOptions('HandleClient', options, [
      'server',
      'credentials',
      'admin',
      'locations',
      'cache',
      'apiPath',
      'search',
      ...connectOptionNames,
    ])
    const { server = publicResolver, credentials, admin, search } = options
    checkAdmin('HandleClient: admin', admin)
    const { transport, basePath } = openTransport('HandleClient', 'server', server, 'handle', options, {
      accept: 'application/json',
    })
    checkBasePath(basePath)
    warnOfUntrusted(transport, options)
    const [apiPath, cache] = [checkApiPath(options.apiPath), RecordCache.of(options.cache)]
    this.#api = new HandleApi(transport, basePath, { credentials, apiPath, cache })
    if (credentials && this.#api.isPublicResolver) throw resolverOnlyReads(transport.origin, 'to use credentials')
    this.#reader = new Reader(this.#api)
    this.#writer = new Writer(this.#api)
    this.#creator = new Creator(this.#writer, admin)
    this.#editor = new Editor(this.#api, this.#writer)
    this.#search = search === undefined ? undefined : new SearchService(search, { ...options, transport })
    this.groups = new Groups(this.#api, this.#editor)
    this.locations = LocationsClient.of(this.#api, this.#writer, this.#editor, options.locations)
  }

  /**
   * Makes a client of a credentials file: one of B2HANDLE or PYHANDLE, or one with profiles. Other options given here win
   * over the file; the server and the credentials are those of the file. A name in it that means nothing gets a warning.
   *
   * @example
   * await HandleClient.fromFile('my_credentials.json', { strategies: [basic, cert] })
   *
   * @throws InvalidArgumentError `INVALID_FILE`, `STRATEGY_MISSING`, or what a strategy or the constructor refuses
   */
  static async fromFile(file: string | URL, options: FileClientOptions): Promise<HandleClient> {
    return new HandleClient(await readOptions(file, options))
  }

  /** Where requests go: 'https://my.handle.server'. */
  get origin(): string {
    return this.#api.transport.origin
  }

  /**
   * Reads a record.
   *
   * @throws HandleNotFoundError. A handle that exists and has none of the wanted values gives an empty record.
   */
  resolve(handle: string, options?: ResolveOptions): Promise<HandleRecord> {
    return this.#reader.resolve(handle, options)
  }

  /** Reads a record; undefined where there is no such handle. */
  tryResolve(handle: string, options?: ResolveOptions): Promise<HandleRecord | undefined> {
    return this.#reader.tryResolve(handle, options)
  }

  /**
   * Makes a handle.
   *
   * A URL goes to index 1, other values to 2 and up, and the handle's administrator (HS_ADMIN) to 100, unless the values
   * say otherwise. Whether the handle exists is the server's decision, so that of two clients only one makes it.
   *
   * @throws HandleAlreadyExistsError unless `ifExists` is `replace`.
   */
  create(handle: string, values: ValuesInput, options: CreateOptions = {}): Promise<WriteResult> {
    return this.#api.change(handle, options, (call) => this.#creator.create(handle, values, call))
  }

  /**
   * Makes a handle with a new name under a prefix; the result tells which. Never replaces one: a name that is taken is
   * not used, and another is tried, up to five.
   */
  mint(prefix: string, values: ValuesInput, options: MintOptions = {}): Promise<WriteResult> {
    return this.#api.change(undefined, options, (call) => this.#creator.mint(prefix, values, call))
  }

  /**
   * Gives values of a record new contents, by type or by index, and adds those that it does not have. What is not named
   * stays: other values, private ones included, and ttl, permissions and references of those that change.
   *
   * @throws HandleRecordError `AMBIGUOUS_TYPE` when the record has more values of a type than are given, `INCOMPLETE_READ`
   *   when it may have some that the credentials may not read.
   */
  setValues(handle: string, values: ValuesInput, options: SetOptions = {}): Promise<WriteResult> {
    return this.#api.change(handle, options, (call) => this.#editor.setValues(handle, values, call))
  }

  /**
   * Adds values to a record, further ones of a type it has included. Never overwrites.
   *
   * @throws HandleResponseError `VALUE_ALREADY_EXISTS` when an index that was asked for is taken.
   */
  addValues(handle: string, values: ValuesInput, options: EditOptions = {}): Promise<WriteResult> {
    return this.#api.change(handle, options, (call) => this.#editor.addValues(handle, values, call))
  }

  /**
   * Changes the value at an index: its data, type, ttl, permissions or references; the rest stays. A value that the
   * credentials may not read is replaced when its type, data, ttl and permissions are all given.
   *
   * @throws HandleRecordError `NO_SUCH_VALUE` or `INCOMPLETE_READ`
   */
  updateValue(handle: string, index: number, patch: ValuePatch, options: EditOptions = {}): Promise<WriteResult> {
    return this.#api.change(handle, options, (call) => this.#editor.updateValue(handle, index, patch, call))
  }

  /**
   * Removes values: all of a type (text), or the one at an index (a number), or several such. Values that do not exist are
   * ignored.
   *
   * @throws HandleRecordError `ADMIN_PROTECTED` when an HS_ADMIN is among them, unless `includeAdmin`; `INCOMPLETE_READ` when
   *   the credentials may not read one of them, unless `includeAdmin` and it is named by its index.
   */
  removeValues(handle: string, selection: ValueSelection, options: RemoveOptions = {}): Promise<WriteResult> {
    return this.#api.change(handle, options, (call) => this.#editor.removeValues(handle, selection, call))
  }

  /**
   * Deletes a handle with all its values.
   *
   * @throws HandleNotFoundError unless `ifMissing` is `ignore`.
   */
  delete(handle: string, options: DeleteOptions = {}): Promise<WriteResult> {
    return this.#api.change(handle, options, (call) => deleteHandle(this.#writer, handle, call))
  }

  /**
   * Replaces the values of a handle by a notice, where deleting it would break a promise: administrators stay, and what
   * `keep` names. One request, or none where the notice stands there already.
   *
   * @throws HandleRecordError `INCOMPLETE_READ` when the credentials may not read every value: what is not read would be
   *   lost.
   */
  tombstone(handle: string, options: TombstoneOptions = {}): Promise<WriteResult> {
    return this.#api.change(handle, options, (call) => tombstone(this.#api, this.#writer, handle, call))
  }

  /**
   * Runs many operations, some at a time, and tells of each what became of it, as they end. One that fails stops no other.
   * Those on one handle run in their order. Does nothing until it is iterated, and takes no more from the list than it
   * works on; who stops iterating waits for what is running.
   *
   * @example
   * for await (const { operation, result, error } of client.bulk([{ method: 'delete', handle: '21.T12345/old' }])) {
   *   console.log(operation, result?.outcome ?? error)
   * }
   *
   * @throws the reason of `signal`, and what the list throws, after what was running is told of.
   */
  bulk(operations: BulkSource, options: BulkOptions = {}): AsyncGenerator<BulkResult, void, undefined> {
    return runBulk(this, operations, options)
  }

  /**
   * Explains what somebody may do with a handle and below its prefix, through which HS_ADMIN value and which groups, and
   * what stands in the way of the rest. Only reads: the handle, its prefix and the groups, each once. What these
   * credentials cannot read makes the answer `unknown`, never a guess.
   *
   * @param identity Who is asked about: '300:21.T12345/USER01'. Need not be who asks.
   *
   * @example console.log(String(await client.explainPermissions('21.T12345/data', '300:21.T12345/USER01')))
   */
  explainPermissions(
    handle: string,
    identity: string | ValueReference,
    options: ExplainOptions = {},
  ): Promise<PermissionExplanation> {
    return this.#api.run(options, (call) => explainPermissions(this.#api, handle, identity, call))
  }

  /**
   * The names under a prefix, for `for await`. Needs the right to list.
   *
   * @example for await (const handle of client.list('21.T12345')) console.log(handle)
   */
  list(prefix: string, options?: ListOptions): HandleListing {
    return new HandleListing(this.#api, prefix, options)
  }

  /**
   * What the reverse-lookup servlet of B2HANDLE finds, for `for await`: the handles with values such as these, each once.
   * Needs the option `search` of the client.
   *
   * @example for await (const handle of client.search({ URL: '*example.org*' })) console.log(handle)
   *
   * @param terms Contents by type of value; `*` stands for any text.
   */
  search(terms: SearchTerms, options: SearchOptions & { readonly records: true }): HandleSearch<FoundRecord>
  search(terms: SearchTerms, options?: SearchOptions & { readonly records?: false | undefined }): HandleSearch<string>
  search(terms: SearchTerms, options?: SearchOptions): HandleSearch<string | FoundRecord>
  search(terms: SearchTerms, options: SearchOptions = {}): HandleSearch<string | FoundRecord> {
    const service = this.#search
    if (!service) {
      throw new InvalidArgumentError(
        'INVALID_OPTION',
        'search: this client was not told where to search. Give HandleClient search: { credentials }, and server and ' +
          'path where the servlet is not at /hrls/handles of the Handle server.',
      )
    }
    return options.records ? searchRecords(service, terms, options) : searchNames(service, terms, options)
  }

  /**
   * Proves that the server accepts the credentials, and says as whom. Changes nothing.
   *
   * @throws AuthError when it does not.
   */
  verifyCredentials(options: CallOptions = {}): Promise<VerifiedIdentity> {
    return this.#api.run(options, (call) => verifyCredentials(this.#api, call))
  }

  /** Waits for running calls, lets the credentials end what they hold at the server, and closes the connections. */
  async close(): Promise<void> {
    this.#api.cache?.clear()
    await Promise.all([this.#api.transport.close(), this.#search?.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
