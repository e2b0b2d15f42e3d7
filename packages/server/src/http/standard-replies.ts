import { BadRequest } from '../bad-request.ts'
import { ConnectionRefusal } from './caller.ts'
import { emptyReply, errorReply, Refusal, responseCode, type Reply } from './reply.ts'
import type { ApiRequest } from './request.ts'

const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS']

/** Answers to methods that need no endpoint. */
export function methodReply(request: ApiRequest, allow: string): Reply | undefined {
  if (!knownMethods.includes(request.method)) {
    return errorReply(501, responseCode.protocolError, `Unknown method ${request.method}`)
  }
  if (request.method === 'OPTIONS') return emptyReply(200, { Allow: allow })
  return request.method === 'TRACE' ? traceReply(request) : undefined
}

export function unknownEndpoint({ method, rawPath }: ApiRequest, status: 404 | 405): Reply {
  return errorReply(status, responseCode.protocolError, `Unknown HTTP API endpoint ${method} ${rawPath}`)
}

/** The request as it arrived (RFC 7231 4.3.8), as Java's servlets answer TRACE. */
function traceReply(request: ApiRequest): Reply {
  const lines = [`TRACE ${request.rawPath} HTTP/1.1`]
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    lines.push(`${request.rawHeaders[i] ?? ''}: ${request.rawHeaders[i + 1] ?? ''}`)
  }
  return { status: 200, text: { contentType: 'message/http', content: `${lines.join('\r\n')}\r\n` } }
}

/** Where the real server has its HTML proxy. */
export const notServed: Reply = {
  status: 404,
  text: {
    contentType: 'text/html;charset=UTF-8',
    content: '<!doctype html><title>Not found</title><p>This server serves the HTTP JSON API under /api only.\n',
  },
}

/** The answer to a request that could not be handled. What nobody expected also becomes a warning of the process. */
export function failureReply(error: unknown): Reply {
  if (error instanceof Refusal) return error.toReply()
  if (error instanceof BadRequest) {
    return errorReply(400, responseCode.protocolError, `${error.javaClass}: ${error.message}`)
  }
  if (error instanceof ConnectionRefusal) return emptyReply(error.status ?? 403)
  process.emitWarning(error instanceof Error ? error : String(error))
  return errorReply(500, responseCode.error, 'Unexpected server error')
}
