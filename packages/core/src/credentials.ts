/**
 * The contract between a client and a way to prove identity. This file imports nothing: a strategy that
 * implements it needs no more of the toolkit than these types and {@link AuthError}.
 */

/** A way to prove identity to a server. Every hook is optional; a strategy implements those it needs. */
export interface Credentials {
  /** Name of the scheme, for logs and errors: 'basic', 'cert', … Never a secret. */
  readonly scheme: string
  /** Who this is, if known: '300:foo/bar', 'token-FQ1V12'. Never a secret. */
  readonly identity?: string | undefined
  /** TLS client identity for the connections of one client. Asked once, before the first connection. */
  tls?(context: TlsContext): TlsIdentity | Promise<TlsIdentity>
  /** Adds headers to one attempt. May answer synchronously: that path costs nothing extra. */
  authorize?(context: AuthorizeContext): void | Promise<void>
  /**
   * Called after a 401. True: send the request once more.
   *
   * However many requests meet a 401 together, one call runs at a time and its answer counts for all of them; a 401
   * to a request that was authorized before the last successful call is sent again without asking.
   */
  onChallenge?(context: ChallengeContext): boolean | Promise<boolean>
  /** Ends what the credentials hold on the server. Called once, when the client closes. */
  close?(context: CloseContext): void | Promise<void>
}

/** What kind of server the client talks to: some strategies speak differently to a Handle server. */
export type Api = 'handle' | 'http'

/** What every hook learns about the client that asks. */
export interface ClientContext {
  /** The only origin that the credentials are for: 'https://my.handle.server'. */
  readonly origin: string
  /** The path before those of the API, without a slash at its end: '' or '/pid'. */
  readonly basePath: string
  readonly api: Api
  /** The public key of the server's site, in PEM, where the client was told it. */
  readonly siteKey?: string | undefined
}

/** Given to {@link Credentials.tls}. */
export interface TlsContext extends ClientContext {}

/** Given to hooks that may talk to the server. */
export interface SendContext extends ClientContext {
  /**
   * Sends a request to the same origin, over the client's own connections, that no strategy touches. For opening a
   * session or asking for a challenge. It has its own timeout and is not tried again.
   *
   * @throws TransportError when no answer came. Any answer, whatever its status, is returned.
   */
  readonly send: (request: SendRequest) => Promise<SendResponse>
}

/** Given to {@link Credentials.authorize}. */
export interface AuthorizeContext extends SendContext {
  readonly method: string
  /** A copy: changing it changes nothing. */
  readonly url: URL
  /** The headers of this attempt: the only thing that may change. */
  readonly headers: AttemptHeaders
  /** 1 for the first attempt of a request, 2 for the one after a challenge. */
  readonly attempt: number
  /** Adds an explanation to the error that is thrown if this attempt gets no answer. */
  readonly hint: (text: string) => void
  /** The caller's. Not for work that other requests wait for too, such as the opening of a session. */
  readonly signal: AbortSignal | undefined
}

/** Given to {@link Credentials.onChallenge}. */
export interface ChallengeContext extends SendContext {
  readonly method: string
  /** A copy: changing it changes nothing. */
  readonly url: URL
  /** 401. */
  readonly status: number
  readonly headers: ResponseHeaders
  /** The headers of the attempt that was refused: with which token, with which session. */
  readonly sent: Pick<AttemptHeaders, 'get'>
  /** Every challenge of every `WWW-Authenticate` header, in order (RFC 9110, section 11.6.1). */
  readonly challenges: readonly Challenge[]
}

/** Given to {@link Credentials.close}. */
export interface CloseContext extends SendContext {}

/** The headers of one attempt. Names are case-insensitive. */
export interface AttemptHeaders {
  get(name: string): string | undefined
  /** @throws TypeError for a name or a value that HTTP does not allow; the value is not shown. */
  set(name: string, value: string): void
  delete(name: string): void
}

/** The headers of an answer. Names are case-insensitive. */
export interface ResponseHeaders {
  /** The header's text; several of one name joined by ', ' (RFC 9110, section 5.3). */
  get(name: string): string | undefined
  /** Each header of this name by itself. */
  getAll(name: string): readonly string[]
}

/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** As the server spelled it: 'Basic', 'Handle', 'Bearer'. */
  readonly scheme: string
  /** Names as the server spelled them. Empty when the challenge has none. */
  readonly parameters: Readonly<Record<string, string>>
  /** The single value that some schemes use in place of parameters. */
  readonly token68?: string | undefined
}

/** A request of a strategy's own. */
export interface SendRequest {
  readonly method: string
  /** Path and query at the client's origin, starting with a slash. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Sent as it is. */
  readonly body?: string | Uint8Array | undefined
  /** Milliseconds; the client's default otherwise. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** True: on a connection that no other request has used or will use. */
  readonly newConnection?: boolean | undefined
  /** What a new connection presents. Default: what {@link Credentials.tls} gave. */
  readonly tls?: TlsIdentity | undefined
}

