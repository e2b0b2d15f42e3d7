/** An answer before it is written: status, headers, and at most one kind of body. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: object
  readonly text?: { readonly contentType: string; readonly content: string }
}

/** Response codes of the Handle protocol, apart from HTTP's (RFC 3652). */
export const responseCode = {
  success: 1,
  error: 2,
  protocolError: 4,
  operationNotSupported: 5,
  handleNotFound: 100,
  handleAlreadyExists: 101,
  invalidHandle: 102,
  valuesNotFound: 200,
  valueAlreadyExists: 201,
  invalidValue: 202,
  serverNotResponsible: 301,
  invalidAdmin: 400,
  insufficientPermissions: 401,
  authenticationNeeded: 402,
  invalidCredential: 404,
} as const

type ResponseCode = (typeof responseCode)[keyof typeof responseCode]

/** The HTTP status of each code in an error (Technical Manual 14.4). */
const statusOfError: Readonly<Record<ResponseCode, number>> = {
  1: 200,
  2: 500,
  4: 400,
  5: 501,
  100: 404,
  101: 409,
  102: 400,
  200: 400,
  201: 409,
  202: 400,
  301: 400,
  400: 403,
  401: 403,
  402: 401,
  404: 403,
}

/** A request that the Handle protocol refuses. Endpoints throw it; it becomes the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ResponseCode
  readonly handle: string

  /** The handle is echoed, see {@link echo}. */
  constructor(code: ResponseCode, handle: string, message = '') {
    super(message)
    this.code = code
    this.handle = handle
  }

  toReply(): Reply {
    return errorReply(statusOfError[this.code], this.code, this.message, this.handle)
  }
}

export function errorReply(status: number, code: ResponseCode, message: string, handle = ''): Reply {
  return { status, json: { responseCode: code, ...(message === '' ? {} : { message }), ...echo(handle) } }
}

/** The `handle` of an answer; one that is empty or a mere slash is left out. */
export function echo(handle: string): { handle?: string } {
  return handle === '' || handle === '/' ? {} : { handle }
}

/** A body-less answer. */
export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers }
}
