import {
  type ConnectOptions,
  connectOptionNames,
  type Credentials,
  HttpClient,
  type HttpResponse,
  InvalidArgumentError,
  type QueryValue,
} from '@handlekit/core'
import { checkOptions } from '@handlekit/core/strategy'
import { Api, type CallOptions } from './api.ts'
import type { ParameterName, PermittedEndpoint, SipgateEndpoint } from './endpoint.ts'
import {
  account,
  balance,
  type SipgateAccount,
  type SipgateBalance,
  type SipgateUserinfo,
  userinfo,
} from './resources/account.ts'
import { SipgateCalls } from './resources/calls.ts'
import { SipgateContacts } from './resources/contacts.ts'
import { SipgateDevices } from './resources/devices.ts'
import { SipgateGroups } from './resources/groups.ts'
import { SipgateHistory } from './resources/history.ts'
import { SipgateNumbers } from './resources/numbers.ts'
import { SipgateSms } from './resources/sms.ts'
import { SipgateUsers } from './resources/users.ts'
import { SipgateWebhooks } from './resources/webhook-settings.ts'

/** What a {@link SipgateClient} is made with. */
export interface SipgateClientOptions extends ConnectOptions {
  /** `sipgateToken`, `sipgateBasic`, `sipgateOAuth`, `bearerAuth`, or your own. */
  readonly credentials: Credentials
  /** Default: 'https://api.sipgate.com/v2'. The credentials go to its origin and nowhere else. */
  readonly baseUrl?: string | undefined
  /** The scopes that the token has, where you know them: a 403 can then tell more. Nothing is checked against them. */
  readonly scopes?: readonly string[] | undefined
}

/** An answer of {@link SipgateClient.request}. Its body is not checked. */
export type SipgateResponse = HttpResponse

/** What {@link SipgateClient.request} sends, parameters of the path aside. */
export interface SipgateRequestOptions extends CallOptions {
  /** Added to the path, encoded. A list repeats its name; undefined leaves it out. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>> | undefined
  /** The body, as JSON. */
  readonly json?: unknown
}

/** The options of a request; those that have to be there, if the endpoint has parameters. */
export type SipgateRequestArguments<E extends string> = [ParameterName<E>] extends [never]
  ? [options?: SipgateRequestOptions & { readonly parameters?: Readonly<Record<string, string>> | undefined }]
  : [options: SipgateRequestOptions & { readonly parameters: Readonly<Record<ParameterName<E>, string>> }]

/**
 * sipgate's REST API.
 *
 * Every call may throw: a SipgateError when sipgate refuses it, core's TransportError when no answer came, the AuthError
 * of a strategy that could not make a token, and an InvalidArgumentError before anything is sent. Reads are repeated
 * after a lost connection, 429 and 503; a POST only where sipgate says that it has not been done (429).
 *
 * @example
 * const client = new SipgateClient({ credentials: sipgateToken({ tokenId, token }) })
 * console.log((await client.account()).company)
 *
 * @throws InvalidArgumentError for options that cannot work. No request is made.
 */
export class SipgateClient {
  readonly users: SipgateUsers
  readonly sms: SipgateSms
  readonly calls: SipgateCalls
  readonly history: SipgateHistory
  readonly numbers: SipgateNumbers
  readonly contacts: SipgateContacts
  readonly devices: SipgateDevices
  readonly groups: SipgateGroups
  readonly webhooks: SipgateWebhooks
  readonly #http: HttpClient
  readonly #api: Api

  constructor(options: SipgateClientOptions) {
    checkOptions('SipgateClient', options, ['credentials', 'baseUrl', 'scopes', ...connectOptionNames])
    const { credentials, baseUrl = 'https://api.sipgate.com/v2', scopes, ...connection } = options
    if (credentials === undefined) {
      throw new InvalidArgumentError('INVALID_OPTION', 'SipgateClient: credentials, for instance sipgateToken({ … }).')
    }
    this.#http = new HttpClient({ ...connection, baseUrl, credentials })
    const { scheme, identity } = credentials
    const api = new Api(this.#http, { scheme, identity, granted: scopes })
    this.#api = api
    this.users = new SipgateUsers(api)
    this.sms = new SipgateSms(api)
    this.calls = new SipgateCalls(api)
    this.history = new SipgateHistory(api)
    this.numbers = new SipgateNumbers(api)
    this.contacts = new SipgateContacts(api)
    this.devices = new SipgateDevices(api)
    this.groups = new SipgateGroups(api)
    this.webhooks = new SipgateWebhooks(api)
  }

  /** The account. Scope `account:read`. */
  account(options?: CallOptions): Promise<SipgateAccount> {
    return this.#api.read('GET /account', account, {}, options)
  }

  /** Who the credentials belong to. Any token will do. */
  userinfo(options?: CallOptions): Promise<SipgateUserinfo> {
    return this.#api.read('GET /authorization/userinfo', userinfo, {}, options)
  }

  /** What is left to spend. Scope `balance:read`. */
  balance(options?: CallOptions): Promise<SipgateBalance> {
    return this.#api.read('GET /balance', balance, {}, options)
  }

  /**
   * Any endpoint: those that have no call of their own, or the bare answer of one that has.
   *
   * @param endpoint Method and path, as in sipgate's documentation. Each `{name}` in it is filled in, encoded, from
   *   `parameters`. An address is refused, and so is the deletion of a history without ids.
   *
   * @example
   * const { status, body } = await client.request('GET /{userId}/faxlines', { parameters: { userId: 'w0' } })
   *
   * @throws InvalidArgumentError, SipgateError, AuthError, TransportError
   */
  async request<E extends SipgateEndpoint>(
    endpoint: E & PermittedEndpoint<E>,
    ...[options = {}]: SipgateRequestArguments<E>
  ): Promise<SipgateResponse> {
    const { parameters, query, json, ...rest } = options
    return this.#api.send(endpoint, { parameters, query, json }, rest)
  }

  /** Waits for running calls, lets the credentials end what they hold, and closes the connections. */
  close(): Promise<void> {
    return this.#http.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
