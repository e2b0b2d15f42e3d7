import type { Challenge, ConnectionInfo, SendResponse } from '../credentials.ts'
import { AnswerHeaders, challengesOf, type HeaderRecord } from './headers.ts'
import { redact, redactAll } from './redact.ts'

/** An answer that was read to its end. */
export class Answer implements SendResponse {
  readonly status: number
  readonly headers: AnswerHeaders
  /** How often the request was sent for it: more than 1 when an earlier sending may have had its effect. */
  sendings = 1
  /** The headers that a strategy set for it. */
  confidential: () => Iterable<string> = nothing
  secrets: readonly string[] = []
  connection: ConnectionInfo | undefined
  readonly #body: Buffer | undefined

  constructor(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: Buffer | undefined,
  ) {
    this.status = status
    this.headers = new AnswerHeaders(headers)
    this.#body = body
  }

  get challenges(): readonly Challenge[] {
    return challengesOf(this.headers)
  }

  /** Length of the body in bytes. */
  get length(): number {
    return this.#body?.length ?? 0
  }

  text(): string {
    return this.#body === undefined ? '' : this.#body.toString('utf8')
  }

  json(): unknown {
    return JSON.parse(this.text())
  }

  /** A text of the server's, fit for an error: nothing in it that was said in confidence. */
  redact(text: string): string {
    return redact(text, this.confidential(), this.secrets)
  }

  /** The same for a body that was parsed. */
  redactAll(body: unknown): unknown {
    return redactAll(body, this.confidential(), this.secrets)
  }

  discard(): void {}
}

export const nothing = (): Iterable<string> => []

/** Adds up the headers that a strategy set. */
export function confidentialHeaders(sent: HeaderRecord, plain: Readonly<HeaderRecord>): string[] {
  return Object.keys(sent)
    .filter((name) => sent[name] !== plain[name])
    .map((name) => sent[name] ?? '')
}
