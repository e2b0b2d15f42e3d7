import type { ApiRequest } from './request.ts'

const allowedMethods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE']
const allowedHeaders = ['X-Requested-With', 'Authorization', 'Origin', 'Accept', 'Content-Type']

/** Headers that a script may read without leave (the Fetch standard's CORS-safelisted response headers). */
const readableHeaders = ['cache-control', 'content-language', 'content-type', 'expires', 'last-modified', 'pragma']

/** Headers that let browser scripts of any origin use the API; none if the request names no origin. */
export function corsHeaders(request: ApiRequest, replyHeaders: readonly string[]): Record<string, string> {
  const { origin } = request.headers
  if (origin === undefined) return {}
  const method = request.headers['access-control-request-method']
  if (request.method === 'OPTIONS' && method !== undefined) return preflightHeaders(request, origin, method)
  const exposed = replyHeaders.filter((name) => !readableHeaders.includes(name.toLowerCase()) && !isContentLength(name))
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': [...exposed, 'Content-Length'].join(','),
  }
}

/** A preflight for something that is not allowed gets no headers at all. */
function preflightHeaders(request: ApiRequest, origin: string, method: string): Record<string, string> {
  const wanted = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  const allowed = allowedHeaders.map((name) => name.toLowerCase())
  if (!allowedMethods.includes(method) || !wanted.every((name) => allowed.includes(name))) return {}
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': allowedMethods.join(','),
    'Access-Control-Allow-Headers': allowedHeaders.join(','),
    'Access-Control-Max-Age': '86400',
  }
}

function isContentLength(name: string): boolean {
  return name.toLowerCase() === 'content-length'
}
