import { request as send } from 'node:http'
import type { Socket } from 'node:net'
import { InvalidArgumentError } from '../errors.ts'
import type { Pending } from './tls.ts'

/** A proxy, and what it wants to be told. */
export interface Proxy {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Reads the address of a proxy, with a user and a password in it where the proxy wants some.
 *
 * @throws InvalidArgumentError `INVALID_URL`, without the address: it may hold a password
 */
export function parseProxy(where: string, address: unknown): Proxy | undefined {
  // So a variable of the environment is where there is none.
  if (address === undefined || address === '') return undefined
  const url = typeof address === 'string' ? URL.parse(address) : null
  if (!url || url.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError('INVALID_URL', `${where} is an address such as 'http://proxy.example.org:3128'.`)
  }
  const [user, password] = [url.username, url.password].map(decoded)
  const basic = Buffer.from(`${user}:${password}`).toString('base64')
  const headers = url.username === '' && url.password === '' ? {} : { 'proxy-authorization': `Basic ${basic}` }
  return { url: new URL(url.origin), headers }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The code of the error for a proxy that said no. */
export const proxyRefused = 'HANDLEKIT_PROXY_REFUSED'

/** Milliseconds, as for connections without a proxy. */
const openTimeout = 10_000

/**
 * Opens a connection through a proxy, which only passes on what it carries (RFC 9110, section 9.3.6).
 *
 * @param target 'my.handle.server:443'
 * @param done Called once.
 */
export function openTunnel(
  { url, headers }: Proxy,
  target: string,
  pending: Set<Pending>,
  done: (error: Error | null, socket: Socket | null) => void,
): void {
  const request = send(url, { method: 'CONNECT', path: target, headers: { host: target, ...headers }, agent: false })
  const timer = setTimeout(() => request.destroy(new Error('it did not answer')), openTimeout)
  pending.add(request)
  const settle = (why: string | undefined, socket: Socket | null, code = ''): void => {
    clearTimeout(timer)
    pending.delete(request)
    done(why === undefined ? null : Object.assign(new Error(`the proxy ${url.host} ${why}`), { code }), socket)
  }
  request.once('error', ({ message }) => settle(`cannot be used: ${message}`, null))
  request.once('connect', ({ statusCode }, socket: Socket, first) => {
    if (statusCode !== undefined && statusCode >= 200 && statusCode < 300) {
      if (first.length > 0) socket.unshift(first)
      return settle(undefined, socket)
    }
    socket.destroy()
    const why = statusCode === 407 ? 'wants another user and password (407)' : `refused ${target} (${statusCode})`
    settle(why, null, proxyRefused)
  })
  request.end()
}
