import { TransportError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { locationOf, type Named } from './failure.ts'
import type { HeaderRecord } from './headers.ts'
import { mentions, redact } from './redact.ts'
import type { Reply } from './call.ts'
import { isSecure } from './server-url.ts'

/**
 * Where a redirect may lead.
 *
 * - `same-origin`: nowhere but to the server itself.
 * - `follow`: a request that only reads may go on to another server, and goes there as nobody: without the strategy's
 *   headers and without the client certificate.
 * - `manual`: nowhere; the answer is given as it is.
 */
export type RedirectPolicy = 'same-origin' | 'follow' | 'manual'

/** As browsers do it, but fewer. */
const mostRedirects = 5

/** Whether a status sends the request elsewhere. */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/**
 * The next address of a redirected request; undefined when the answer is none, or is wanted as it is.
 *
 * @throws TransportError `REDIRECT_REFUSED`
 */
export function redirectTarget(
  request: Named,
  { status, headers, confidential, secrets }: Pick<Reply, 'status' | 'headers' | 'confidential' | 'secrets'>,
  policy: RedirectPolicy,
  allowInsecureHttp: boolean,
): URL | undefined {
  if (policy === 'manual' || !isRedirect(status)) return undefined
  const location = headers.get('location')
  if (location === undefined) return undefined
  const refuse = (why: string): TransportError => refusal(request, `the server redirects (${status}) ${why}`)
  const target = URL.parse(location, request.origin + request.path)
  if (!target || (target.protocol !== 'https:' && target.protocol !== 'http:')) throw refuse('to no http address.')
  if (target.origin !== request.origin && mentions(target.host, confidential(), secrets)) {
    throw refuse('to a server whose name repeats what was said in confidence.')
  }
  const to = redact(locationOf({ origin: target.origin, path: target.pathname }), confidential(), secrets)
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (!reads && status !== 307 && status !== 308) {
    // A client that follows here turns the write into a read and takes its success for the write's.
    throw refuse(
      `to ${to} in a way that would turn the ${request.method} into a GET. Nothing was written; is the ` +
        'address of the server right, https included?',
    )
  }
  if (target.origin !== request.origin) {
    if (!reads || policy === 'same-origin') {
      throw refuse(
        `to ${to}, another server, and credentials go to ${request.origin} only. If it is the right one, ` +
          'make a client for it.',
      )
    }
    if (!isSecure(target) && !allowInsecureHttp) throw refuse(`to ${to}, which is not https.`)
  }
  return target
}

/**
 * Refuses a redirect for what a single answer does not tell.
 *
 * @param home Origin of the server that the credentials belong to.
 * @param hops How many redirects there were, this one included.
 *
 * @throws TransportError `REDIRECT_REFUSED`
 */
export function checkRedirect(at: Exchange, target: URL, home: string, hops: number, replayable: boolean): void {
  if (!replayable) throw refusal(at, 'the server redirects a request whose body cannot be sent again.')
  if (hops > mostRedirects) throw refusal(at, `more than ${mostRedirects} redirects.`)
  if (at.body !== undefined && target.origin !== at.origin) {
    throw refusal(at, `the server redirects a body to ${target.origin}, and it is not for others.`)
  }
  if (at.origin !== home && target.origin === home) {
    throw refusal(at, 'another server redirects back to this one.')
  }
}

/** Any other may tell who asks, those included that only the user knows to be a secret. */
const forAnyone = new Set(['accept', 'accept-language', 'user-agent', 'range', 'if-none-match', 'if-modified-since'])

/** What a server that a redirect leads to may see of a request's headers. */
export function headersForStrangers(headers: Readonly<HeaderRecord>): HeaderRecord {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => forAnyone.has(name)))
}

/** A redirect that is not followed. */
function refusal(request: Named, text: string): TransportError {
  const where = locationOf(request)
  return new TransportError('REDIRECT_REFUSED', `${request.method} ${where}: ${text}`, {
    method: request.method,
    url: where,
    sent: true,
  })
}
