import { HandleResponseError, HandlekitError, TransportError } from '../errors.ts'
import type { Answer } from '../transport/answer.ts'
import { checkHandle, failureOf, readJson, success } from './answer.ts'
import type { CallOptions, HandleApi } from './api.ts'
import { isOfType } from './name.ts'
import type { EncodedValue, HandleRecord } from './record.ts'
import { wireAnswer } from './wire.ts'

/** A request that changes something. */
export interface Write {
  readonly method: 'PUT' | 'DELETE'
  readonly handle: string
  /** With its question mark. */
  readonly query: string
  readonly values?: readonly EncodedValue[]
  /** The server completes the name: it begins with `handle`. */
  readonly mints?: boolean
  /**
   * Whether a record that was read afterwards shows that the write happened; undefined where it cannot tell. Without
   * this, an uncertain write stays uncertain.
   */
  readonly happened?: (record: HandleRecord | undefined, complete: boolean) => boolean | undefined
}

/** A request that was not sent: what `plan: true` gives. */
export interface PlannedRequest {
  readonly method: 'PUT' | 'DELETE'
  readonly url: string
  /** Without those that the credentials would add. */
  readonly headers: Readonly<Record<string, string>>
  /** The values; the data of an HS_SECKEY is left out. */
  readonly body?: { readonly values: readonly unknown[] }
}

/** Milliseconds for which a write whose outcome is open may still happen. */
const openAtLeast = 60_000

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' }

/** Sends writes, each at most once as far as its effect goes. */
export class Writer {
  readonly #api: HandleApi

  constructor(api: HandleApi) {
    this.#api = api
  }

  plan({ method, handle, query, values }: Write): PlannedRequest {
    const url = this.#api.transport.origin + this.#api.path(handle, query)
    if (!values) return { method, url, headers: {} }
    return { method, url, headers: jsonHeaders, body: { values: values.map(withoutSecret) } }
  }

  /**
   * Sends a write. Where the connection is lost before the answer, the record is read: a write that happened is a
   * success, one that did not is sent once more.
   *
   * @returns The handle, as the server names it, and whether it was created.
   * @throws TransportError `OUTCOME_UNKNOWN` when reading did not tell either.
   */
  async send(write: Write, options: CallOptions): Promise<{ handle: string; created: boolean }> {
    const { cache, transport } = this.#api
    try {
      const result = await this.#send(write, options)
      cache?.forget(write.handle)
      return result
    } catch (error) {
      const isOpen = options.signal?.aborted || mayStillHappen(error)
      cache?.forget(write.handle, isOpen ? Math.max(transport.timeout, openAtLeast) : 0)
      throw error
    }
  }

  async #send(write: Write, options: CallOptions): Promise<{ handle: string; created: boolean }> {
    let uncertain: unknown
    for (;;) {
      let answer: Answer
      try {
        answer = await this.#once(write, options)
      } catch (error) {
        if (!TransportError.isInstance(error)) throw error
        // Of a second sending that was none: the server may have seen the first.
        if (!error.sent) throw uncertain ?? error
        if (error.code !== 'CONNECTION_LOST') throw error
        if (await this.#happened(write, options, error)) return { handle: write.handle, created: false }
        if (uncertain !== undefined) throw error
        uncertain = error
        continue
      }
      if (answer.status === 200 || answer.status === 201) return this.#success(write, answer)
      const failure = failureOf(answer, this.#asked(write))
      // Refused for what an earlier sending may itself have done.
      const repeated = uncertain !== undefined || answer.sendings > 1
      if (repeated && isOwnEffect(failure) && (await this.#happened(write, options, failure))) {
        return { handle: write.handle, created: false }
      }
      if (!isOfGateway(failure)) throw failure
      if (await this.#happenedBehind(failure, write, options)) return { handle: write.handle, created: false }
      throw failure
    }
  }

  #once({ method, handle, query, values, mints = false }: Write, options: CallOptions): Promise<Answer> {
    const body = values && { headers: jsonHeaders, body: JSON.stringify({ values }) }
    const secrets = values?.flatMap(secretsOf)
    const path = this.#api.path(handle, query)
    return this.#api.send({ method, path, ...body, secrets, idempotent: !mints }, options)
  }

  #asked({ method, handle, query }: Write): ReturnType<HandleApi['asked']> {
    return this.#api.asked(method, this.#api.path(handle, query), handle)
  }

  #success(write: Write, answer: Answer): { handle: string; created: boolean } {
    const asked = this.#asked(write)
    const wire = readJson(answer, wireAnswer, asked)
    if (wire.responseCode !== success) throw failureOf(answer, asked)
    if (write.mints && wire.handle?.toLowerCase().startsWith(write.handle.toLowerCase())) {
      return { handle: wire.handle, created: true }
    }
    // It is no cache that answers a write: one that names no handle is about this one.
    if (wire.handle !== undefined || write.mints) checkHandle(wire.handle, answer, asked)
    return { handle: write.handle, created: answer.status === 201 }
  }

