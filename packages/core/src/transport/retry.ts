import { TransportError } from '../errors.ts'
import type { ResponseHeaders } from '../credentials.ts'

/** Shortest and longest wait between two sendings, in milliseconds. */
const base = 100
const most = 5_000

const reading = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const idempotent = new Set([...reading, 'PUT', 'DELETE'])

/** Whether doing it twice is like doing it once, as far as the method tells. */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method)
}

/** Whether sending again after this error can do no harm: it reads, or the server has not seen it. */
export function mayRetryError(method: string, error: unknown): boolean {
  if (!TransportError.isInstance(error)) return false
  return error.code === 'CONNECT_FAILED' || (error.code === 'CONNECTION_LOST' && reading.has(method))
}

/** Whether to come again later. 429 says that nothing was done; 503 does not, where a gateway gave up waiting. */
export function mayRetryStatus(status: number, mayBeDoneTwice: boolean): boolean {
  return status === 429 || (status === 503 && mayBeDoneTwice)
}

/** Milliseconds before the sending that follows sending number `sendings`. */
export function backoff(sendings: number, random: () => number = Math.random): number {
  return Math.min(most, base * 2 ** (sendings - 1)) * (0.5 + random() / 2)
}

/** Milliseconds that a server asks to wait (RFC 9110, section 10.2.3), in seconds or as a date. */
export function retryAfter(headers: ResponseHeaders, now: number = Date.now()): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  // Date.parse takes anything with a digit in it for a date. Of the three forms of HTTP, only asctime's lacks the zone.
  if (!/\d\d:\d\d:\d\d/.test(text)) return undefined
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
