import type { Credentials, ResponseHeaders } from './credentials.ts'
import { type AuthError, HttpError, InvalidArgumentError } from './errors.ts'
import { authErrorOf } from './transport/auth-failure.ts'
import type { Answer } from './transport/answer.ts'
import { locationOf } from './transport/failure.ts'
import { makeFetch } from './transport/fetch.ts'
import { type HeaderRecord, lowerCaseNames } from './transport/headers.ts'
import { type ConnectOptions, connectOptionNames, openTransport, warnOfUntrusted } from './transport/open.ts'
import { retryAfter } from './transport/retry.ts'
import type { Transport } from './transport/transport.ts'
import { checkOptions } from './options.ts'

/** What an {@link HttpClient} is made with. */
export interface HttpClientOptions extends ConnectOptions {
  /** Where every path starts: 'https://api.example.org/v2'. */
  readonly baseUrl: string
  readonly credentials?: Credentials | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** What may be said of one request. */
export interface HttpRequestOptions {
  /** Added to the path, encoded. A list gives the name several times; undefined leaves it out. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>> | undefined
  /** The body, as JSON. */
  readonly json?: unknown
  /** The body as it is; its `content-type` goes into `headers`. */
  readonly body?: string | Uint8Array | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Milliseconds for the whole call, repetitions included. Default: the client's. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export type QueryValue = string | number | boolean | undefined

/** A success. */
export interface HttpResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  /** Parsed when the answer is JSON, text otherwise, undefined when it is empty. */
  readonly body: unknown
}

/**
 * Any JSON API, with the same authenticated transport that {@link HandleClient} has: credentials go to the origin of
 * `baseUrl` and nowhere else, a 401 is answered once if the strategy can, and what is safe to repeat is repeated.
 *
 * @throws InvalidArgumentError for options that cannot work. No request is made.
 */
export class HttpClient {
  readonly #transport: Transport
  readonly #credentials: Credentials | undefined
  readonly #basePath: string

  /**
   * `fetch` over this client's connections, with its credentials and its rules, for whoever takes a `fetch`
   * (openapi-fetch and the like). Addresses are absolute and of the same origin. Like every `fetch` it gives any
   * status, 401 included, and throws only when no answer came. The client's timeout ends with the headers of the
   * answer; how long its body may take is up to `signal`.
   */
  readonly fetch: typeof globalThis.fetch

  constructor(options: HttpClientOptions) {
    checkOptions('HttpClient', options, ['baseUrl', 'credentials', 'headers', ...connectOptionNames])
    const { transport, basePath } = openTransport('HttpClient', 'baseUrl', options.baseUrl, 'http', options, {
      accept: 'application/json',
      ...lowerCaseNames(options.headers),
    })
    warnOfUntrusted(transport, options)
    this.#transport = transport
    this.#credentials = options.credentials
    this.#basePath = basePath
    this.fetch = makeFetch(transport)
  }

  /** @throws HttpError, AuthError, TransportError; all methods alike. */
  get(path: string, options?: HttpRequestOptions): Promise<HttpResponse> {
    return this.request('GET', path, options)
  }

  post(path: string, json?: unknown, options?: HttpRequestOptions): Promise<HttpResponse> {
    return this.request('POST', path, { ...options, json })
  }

  put(path: string, json?: unknown, options?: HttpRequestOptions): Promise<HttpResponse> {
    return this.request('PUT', path, { ...options, json })
  }

  patch(path: string, json?: unknown, options?: HttpRequestOptions): Promise<HttpResponse> {
    return this.request('PATCH', path, { ...options, json })
  }

  delete(path: string, options?: HttpRequestOptions): Promise<HttpResponse> {
    return this.request('DELETE', path, options)
  }

  /**
   * @param path After `baseUrl`; starts with a slash. What comes from outside has to be encoded with
   *   `encodeURIComponent`: a path that leaves `baseUrl` by '..' is refused.
   * @throws HttpError for a status that is no success, AuthError for 401, TransportError when no answer came.
   */
  async request(method: string, path: string, options: HttpRequestOptions = {}): Promise<HttpResponse> {
    checkOptions('request', options, ['query', 'json', 'body', 'headers', 'timeout', 'signal'])
    const full = this.#basePath + checkPath(path) + queryString(options.query)
    const headers: HeaderRecord = lowerCaseNames(options.headers)
    let { body } = options
    if (options.json !== undefined) {
      if (body !== undefined) throw new InvalidArgumentError('INVALID_OPTION', 'Either json or body, not both.')
      body = JSON.stringify(options.json)
      headers['content-type'] ??= 'application/json; charset=utf-8'
    }
    const answer = await this.#transport.request({
      method: method.toUpperCase(),
      path: full,
      headers,
      body,
      redirect: 'follow',
      timeout: options.timeout,
      signal: options.signal,
    })
    const parsed = bodyOf(answer)
    const { status, headers: answered } = answer
    if (status >= 200 && status < 300) return { status, headers: answered, body: parsed }
    throw this.#failure(method.toUpperCase(), full, answer, parsed)
  }

  /** Waits for running requests, lets the credentials end what they hold at the server, and closes the connections. */
  close(): Promise<void> {
    return this.#transport.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #failure(method: string, path: string, answer: Answer, body: unknown): HttpError | AuthError {
    const url = locationOf({ origin: this.#transport.origin, path })
    if (answer.status === 401) return authErrorOf(method, url, answer, this.#credentials)
    const shown = answer.redactAll(body)
    const said = describe(shown)
    return new HttpError(`${method} ${url}: ${answer.status}${said && ` (${said})`}.`, {
      status: answer.status,
      method,
      url,
      body: shown,
      retryAfter: retryAfter(answer.headers),
    })
  }
}

/** The few words that APIs put into an error body. */
function describe(body: unknown): string {
  if (typeof body !== 'object' || body === null) return ''
  for (const name of ['error_description', 'message', 'detail', 'title', 'error']) {
    const text: unknown = Reflect.get(body, name)
    if (typeof text === 'string' && text !== '') return text.slice(0, 200)
  }
  return ''
}

function bodyOf(answer: Answer): unknown {
  if (answer.length === 0) return undefined
  if (!/[/+]json\b/i.test(answer.headers.get('content-type') ?? '')) return answer.text()
  try {
    return answer.json()
  } catch {
    return answer.text()
  }
}

function checkPath(path: string): string {
  if (!path.startsWith('/') || path.startsWith('//')) {
    throw new InvalidArgumentError(
      'INVALID_URL',
      'A path starts with one slash, and follows baseUrl. A whole address goes into a client of its own.',
    )
  }
  if (/[?#\\]|[^!-~]/.test(path) || path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    throw new InvalidArgumentError(
      'INVALID_URL',
      'A path may not hold "?", "#", "\\", blanks, a segment of dots, or anything but ASCII. Pass the query as `query`, ' +
        'and encode names with encodeURIComponent.',
    )
  }
  return path
}

function queryString(query: HttpRequestOptions['query']): string {
  if (!query) return ''
  const parameters = new URLSearchParams()
  for (const [name, values] of Object.entries(query)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      if (value !== undefined) parameters.append(name, String(value))
    }
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
