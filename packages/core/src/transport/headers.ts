import type { AttemptHeaders, Challenge, ResponseHeaders } from '../credentials.ts'
import { parseChallenges } from './challenges.ts'

/** Lower-case names to values: what undici takes without looking twice. */
export type HeaderRecord = Record<string, string>

/** Names of headers are case-insensitive; a record knows one spelling of each. */
export function lowerCaseNames(headers: Readonly<Record<string, string>> | undefined): HeaderRecord {
  if (headers === undefined) return {}
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// RFC 9110, section 5.5, with the bytes above 0x7F that Latin-1 allows.
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** The headers of one attempt, over the record that is sent. */
export class WritableHeaders implements AttemptHeaders {
  readonly #record: HeaderRecord

  constructor(record: HeaderRecord) {
    this.#record = record
  }

  get(name: string): string | undefined {
    return this.#record[name.toLowerCase()]
  }

  set(name: string, value: string): void {
    if (!token.test(name)) throw new TypeError(`'${name}' is not a header name.`)
    if (typeof value !== 'string' || !fieldValue.test(value)) {
      throw new TypeError(`The value for the header '${name}' has a character that HTTP does not allow in a header.`)
    }
    this.#record[name.toLowerCase()] = value
  }

  delete(name: string): void {
    Reflect.deleteProperty(this.#record, name.toLowerCase())
  }
}

/** The headers of an answer, as undici gives them. */
export class AnswerHeaders implements ResponseHeaders {
  readonly #record: Readonly<Record<string, string | string[] | undefined>>

  constructor(record: Readonly<Record<string, string | string[] | undefined>>) {
    this.#record = record
  }

  get(name: string): string | undefined {
    const value = this.#record[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  getAll(name: string): readonly string[] {
    const value = this.#record[name.toLowerCase()]
    if (value === undefined) return []
    return Array.isArray(value) ? value : [value]
  }
}

/** Every challenge of an answer. */
export function challengesOf(headers: ResponseHeaders): readonly Challenge[] {
  return headers.getAll('www-authenticate').flatMap(parseChallenges)
}
