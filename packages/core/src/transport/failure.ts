import { InvalidArgumentError, TransportError, type TransportErrorCode } from '../errors.ts'
import { proxyRefused } from './proxy.ts'
import { otherKey } from './trust.ts'

/** What an error says about the request that it ended. */
export interface Named {
  readonly origin: string
  readonly method: string
  readonly path: string
  /** The path, where it is not to be shown as it is. */
  readonly shown?: string
}

/** Origin and path: a query may hold what is nobody's business. */
export function locationOf({ origin, path, shown }: Omit<Named, 'method'>): string {
  if (shown !== undefined) return origin + shown
  const query = path.indexOf('?')
  return origin + (query < 0 ? path : path.slice(0, query))
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
])
const misnamed = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'])

/**
 * Makes an error of what undici or Node.js report.
 *
 * @param started False: the request was certainly not sent.
 */
export function connectionError(
  error: unknown,
  request: Named,
  started: boolean,
): TransportError | InvalidArgumentError {
  const where = locationOf(request)
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = reasonOf(error)
  // undici keeps the bytes that it could not read, and the server may have echoed what it was sent.
  if (error instanceof Error) Reflect.deleteProperty(error, 'data')
  const fail = (code: TransportErrorCode, text: string, sent: boolean = started): TransportError =>
    new TransportError(code, `${request.method} ${where}: ${text}`, {
      cause: error,
      method: request.method,
      url: where,
      sent,
    })
  if (systemCode === 'UND_ERR_INVALID_ARG') {
    return new InvalidArgumentError('INVALID_OPTION', `${where}: this cannot be sent by HTTP (${reason}).`)
  }
  if (systemCode === 'UND_ERR_CLOSED' || systemCode === 'UND_ERR_DESTROYED') {
    return fail('CLIENT_CLOSED', 'the client was closed.')
  }
  if (untrusted.has(systemCode)) {
    return fail(
      'SERVER_NOT_TRUSTED',
      `the server's certificate is not trusted (${systemCode}: ${reason}). Handle servers come with a certificate of ` +
        'their own making: give the client that certificate, or the authority that signed it, as trust: { ca }.',
      false,
    )
  }
  if (systemCode === otherKey) {
    return fail(
      'SERVER_NOT_TRUSTED',
      `this is not the server that the client trusts: ${reason}. Has it got a new key? Then ask who runs it, and give ` +
        'the new one as trust.',
      false,
    )
  }
  if (misnamed.has(systemCode)) {
    return fail(
      'SERVER_NOT_TRUSTED',
      `the server's certificate is for another name (${reason}). If it is of the server's own making, give the client ` +
        'that very certificate as trust: { ca }.',
      false,
    )
  }
  if (systemCode === 'EPROTO' || systemCode.startsWith('ERR_SSL') || systemCode.startsWith('ERR_TLS')) {
    return fail('TLS_FAILED', `the TLS handshake failed (${reason}). Is this the https port of the server?`)
  }
  if (systemCode === proxyRefused) return fail('PROXY_REFUSED', `${reason}.${notSentText}`, false)
  if (!started) {
    return fail('CONNECT_FAILED', `no connection to the server (${reason}).${notSentText}`)
  }
  return fail('CONNECTION_LOST', `the connection ended before the answer did (${reason}).`)
}

const notSentText = ' The request was not sent.'

/** What happened. An error for several addresses of one name says nothing by itself. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}

/** The reason of a call whose time is over. */
export function timeoutError(request: Named, milliseconds: number, sent: boolean): TransportError {
  const where = locationOf(request)
  const what = sent
    ? `no answer within ${milliseconds} ms. The server may have seen the request.`
    : `it could not be sent within ${milliseconds} ms. The server has not seen it.`
  return new TransportError('TIMEOUT', `${request.method} ${where}: ${what}`, {
    method: request.method,
    url: where,
    sent,
  })
}

/** What a strategy sent before a request says nothing about the request itself: that was not sent. */
export function asNotSent(error: unknown): never {
  throw TransportError.isInstance(error) && error.sent ? changed(error, { sent: false }) : error
}

/** Of a sending after one that was answered with a 503: that one may have been done. */
export function asSeen(error: unknown): unknown {
  if (!TransportError.isInstance(error) || error.sent) return error
  const text = `${error.message.replace(notSentText, '')} An earlier sending was answered with 503, and may have been done.`
  return changed(error, { message: text, sent: true })
}

/** Adds to an error what a strategy knows of it. */
export function withHints(hints: string): (error: unknown) => never {
  return (error) => {
    throw TransportError.isInstance(error) ? changed(error, { message: error.message + hints }) : error
  }
}

function changed(
  error: TransportError,
  change: { readonly message?: string; readonly sent?: boolean },
): TransportError {
  const { code, message, method, url, sent, cause } = error
  return new TransportError(code, change.message ?? message, { method, url, sent: change.sent ?? sent, cause })
}

/** The client was closed before the request. */
export function closedError(request: Named): TransportError {
  const where = locationOf(request)
  return new TransportError('CLIENT_CLOSED', `${request.method} ${where}: the client was closed.`, {
    method: request.method,
    url: where,
  })
}
