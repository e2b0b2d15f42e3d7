import type { Caller } from '../http/caller.ts'
import type { Parameters } from '../http/parameters.ts'
import type { Reply } from '../http/reply.ts'
import type { ApiRequest } from '../http/request.ts'
import type { HandleService } from '../service.ts'

/** A request to an endpoint, with what handling it needs. */
export interface Call {
  readonly service: HandleService
  readonly request: ApiRequest
  readonly caller: Caller
  /** What follows the endpoint's own path, without one leading slash: for handles, the handle. */
  readonly rest: string
  /** Of the query, then of the body where the endpoint takes them from there. */
  readonly parameters: Parameters
}

/** Refusals and bad requests may be thrown, or returned. */
type Handler = (call: Call) => Reply

/** A part of the API that the common rules of authentication and formatting apply to. */
export interface Endpoint {
  /** HEAD is GET. OPTIONS and TRACE need no handler. */
  readonly methods: Readonly<Partial<Record<'GET' | 'POST' | 'PUT' | 'DELETE', Handler>>>
  /** The `Allow` header of an answer to OPTIONS. */
  readonly allow: (rest: string) => string
  /** Methods whose body holds parameters, as a form or a JSON object. */
  readonly parametersInBody: readonly string[]
}
