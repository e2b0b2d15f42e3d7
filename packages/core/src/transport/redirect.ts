import { TransportError } from '../errors.ts'
import { locationOf, type Named } from './failure.ts'
import { redact } from './redact.ts'
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
export const mostRedirects = 5

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
  { status, headers, confidential }: Pick<Reply, 'status' | 'headers' | 'confidential'>,
  policy: RedirectPolicy,
  allowInsecureHttp: boolean,
): URL | undefined {
  if (policy === 'manual' || !isRedirect(status)) return undefined
  const location = headers.get('location')
  if (location === undefined) return undefined
  const refuse = (why: string): TransportError => refusal(request, `the server redirects (${status}) ${why}`)
  const target = URL.parse(location, request.origin + request.path)
  if (!target || (target.protocol !== 'https:' && target.protocol !== 'http:')) throw refuse('to no http address.')
  const to = redact(locationOf({ origin: target.origin, path: target.pathname }), confidential)
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

/** A redirect that is not followed. */
export function refusal(request: Named, text: string): TransportError {
  const where = locationOf(request)
  return new TransportError('REDIRECT_REFUSED', `${request.method} ${where}: ${text}`, {
    method: request.method,
    url: where,
    sent: true,
  })
}