/** The answer to a {@link SendRequest}, read to its end. */
export interface SendResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly challenges: readonly Challenge[]
  /** What became of a new connection; undefined on one that others use, too. */
  readonly connection?: ConnectionInfo | undefined
  text(): string
  /** @throws SyntaxError when the body is not JSON. */
  json(): unknown
}

/** How a connection was made. */
export interface ConnectionInfo {
  /** 'TLSv1.2', 'TLSv1.3'; undefined without TLS. */
  readonly tls: string | undefined
  /** Whether the server began a second handshake on it: in TLS 1.2, that is how it asks for a certificate later. */
  readonly renegotiated: boolean
}

/**
 * What `node:tls` takes to present a certificate. Whom the client trusts (`ca`, pins) belongs to the client, not to
 * the identity.
 */
export interface TlsIdentity {
  readonly cert?: string | Uint8Array | undefined
  readonly key?: string | Uint8Array | undefined
  readonly pfx?: Uint8Array | undefined
  readonly passphrase?: string | undefined
  /** OpenSSL options, for instance `SSL_OP_NO_TICKET`. */
  readonly secureOptions?: number | undefined
  readonly sigalgs?: string | undefined
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

/** How an entry of a credentials file becomes credentials. Whoever loads a file passes those that it may use. */
export interface Strategy {
  /** Its name in a file: 'basic', 'cert', … */
  readonly type: string
  /**
   * @param config The entry, without its `type`. What stood for a secret, `{ "$env": … }` or `{ "$file": … }`, is read.
   * @throws InvalidArgumentError (of `@handlekit/core/strategy`) for an entry that cannot be used
   */
  fromConfig(config: Readonly<Record<string, unknown>>, context: ConfigContext): Credentials | Promise<Credentials>
}

/** Given to {@link Strategy.fromConfig}. */
export interface ConfigContext {
  /** A path of the file as an absolute one: relative ones start where the file is. */
  readonly resolvePath: (path: string) => string
}

/** Which classes an error belongs to. A registered symbol, so that two copies of this file agree on it. */
const kinds: unique symbol = Symbol.for('@handlekit/core/error-kinds')

/**
 * The base of every error that a request can end with. `code` is stable and is what a program should look at;
 * the message is for people and may change.
 */
export class HandlekitError extends Error {
  static readonly kind: string = 'HandlekitError'
  /** What happened, in a form that does not change between releases. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    const classes: string[] = []
    for (let at: unknown = new.target; isKind(at); at = Object.getPrototypeOf(at)) classes.push(at.kind)
    Object.defineProperty(this, 'name', { value: classes[0], configurable: true, writable: true })
    Object.defineProperty(this, kinds, { value: classes })
  }

  /**
   * Like `instanceof`, and true as well for an error of another copy of this package in the same program.
   */
  static isInstance<T extends HandlekitError>(
    this: { readonly kind: string; readonly prototype: T },
    error: unknown,
  ): error is T {
    if (!(error instanceof Error) || !(kinds in error)) return false
    const classes: unknown = error[kinds]
    return Array.isArray(classes) && classes.includes(this.kind)
  }
}

function isKind(value: unknown): value is { kind: string } {
  return typeof value === 'function' && 'kind' in value && typeof value.kind === 'string'
}

/** What an {@link AuthError} says beyond its message. */
export interface AuthErrorOptions extends ErrorOptions {
  readonly scheme?: string | undefined
  readonly identity?: string | undefined
  readonly status?: number | undefined
}

/** The codes that this toolkit gives to an {@link AuthError}; a strategy may add its own. */
export type AuthErrorCode = 'AUTH_REQUIRED' | 'AUTH_REJECTED' | 'AUTH_FAILED' | 'SERVER_REFUSED' | (string & {})

/**
 * The server wants to know who asks, or does not accept the answer.
 *
 * - `AUTH_REQUIRED`: the client has no credentials, and the server wants some.
 * - `AUTH_REJECTED`: the server refused the credentials.
 * - `AUTH_FAILED`: the strategy could not produce the proof that the server asks for.
 * - `SERVER_REFUSED`: the server could not prove who it is, and was told nothing.
 */
export class AuthError extends HandlekitError {
  static override readonly kind: string = 'AuthError'
  declare readonly code: AuthErrorCode
  readonly scheme: string | undefined
  /** Who was refused, as the credentials tell it. */
  readonly identity: string | undefined
  /** HTTP status, where a server answered. */
  readonly status: number | undefined

  constructor(code: AuthErrorCode, message: string, options: AuthErrorOptions = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.scheme = options.scheme
    this.identity = options.identity
    this.status = options.status
  }
}
