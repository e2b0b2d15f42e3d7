import type { Dispatcher } from 'undici'
import { Answer } from './answer.ts'
import type { Deadline } from './deadline.ts'
import { connectionError } from './failure.ts'
import type { HeaderRecord } from './headers.ts'

/** One request, as it goes over the wire. */
export interface Exchange {
  readonly origin: string
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** The path for errors and logs, where it differs. */
  readonly shown?: string
  /** Whether a redirect led here. */
  readonly redirected?: boolean
  readonly headers: HeaderRecord
  readonly body: string | Uint8Array | undefined
}

/**
 * Sends one request and reads the answer to its end. Straight on undici's dispatch: the answers of these APIs are small
 * and wanted whole, and a stream for each would cost more than everything else here.
 *
 * @throws TransportError when no whole answer came; its `sent` tells whether the server may have seen the request.
 */
export function exchange(dispatcher: Dispatcher, request: Exchange, deadline: Deadline): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const handler = new AnswerReader(request, deadline, resolve, reject)
    deadline.watch(handler.cancel)
    dispatcher.dispatch(
      {
        origin: request.origin,
        method: request.method,
        path: request.path,
        headers: request.headers,
        body: request.body ?? null,
      },
      handler,
    )
  })
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #request: Exchange
  readonly #deadline: Deadline
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (reason: unknown) => void
  #controller: Dispatcher.DispatchController | undefined
  #cancelled = false
  #status = 0
  #headers: Readonly<Record<string, string | string[] | undefined>> = {}
  #first: Buffer | undefined
  #more: Buffer[] | undefined

  constructor(
    request: Exchange,
    deadline: Deadline,
    resolve: (answer: Answer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request
    this.#deadline = deadline
    this.#resolve = resolve
    this.#reject = reject
  }

  readonly cancel = (reason: unknown): void => {
    this.#cancelled = true
    this.#reject(reason)
    this.#controller?.abort(new Error('cancelled'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#cancelled) controller.abort(new Error('cancelled'))
    else this.#deadline.sent = true
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#first === undefined) this.#first = chunk
    else (this.#more ??= [this.#first]).push(chunk)
  }

  onResponseEnd(): void {
    this.#deadline.watch(undefined)
    this.#resolve(new Answer(this.#status, this.#headers, this.#more ? Buffer.concat(this.#more) : this.#first))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#cancelled) return
    this.#deadline.watch(undefined)
    this.#reject(connectionError(error, this.#request, this.#controller !== undefined))
  }
}
