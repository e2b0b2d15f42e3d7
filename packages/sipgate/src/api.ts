import { type HttpClient, type HttpResponse, InvalidArgumentError } from '@handlekit/core'
import { checkOptions } from '@handlekit/core/strategy'
import type { z } from 'zod'
import { targetOf } from './endpoint.ts'
import { SipgateError } from './errors.ts'
import { type Asked, toSipgateError } from './failure.ts'
import { refuseToDeleteEverything } from './guard.ts'
import type { Query } from './query.ts'
import { scopesFor } from './scopes.ts'

/** What may be said of every call. */
export interface CallOptions {
  /** Milliseconds for the whole call, repetitions included. Default: the client's. */
  readonly timeout?: number | undefined
  /** Ends the call; it then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What a call sends. */
export interface Message {
  readonly parameters?: Readonly<Record<string, string>> | undefined
  readonly query?: Query | undefined
  readonly json?: unknown
}

/** Who asks, for errors. */
export type Caller = Pick<Asked, 'scheme' | 'identity' | 'granted'>

/** The one way to sipgate that all calls take. */
export class Api {
  readonly #http: HttpClient
  readonly #caller: Caller

  constructor(http: HttpClient, caller: Caller) {
    this.#http = http
    this.#caller = caller
  }

  /**
   * Sends a request, whatever its answer holds.
   *
   * @throws InvalidArgumentError before anything is sent; SipgateError, AuthError, TransportError
   */
  async send(endpoint: string, message: Message = {}, options: CallOptions = {}): Promise<HttpResponse> {
    checkOptions(endpoint, options, ['timeout', 'signal'])
    const { parameters, query, json } = message
    const target = targetOf(endpoint, parameters)
    refuseToDeleteEverything(target, query)
    const { timeout, signal } = options
    try {
      return await this.#http.request(target.method, target.path, { query, json, timeout, signal })
    } catch (error) {
      throw toSipgateError(error, this.#about(endpoint, message))
    }
  }

  /**
   * The same for an answer that is used: it is checked, and its unknown fields are kept.
   *
   * @throws SipgateError `NOT_JSON` or `WRONG_SHAPE` as well
   */
  async read<T>(endpoint: string, schema: z.ZodType<T>, message: Message = {}, options: CallOptions = {}): Promise<T> {
    const answer = await this.send(endpoint, message, options)
    const parsed = schema.safeParse(answer.body)
    if (parsed.success) return parsed.data
    const json = typeof answer.body === 'object' && answer.body !== null
    const [issue] = parsed.error.issues
    const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : ''
    const what = json ? `is not what sipgate documents${where} (${issue?.message})` : 'is not JSON'
    const done = endpoint.startsWith('GET ') ? '' : ' The request itself has been carried out: do not repeat it.'
    throw new SipgateError(
      json ? 'WRONG_SHAPE' : 'NOT_JSON',
      `${endpoint}: the answer (${answer.status}) ${what}.${done}`,
      { ...this.#about(endpoint, message), status: answer.status },
    )
  }

  #about(endpoint: string, { query }: Message): Asked {
    return {
      ...this.#caller,
      endpoint,
      scopes: scopesFor(endpoint),
      namesExtension: /\{| \/sessions\/|^POST \/calls$/.test(endpoint) || query?.['connectionIds'] !== undefined,
    }
  }
}

/** @throws InvalidArgumentError `INVALID_VALUE` for a list that is none, or has nothing in it. */
export function checkNotEmpty(where: string, list: unknown): void {
  if (Array.isArray(list) && list.length > 0) return
  throw new InvalidArgumentError('INVALID_VALUE', `${where} has to be a list with something in it.`)
}
