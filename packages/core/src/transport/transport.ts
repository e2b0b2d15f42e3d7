import type { Api, ChallengeContext, ClientContext, Credentials, SendContext, SendRequest } from '../credentials.ts'
import { InvalidArgumentError, TransportError } from '../errors.ts'
import { type Answer, confidentialHeaders, nothing } from './answer.ts'
import { Attempt } from './attempt.ts'
import type { Reply, Sender, TransportRequest } from './call.ts'
import { Connections } from './connections.ts'
import { checkTimeout, Deadline } from './deadline.ts'
import { exchange, type Exchange } from './exchange.ts'
import { asNotSent, asSeen, closedError, timeoutError, withHints } from './failure.ts'
import { Handshake } from './handshake.ts'
import { challengesOf, type HeaderRecord, lowerCaseNames, WritableHeaders } from './headers.ts'
import { observed, type RequestEvent } from './observe.ts'
import { checkRedirect, headersForStrangers, redirectTarget } from './redirect.ts'
import { redact } from './redact.ts'
import { backoff, isIdempotent, mayRetryError, mayRetryStatus, retryAfter } from './retry.ts'
import type { ConnectionOptions } from './tls.ts'
import { publicKeyPem } from './trust.ts'

const none: readonly string[] = []

/** What a transport is made of. Checked by the clients above it. */
export interface TransportOptions {
  readonly origin: string
  readonly basePath: string
  readonly api: Api
  readonly credentials: Credentials | undefined
  /** Sent with every request. */
  readonly headers: Readonly<HeaderRecord>
  /** Milliseconds for a whole call, repetitions included. */
  readonly timeout: number
  /** How often a request that is safe to repeat is sent again. */
  readonly retries: number
  readonly allowInsecureHttp: boolean
  readonly onRequest?: ((event: RequestEvent) => void) | undefined
  readonly connection: Omit<ConnectionOptions, 'pending'>
}

/**
 * The authenticated transport below every client: authorize, send, and after a 401 once more if the strategy says so.
 * What a strategy must never decide is decided here: to which origin credentials go, whether to repeat, how long to
 * wait, and the order of closing.
 */
export class Transport {
  readonly #options: TransportOptions
  readonly #handshake = new Handshake()
  readonly #client: ClientContext
  readonly #context: SendContext
  readonly #connections: Connections
  readonly #exchange: Sender<Answer>
  #running = 0
  #closing: Promise<void> | undefined
  #idle: (() => void) | undefined

  constructor(options: TransportOptions) {
    this.#options = options
    this.#connections = new Connections(options.connection, async () => options.credentials?.tls?.(this.#client))
    this.#exchange = observed(exchange, options.onRequest)
    const { origin, basePath, api } = options
    const { siteKey } = options.connection.trust ?? {}
    this.#client = { origin, basePath, api, ...(siteKey && { siteKey: publicKeyPem(siteKey) }) }
    this.#context = { ...this.#client, send: (request) => this.#send(request) }
  }

  get origin(): string {
    return this.#options.origin
  }

  /** Milliseconds for a call that says nothing else. */
  get timeout(): number {
    return this.#options.timeout
  }

  /** Sends a request and reads its answer, whatever the status. @throws TransportError when none came. */
  request(request: TransportRequest): Promise<Answer> {
    return this.#deliver(request, this.#exchange)
  }

  /** The same for another way to send and read. */
  deliver<R extends Reply>(request: TransportRequest, sender: Sender<R>): Promise<R> {
    return this.#deliver(request, observed(sender, this.#options.onRequest))
  }

