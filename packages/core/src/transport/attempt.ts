import type { Api, AuthorizeContext, SendContext } from '../credentials.ts'
import type { Exchange } from './exchange.ts'
import { type HeaderRecord, WritableHeaders } from './headers.ts'

/** What {@link Credentials.authorize} is given. Built for each attempt, so all that may not be needed is a getter. */
export class Attempt implements AuthorizeContext {
  readonly headers: WritableHeaders
  readonly attempt: number
  readonly signal: AbortSignal | undefined
  /** What the strategy says to a missing answer. */
  hints = ''
  readonly #context: SendContext
  readonly #at: Exchange

  constructor(
    context: SendContext,
    at: Exchange,
    headers: HeaderRecord,
    attempt: number,
    signal: AbortSignal | undefined,
  ) {
    this.#context = context
    this.#at = at
    this.headers = new WritableHeaders(headers)
    this.attempt = attempt
    this.signal = signal
  }

  get hint(): (text: string) => void {
    return (text) => {
      this.hints += ` ${text}`
    }
  }

  get method(): string {
    return this.#at.method
  }

  get url(): URL {
    return new URL(this.#at.origin + this.#at.path)
  }

  get origin(): string {
    return this.#context.origin
  }

  get basePath(): string {
    return this.#context.basePath
  }

  get siteKey(): string | undefined {
    return this.#context.siteKey
  }

  get api(): Api {
    return this.#context.api
  }

  get send(): SendContext['send'] {
    return this.#context.send
  }
}