  /**
   * Whether a write happened behind a gateway that gave up.
   *
   * @throws TransportError `OUTCOME_UNKNOWN`: unless it says that there is nobody behind it (503), it may still happen.
   */
  async #happenedBehind(failure: HandleResponseError, write: Write, options: CallOptions): Promise<boolean> {
    const isBusy = failure.status === 503 && !write.mints
    try {
      if (await this.#happened(write, options, failure)) return true
    } catch (error) {
      if (!isBusy || !TransportError.isInstance(error)) throw error
    }
    if (isBusy) return false
    throw this.#unknown(write, failure, `It may still happen. Resolve ${write.handle} before you repeat it.`)
  }

  /** @throws TransportError `OUTCOME_UNKNOWN` */
  async #happened(write: Write, options: CallOptions, error: HandlekitError): Promise<boolean> {
    if (!write.happened) {
      throw this.#unknown(
        write,
        error,
        'The server chooses the name, so that it cannot be read back; another call makes another handle.',
      )
    }
    const advice = `Resolve ${write.handle} before you repeat it.`
    let seen: Awaited<ReturnType<HandleApi['tryReadForEdit']>>
    try {
      seen = await this.#api.tryReadForEdit(write.handle, options)
    } catch (cause) {
      options.signal?.throwIfAborted()
      throw this.#unknown(write, error, `Reading it back failed, too. ${advice}`, cause)
    }
    const happened = write.happened(seen?.record, seen?.complete ?? true)
    if (happened === undefined) throw this.#unknown(write, error, advice)
    return happened
  }

  /** @param failure How the write ended. */
  #unknown(write: Write, failure: HandlekitError, advice: string, cause: unknown = failure): TransportError {
    const { method, url } = this.#asked(write)
    const isAnswer = HandleResponseError.isInstance(failure)
    const why = isAnswer ? `the answer was ${failure.status}` : 'the connection was lost'
    return new TransportError(
      'OUTCOME_UNKNOWN',
      `${method} ${url}: ${why}, and the write may or may not have happened. ${advice}`,
      { cause, method, url, sent: true },
    )
  }
}

/** Whether an answer comes from before the server, which may do the write all the same. */
function isOfGateway(error: HandlekitError): error is HandleResponseError {
  if (!HandleResponseError.isInstance(error) || error.responseCode !== undefined) return false
  return error.status >= 502 && error.status <= 504
}

/** Whether a write that ended so may have been done by the server, or may be yet. */
export function mayStillHappen(error: unknown): boolean {
  // A gateway gives up before the server behind it does.
  if (HandleResponseError.isInstance(error)) return error.status >= 500
  return TransportError.isInstance(error) ? error.sent : !HandlekitError.isInstance(error)
}

/** An answer that a request gets when it was already done. */
function isOwnEffect(error: HandlekitError): boolean {
  return (
    HandleResponseError.isInstance(error) &&
    ['HANDLE_ALREADY_EXISTS', 'VALUE_ALREADY_EXISTS', 'HANDLE_NOT_FOUND', 'VALUE_NOT_FOUND'].includes(error.code)
  )
}

/** What a server must not be quoted with. */
function secretsOf({ type, data }: EncodedValue): string[] {
  if (!isOfType(type, 'HS_SECKEY') || typeof data !== 'object' || data === null) return []
  const secret: unknown = Reflect.get(data, 'value')
  if (typeof secret !== 'string') return []
  return [secret, Buffer.from(secret, 'base64').toString('utf8'), Buffer.from(secret, 'utf8').toString('base64')]
}

function withoutSecret(value: EncodedValue): unknown {
  return isOfType(value.type, 'HS_SECKEY') ? { ...value, data: '<redacted>' } : value
}