  async #deliver<R extends Reply>(request: TransportRequest, sender: Sender<R>): Promise<R> {
    const { origin } = this.#options
    if (this.#closing && request.began === undefined) throw closedError({ ...request, origin })
    const timeout = checkTimeout(request.timeout ?? this.#options.timeout)
    const timedOut = (sent: boolean): Error => timeoutError({ ...request, origin }, timeout, sent)
    const deadline = new Deadline(timeout, request.signal, timedOut, request.began)
    const release = this.#enter()
    try {
      deadline.check()
      return await this.#follow(request, deadline, sender)
    } finally {
      deadline.done()
      release()
    }
  }

  /**
   * Begins a call of several requests: a client that is closed waits until what this gives is called.
   *
   * @throws TransportError `CLIENT_CLOSED`
   */
  hold(): () => void {
    if (this.#closing) throw new TransportError('CLIENT_CLOSED', `${this.origin}: the client was closed.`)
    return this.#enter()
  }

  #enter(): () => void {
    this.#running += 1
    return () => {
      this.#running -= 1
      if (this.#running === 0) this.#idle?.()
    }
  }

  /** Waits for the running calls, ends what the credentials hold on the server, and closes the connections. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    try {
      await this.#options.credentials?.close?.(this.#context)
    } catch {
      // What a server cannot be told, it forgets by itself.
    }
    await this.#connections.destroy()
  }

  /**
   * Sends until there is an answer to give: again where that is safe, and on to where a redirect leads. Once at another
   * server, the request stays nobody's. Both in one loop: a level of waiting more would cost every request.
   */
  async #follow<R extends Reply>(request: TransportRequest, deadline: Deadline, sender: Sender<R>): Promise<R> {
    const { origin, allowInsecureHttp, headers, retries } = this.#options
    const { secrets = none } = request
    const plain = request.headers ? { ...headers, ...request.headers } : headers
    const { replayable = true, idempotent = isIdempotent(request.method) } = request
    let at: Exchange = { origin, method: request.method, path: request.path, headers: plain, body: request.body }
    let confidential = nothing
    let sendings = 1
    /** A sending was answered so that it may have been done, or may still be. */
    let isOpen = false
    let hops = 0
    const mayWait = (wait: number): boolean => replayable && sendings <= retries && wait < deadline.remaining
    for (;;) {
      let reply: R
      try {
        reply = await (at.origin === origin
          ? this.#sendAsMyself(at, replayable, deadline, sender)
          : this.#sendAsNobody(at, deadline, sender))
      } catch (error) {
        const wait = backoff(sendings)
        if (!mayRetryError(at.method, error) || !mayWait(wait)) throw isOpen ? asSeen(error) : error
        await deadline.pause(wait)
        sendings += 1
        continue
      }
      reply.sendings = sendings
      reply.secrets = secrets
      // What was said to this server, another one may repeat.
      if (at.origin === origin) confidential = reply.confidential
      else reply.confidential = confidential
      if (reply.status < 300) return reply
      const wait = retryAfter(reply.headers) ?? backoff(sendings)
      if (mayRetryStatus(reply.status, idempotent) && mayWait(wait)) {
        reply.discard()
        isOpen ||= reply.status === 503
        await deadline.pause(wait)
        sendings += 1
        continue
      }
      const target = redirectTarget(at, reply, request.redirect, allowInsecureHttp)
      if (!target) return reply
      reply.discard()
      hops += 1
      checkRedirect(at, target, origin, hops, replayable)
      // The server may repeat in an address what it was told.
      const shown = redact(target.pathname, confidential(), secrets)
      at = { ...at, origin: target.origin, path: target.pathname + target.search, shown, redirected: true }
    }
  }

  /** One sending with credentials; two when the strategy answers a 401. */
  async #sendAsMyself<R extends Reply>(
    at: Exchange,
    replayable: boolean,
    deadline: Deadline,
    sender: Sender<R>,
  ): Promise<R> {
    const { credentials } = this.#options
    const pool = this.#connections.own ?? (await deadline.wait(this.#connections.open()))
    for (let attempt = 1; ; attempt += 1) {
      const generation = this.#handshake.generation
      const headers = { ...at.headers }
      let context: Attempt | undefined
      if (credentials?.authorize) {
        context = new Attempt(this.#context, at, headers, attempt, deadline.signal)
        const authorizing = credentials.authorize(context)
        if (authorizing) await deadline.wait(authorizing.catch(asNotSent))
      }
      const sending = sender(pool, { ...at, headers }, deadline)
      const reply = await (context?.hints ? sending.catch(withHints(context.hints)) : sending)
      const refused = reply.status === 401 && attempt === 1 && replayable
      if (!refused || !(await this.#renew({ ...at, headers }, reply, generation, deadline))) {
        if (credentials) reply.confidential = () => confidentialHeaders(headers, at.headers)
        return reply
      }
      reply.discard()
    }
  }

  #sendAsNobody<R extends Reply>(at: Exchange, deadline: Deadline, sender: Sender<R>): Promise<R> {
    return sender(this.#connections.strangers, { ...at, headers: headersForStrangers(at.headers) }, deadline)
  }

  /** Whether the strategy has, or gets, a better answer to a 401. */
  #renew(at: Exchange, reply: Reply, generation: number, deadline: Deadline): boolean | Promise<boolean> {
    const { credentials } = this.#options
    if (!credentials?.onChallenge) return false
    const context: ChallengeContext = {
      ...this.#context,
      method: at.method,
      url: new URL(at.origin + at.path),
      status: reply.status,
      headers: reply.headers,
      sent: new WritableHeaders(at.headers),
      challenges: challengesOf(reply.headers),
    }
    const again = this.#handshake.renew(generation, () => credentials.onChallenge?.(context) ?? false)
    return typeof again === 'boolean' ? again : deadline.wait(again)
  }

  /** A strategy's own request: no strategy touches it, and it is sent once. */
  async #send(request: SendRequest): Promise<Answer> {
    const { origin, headers } = this.#options
    const timeout = checkTimeout(request.timeout ?? this.#options.timeout)
    if (!request.path.startsWith('/')) {
      throw new InvalidArgumentError('INVALID_URL', 'send: path starts with a slash; the origin is given.')
    }
    const at = {
      origin,
      method: request.method,
      path: request.path,
      headers: { ...headers, ...lowerCaseNames(request.headers) },
      body: request.body,
    }
    const deadline = new Deadline(timeout, request.signal, (sent) => timeoutError(at, timeout, sent))
    try {
      deadline.check()
      const pool = this.#connections.own ?? (await deadline.wait(this.#connections.open()))
      if (!request.newConnection) return await this.#exchange(pool, at, deadline)
      const single = this.#connections.single(origin, request.tls)
      try {
        const answer = await this.#exchange(single.dispatcher, at, deadline)
        answer.connection = single.info
        return answer
      } finally {
        void single.dispatcher.destroy()
      }
    } finally {
      deadline.done()
    }
  }
}
