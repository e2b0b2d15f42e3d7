import type { Credentials } from '../credentials.ts'
import { HandleNotFoundError, HandlePermissionError, InvalidArgumentError } from '../errors.ts'
import type { Answer } from '../transport/answer.ts'
import { checkSignal, checkTimeout } from '../transport/deadline.ts'
import { locationOf } from '../transport/failure.ts'
import type { TransportRequest } from '../transport/call.ts'
import type { Transport } from '../transport/transport.ts'
import { type Asked, checkHandle, failureOf, readJson, success, valuesNotFound } from './answer.ts'
import type { RecordCache } from './cache.ts'
import { encodeName } from './name.ts'
import { isPublicResolver, resolverOnlyReads } from './public-resolver.ts'
import { HandleRecord } from './record.ts'
import { Turns } from './turns.ts'
import { wireAnswer } from './wire.ts'

/** In the options of a call that {@link HandleApi.run} runs. */
const began: unique symbol = Symbol('began')

/** What every method takes. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for the whole call, repetitions included. Default: the client's. */
  readonly timeout?: number | undefined
}

/** A record as an edit sees it. */
export interface SeenForEdit {
  readonly record: HandleRecord
  /** False: it has values that the credentials may not read, at indexes that look free. */
  readonly complete: boolean
}

interface RunningCall extends CallOptions {
  readonly [began]?: number
}

type ApiRequest = Pick<TransportRequest, 'method' | 'path' | 'headers' | 'body' | 'secrets' | 'idempotent'>

interface HandleApiOptions {
  readonly credentials?: Credentials | undefined
  readonly cache?: RecordCache | undefined
  readonly apiPath?: string | undefined
}

/** The HTTP JSON API: paths, questions and answers. */
export class HandleApi {
  readonly transport: Transport
  readonly credentials: Credentials | undefined
  readonly cache: RecordCache | undefined
  /** It answers for every server, and never shows private values. */
  readonly isPublicResolver: boolean
  readonly #turns = new Turns()
  readonly #basePath: string
  readonly #apiPath: string

  constructor(
    transport: Transport,
    basePath: string,
    { credentials, cache, apiPath = '/api/handles' }: HandleApiOptions = {},
  ) {
    this.transport = transport
    this.credentials = credentials
    this.cache = cache
    this.isPublicResolver = isPublicResolver(transport.origin)
    this.#basePath = basePath
    this.#apiPath = basePath + apiPath
  }

  /**
   * Runs a call of several requests. Its `timeout` is for all of them together, and a client that is closed meanwhile
   * waits for all of them.
   */
  async run<O extends CallOptions, T>(options: O, work: (call: O) => Promise<T>): Promise<T> {
    if (typeof options !== 'object' || options === null) {
      throw new InvalidArgumentError('INVALID_OPTION', 'Options are an object, such as { timeout: 5000 }.')
    }
    checkSignal(options.signal)
    const timeout = checkTimeout(options.timeout ?? this.transport.timeout)
    const release = this.transport.hold()
    try {
      return await work({ ...options, timeout, [began]: performance.now() })
    } finally {
      release()
    }
  }

  /**
   * The same for a call that changes a handle: after those that began to change it before.
   *
   * @param handle undefined: one that is not there yet.
   * @throws InvalidArgumentError at a public resolver
   */
  async change<O extends CallOptions, T>(
    handle: string | undefined,
    options: O,
    work: (call: O) => Promise<T>,
  ): Promise<T> {
    if (this.isPublicResolver) throw resolverOnlyReads(this.transport.origin, 'to change a handle')
    return this.run(options, (call) =>
      handle === undefined ? work(call) : this.#turns.take(handle, call, () => work(call)),
    )
  }

  /** The path of a handle. */
  path(name: string, query = ''): string {
    return `${this.#apiPath}/${encodeName(name)}${query}`
  }

  /** The path of all handles. */
  listPath(query: string): string {
    return this.#apiPath + query
  }

  /** Another path of the API. */
  otherPath(path: string): string {
    return `${this.#basePath}/api/${path}`
  }

  /** What an error tells about a request. */
  asked(method: string, path: string, handle: string | undefined): Asked {
    const { origin } = this.transport
    return { method, url: locationOf({ origin, path }), origin, handle, credentials: this.credentials }
  }

  send(request: ApiRequest, options: RunningCall): Promise<Answer> {
    // What another server says to a request without credentials is not what this one would have said to them.
    const redirect = this.credentials || request.method !== 'GET' ? 'same-origin' : 'follow'
    const { signal, timeout } = options
    return this.transport.request({ ...request, redirect, signal, timeout, began: options[began] })
  }

  /** @throws HandleNotFoundError and all that the client's methods throw. */
  async read(name: string, query: string, options: CallOptions): Promise<HandleRecord> {
    const path = this.path(name, query)
    const answer = await this.send({ method: 'GET', path }, options)
    const asked = this.asked('GET', path, name)
    if (answer.status !== 200) throw failureOf(answer, asked)
    const wire = readJson(answer, wireAnswer, asked)
    if (wire.responseCode !== success && wire.responseCode !== valuesNotFound) throw failureOf(answer, asked)
    checkHandle(wire.handle, answer, asked)
    return HandleRecord.of(name, wire.values ?? [])
  }

  /** Reads what an edit has to know: private values too, where the credentials allow it. */
  async readForEdit(name: string, options: CallOptions): Promise<SeenForEdit> {
    try {
      return { record: await this.read(name, '?publicOnly=false', options), complete: true }
    } catch (error) {
      if (!HandlePermissionError.isInstance(error)) throw error
      return { record: await this.read(name, '?publicOnly=true', options), complete: false }
    }
  }

  /** The same, or undefined where there is no such handle. */
  async tryReadForEdit(name: string, options: CallOptions): Promise<SeenForEdit | undefined> {
    try {
      return await this.readForEdit(name, options)
    } catch (error) {
      if (HandleNotFoundError.isInstance(error)) return undefined
      throw error
    }
  }
}

/** @throws InvalidArgumentError `INVALID_OPTION` */
export function checkApiPath(path: string | undefined): string | undefined {
  if (path === undefined || /^(\/[\w.~-]+)+$/.test(path)) return path
  throw new InvalidArgumentError('INVALID_OPTION', "HandleClient: apiPath is a path such as '/api/handles'.")
}

/** The address that B2HANDLE shows in its messages ends with the path of the API. @throws InvalidArgumentError `INVALID_URL` */
export function checkBasePath(basePath: string): void {
  if (!basePath.endsWith('/api/handles')) return
  throw new InvalidArgumentError(
    'INVALID_URL',
    `HandleClient: server is the address without ${basePath}; the path of the API is the option apiPath.`,
  )
}
