import { createHash, timingSafeEqual } from 'node:crypto'
import { parseAuthorization } from '../../auth/authorization-header.ts'
import type { Reply } from '../../http/reply.ts'
import type { ApiRequest } from '../../http/request.ts'
import { decodeBase64 } from '../../record/base64.ts'
import type { HandleService } from '../../service.ts'
import { readQuery, SearchFailure } from './query.ts'
import { search } from './search.ts'

/**
 * `/hrls`: the reverse-lookup servlet of B2HANDLE, which finds handles by their values. As there it reads the table of
 * values past all permissions, so it has users of its own.
 *
 * @param rest What follows `/hrls/`.
 */
export function searchServlet(service: HandleService, request: ApiRequest, rest: string): Reply {
  const access = service.settings.search
  if (!access || !isResource(rest)) return { status: 404 }
  if (!isUser(request, access)) return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="handle-search"' } }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: { Allow: 'GET, HEAD' } }
  if (rest === 'ping') return { status: 200, text: { contentType: 'text/plain', content: 'OK\n' } }
  try {
    const query = readQuery(rest.slice('handles/'.length), request.query)
    return { status: 200, json: search(service.records, query, access.orderSeed) }
  } catch (error) {
    if (!(error instanceof SearchFailure)) throw error
    return { status: 500, text: { contentType: 'text/plain', content: error.message } }
  }
}

/** Of other prefixes the servlet knows no path. */
function isResource(rest: string): boolean {
  return rest === 'ping' || /^handles(?:\/\d{2}[0-9a-zA-Z.]*)?$/.test(rest)
}

/** As containers check Basic: unlike at the API, the user is not percent-encoded. */
function isUser(request: ApiRequest, { username, password }: { username: string; password: string }): boolean {
  const authorization = parseAuthorization(request.headers.authorization)
  if (authorization.scheme !== 'basic') return false
  return timingSafeEqual(digest(decodeBase64(authorization.credentials)), digest(`${username}:${password}`))
}

function digest(text: string | Uint8Array): Buffer {
  return createHash('sha256').update(text).digest()
}
