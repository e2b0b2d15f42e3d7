import { type CredentialsFileOptions, loadCredentialsFile } from '../config/credentials-file.ts'
import type { Credentials } from '../credentials.ts'
import { HandleNotFoundError, InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../strategy.ts'
import { type ConnectOptions, connectOptionNames, openTransport, warnOfUntrusted } from '../transport/open.ts'
import { type AdminOptions, adminFor } from './admin.ts'
import { HandleApi, type CallOptions } from './api.ts'
import { Creator, type CreateOptions, type MintOptions } from './create.ts'
import type { ValuesInput } from './draft.ts'
import { Editor, type EditOptions, type RemoveOptions, type SetOptions, type ValuePatch } from './edits.ts'
import { HandleListing, type ListOptions } from './listing.ts'
import { checkIndex, parseHandle } from './name.ts'
import type { HandleRecord } from './record.ts'
import type { WriteResult } from './result.ts'
import { type VerifiedIdentity, verifyCredentials } from './verify.ts'
import { Writer } from './writer.ts'

/** The public resolver: reads every handle of the world, writes none. */
const publicResolver = 'https://hdl.handle.net'

/** What a {@link HandleClient} is made with. */
export interface HandleClientOptions extends ConnectOptions {
  /** Address of the Handle server. Default: https://hdl.handle.net, which only reads. */
  readonly server?: string | undefined
  readonly credentials?: Credentials | undefined
  /** Who administers the handles that this client makes; false: nobody. Default: see {@link AdminOptions}. */
  readonly admin?: AdminOptions | false | undefined
  /** Path of the API at the server. Default: '/api/handles'. */
  readonly apiPath?: string | undefined
}

/** What {@link HandleClient.resolve} takes beside the handle. */
export interface ResolveOptions extends CallOptions {
  /** Only values at these indexes, or of these types. */
  readonly indexes?: readonly number[] | undefined
  /** Only values of these types, or at these indexes. A dot at the end (`'URL.'`) takes in what begins so. */
  readonly types?: readonly string[] | undefined
  /** True: past the caches of a resolver, from the server that is responsible. */
  readonly authoritative?: boolean | undefined
  /**
   * False: private values too. The server then refuses as a whole what the credentials may not read in part. Default:
   * true.
   */
  readonly publicOnly?: boolean | undefined
}

/** What {@link HandleClient.delete} takes beside the handle. */
export interface DeleteOptions extends EditOptions {
  /** What to do when there is no such handle. Default: `fail`. */
  readonly ifMissing?: 'fail' | 'ignore' | undefined
}

/**
 * A client of a Handle server, over its HTTP JSON API (Technical Manual, section 14).
 *
 * Every method takes `signal` and `timeout`, and throws AuthError, HandleNotFoundError, HandlePermissionError or another
 * HandleResponseError, HandleProtocolError or TransportError; an aborted call ends with the signal's reason. What cannot be right is refused with an
 * {@link InvalidArgumentError} before any request.
 */
export class HandleClient {
  readonly #api: HandleApi
  readonly #writer: Writer
  readonly #creator: Creator
  readonly #editor: Editor

  /** @throws InvalidArgumentError for options that cannot work. No request is made. */
  constructor(options: HandleClientOptions = {}) {
    checkOptions('HandleClient', options, ['server', 'credentials', 'admin', 'apiPath', ...connectOptionNames])
    const { server, credentials, admin, apiPath } = options
    if (server === undefined && credentials) {
      throw new InvalidArgumentError(
        'INVALID_OPTION',
        `HandleClient: credentials need a server, such as 'https://my.handle.server': ${publicResolver} takes none.`,
      )
    }
    checkAdmin(admin)
    const { transport, basePath } = openTransport(
      'HandleClient',
      'server',
      server ?? publicResolver,
      'handle',
      options,
      { accept: 'application/json' },
    )
    warnOfUntrusted(transport, options)
    this.#api = new HandleApi(transport, basePath, credentials, checkApiPath(apiPath))
    this.#writer = new Writer(this.#api)
    this.#creator = new Creator(this.#writer, admin)
    this.#editor = new Editor(this.#api, this.#writer)
  }

  /**
   * Makes a client of a credentials file: one of B2HANDLE or PYHANDLE, or one with profiles. What is given here besides
   * wins over the file.
   *
   * @example
   * await HandleClient.fromFile('my_credentials.json', { strategies: [basic, cert] })
   *
   * @throws InvalidArgumentError `INVALID_FILE`, `STRATEGY_MISSING`, or what the constructor throws
   */
  static async fromFile(
    file: string | URL,
    options: CredentialsFileOptions & Omit<HandleClientOptions, 'server' | 'credentials'>,
  ): Promise<HandleClient> {
    const { strategies, profile, ...overrides } = options
    const { client } = await loadCredentialsFile(file, { strategies, profile })
    return new HandleClient({ ...client, ...overrides })
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
  async resolve(handle: string, options?: ResolveOptions): Promise<HandleRecord> {
    const { name } = parseHandle(handle)
    return this.#api.read(name, this.#readQuery(options), options ?? {})
  }

  /** Reads a record; undefined where there is no such handle. */
  async tryResolve(handle: string, options?: ResolveOptions): Promise<HandleRecord | undefined> {
    try {
      return await this.resolve(handle, options)
    } catch (error) {
      if (HandleNotFoundError.isInstance(error)) return undefined
      throw error
    }
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
    return this.#api.run(options, (call) => this.#creator.create(handle, values, call))
  }

  /**
   * Makes a handle with a new name under a prefix; the result tells which. Never replaces one: a name that is taken is
   * not used, and another is tried, up to five.
   */
  mint(prefix: string, values: ValuesInput, options: MintOptions = {}): Promise<WriteResult> {
    return this.#api.run(options, (call) => this.#creator.mint(prefix, values, call))
  }

  /**
   * Gives values of a record new contents, by type or by index, and adds those that it does not have. What is not named
   * stays: other values, private ones included, and ttl, permissions and references of those that change.
   *
   * @throws HandleRecordError `AMBIGUOUS_TYPE` when the record has more values of a type than are given.
   */
  setValues(handle: string, values: ValuesInput, options: SetOptions = {}): Promise<WriteResult> {
    return this.#api.run(options, (call) => this.#editor.setValues(handle, values, call))
  }

  /**
   * Adds values to a record, further ones of a type it has included. Never overwrites.
   *
   * @throws HandleResponseError `VALUE_ALREADY_EXISTS` when an index that was asked for is taken.
   */
  addValues(handle: string, values: ValuesInput, options: EditOptions = {}): Promise<WriteResult> {
    return this.#api.run(options, (call) => this.#editor.addValues(handle, values, call))
  }

  /**
   * Changes the value at an index: its data, type, ttl, permissions or references; the rest stays.
   *
   * @throws HandleRecordError `NO_SUCH_VALUE`
   */
  updateValue(handle: string, index: number, patch: ValuePatch, options: EditOptions = {}): Promise<WriteResult> {
    return this.#api.run(options, (call) => this.#editor.updateValue(handle, index, patch, call))
  }

  /**
   * Removes values: all of a type (text), or the one at an index (a number), or several such. What is not there is no
   * error.
   *
   * @throws HandleRecordError `ADMIN_PROTECTED` when an HS_ADMIN is among them, unless `includeAdmin`.
   */
  removeValues(
    handle: string,
    selection: string | number | readonly (string | number)[],
    options: RemoveOptions = {},
  ): Promise<WriteResult> {
    return this.#api.run(options, (call) => this.#editor.removeValues(handle, selection, call))
  }

  /**
   * Deletes a handle with all its values.
   *
   * @throws HandleNotFoundError unless `ifMissing` is `ignore`.
   */
  async delete(handle: string, options: DeleteOptions = {}): Promise<WriteResult> {
    checkOptions('delete', options, ['ifMissing', 'plan', 'signal', 'timeout'])
    const { name } = parseHandle(handle)
    const write = {
      method: 'DELETE',
      handle: name,
      query: '',
      happened: (record: HandleRecord | undefined) => record === undefined,
    } as const
    if (options.plan) return { handle: name, outcome: 'planned', indexes: [], request: this.#writer.plan(write) }
    try {
      await this.#api.run(options, (call) => this.#writer.send(write, call))
    } catch (error) {
      if (options.ifMissing !== 'ignore' || !HandleNotFoundError.isInstance(error)) throw error
      return { handle: name, outcome: 'unchanged', indexes: [] }
    }
    return { handle: name, outcome: 'deleted', indexes: [] }
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
   * Proves that the server accepts the credentials, and says as whom. Changes nothing.
   *
   * @throws AuthError when it does not.
   */
  verifyCredentials(options: CallOptions = {}): Promise<VerifiedIdentity> {
    return this.#api.run(options, (call) => verifyCredentials(this.#api, call))
  }

  /** Waits for running calls, lets the credentials end what they hold at the server, and closes the connections. */
  close(): Promise<void> {
    return this.#api.transport.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #readQuery(options: ResolveOptions | undefined): string {
    // Servers answer an authenticated read with all values or, if one of them may not be read, with none.
    const publicOnly = this.#api.credentials ? 'publicOnly=true' : ''
    if (!options) return publicOnly && `?${publicOnly}`
    checkOptions('resolve', options, ['indexes', 'types', 'authoritative', 'publicOnly', 'signal', 'timeout'])
    const parts = [
      ...(options.indexes ?? []).map((index) => `index=${checkIndex(index)}`),
      ...(options.types ?? []).map((type) => `type=${encodeURIComponent(type)}`),
      ...(options.authoritative ? ['auth=true'] : []),
      options.publicOnly === undefined ? publicOnly : `publicOnly=${options.publicOnly}`,
    ].filter((part) => part !== '')
    return parts.length > 0 ? `?${parts.join('&')}` : ''
  }
}

/** @throws InvalidArgumentError `INVALID_OPTION` */
function checkApiPath(path: string | undefined): string | undefined {
  if (path === undefined || /^(\/[\w.~-]+)+$/.test(path)) return path
  throw new InvalidArgumentError('INVALID_OPTION', "HandleClient: apiPath is a path such as '/api/handles'.")
}

/** An owner that is none would show in every handle made. */
function checkAdmin(admin: AdminOptions | false | undefined): void {
  if (admin === undefined || admin === false) return
  checkOptions('HandleClient: admin', admin, ['owner', 'permissions', 'index'])
  adminFor(parseHandle('prefix/suffix'), admin)
  if (admin.index !== undefined) checkIndex(admin.index)
}
