import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { authFailure } from './failure.ts'
import { page } from './page.ts'

/** The browser is back from the authorization server. */
export interface Redirect {
  readonly parameters: URLSearchParams
  /** Tells the person how it ended. Resolves when the browser has it. */
  answer(text: string): Promise<void>
}

/** What to wait for. */
interface RedirectWanted {
  readonly state: string
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

/** A server for one redirect. */
export interface RedirectListener {
  /** As it was registered; with the port that was found where it said 0. */
  readonly redirectUri: string
  /** Resolves with the first redirect that has the right state; any other is answered with a page that says so. */
  wait(wanted: RedirectWanted): Promise<Redirect>
  close(): void
}

/** Listens at the first of the addresses whose port is free. @throws AuthError `PORT_IN_USE` */
export async function listenForRedirect(redirectUris: readonly string[]): Promise<RedirectListener> {
  const taken: string[] = []
  for (const redirectUri of redirectUris) {
    const { port } = new URL(redirectUri)
    // A port that is free for one of the two addresses of 'localhost' may be in use for the other.
    for (let tries = port === '0' ? 5 : 1; tries > 0; tries -= 1) {
      const url = new URL(redirectUri)
      const servers = await listen(url)
      // As it was given where it can be: a registered address is compared letter by letter.
      if (servers) return new Listener(servers, url, port === '0' ? url.href : redirectUri)
    }
    taken.push(port || '80')
  }
  throw authFailure(
    'PORT_IN_USE',
    `no server can be started for the way back from the browser: port ${taken.join(', ')} is in use (or may not be ` +
      'used). End what uses it, or register more redirect URIs and name them in redirectUris.',
  )
}

/** 'localhost' may be either address to a browser, so both are taken: nobody else is to get what is sent there. */
async function listen(url: URL): Promise<Server[] | undefined> {
  const hosts = url.hostname === 'localhost' ? ['127.0.0.1', '::1'] : [url.hostname.replaceAll(/[[\]]/g, '')]
  const servers: Server[] = []
  for (const host of hosts) {
    const server = createServer()
    try {
      server.listen({ host, port: Number(url.port || '80'), exclusive: true })
      await once(server, 'listening')
      servers.push(server)
      const address = server.address()
      if (typeof address === 'object' && address) url.port = String(address.port)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // A machine without IPv6.
      if (host === '::1' && servers.length > 0 && code !== 'EADDRINUSE') continue
      close(servers)
      if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') return undefined
      throw authFailure('AUTH_FAILED', `no server can be started at ${url.origin}.`, { cause: error })
    }
  }
  return servers
}

function close(servers: readonly Server[]): void {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
}

class Listener implements RedirectListener {
  readonly redirectUri: string
  readonly #servers: readonly Server[]
  readonly #url: URL
  #end: (() => void) | undefined

  constructor(servers: readonly Server[], url: URL, redirectUri: string) {
    this.#servers = servers
    this.#url = url
    this.redirectUri = redirectUri
  }

  wait({ state, timeout, signal }: RedirectWanted): Promise<Redirect> {
    return new Promise((resolve, reject) => {
      let strangers = 0
      let done = false
      const timer = setTimeout(() => {
        const hint =
          strangers > 0
            ? ` ${strangers} ${strangers === 1 ? 'redirect' : 'redirects'} arrived with the state of another login.`
            : ''
        reject(authFailure('LOGIN_TIMEOUT', `nobody came back from the browser within ${timeout} ms.${hint}`))
      }, timeout)
      const onAbort = (): void => reject(signal?.reason)
      this.#end = () => {
        done = true
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
      if (signal?.aborted) onAbort()
      signal?.addEventListener('abort', onAbort, { once: true })
      const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
        const parameters = this.#parametersOf(request, response)
        if (!parameters) return
        if (done || parameters.get('state') !== state) {
          strangers += 1
          void send(response, 400, 'This does not belong to the login that is waited for. Go back, and log in again.')
          return
        }
        this.#end?.()
        resolve({ parameters, answer: (text) => send(response, 200, `${text} You can close this window.`) })
      }
      for (const server of this.#servers) server.on('request', onRequest)
    })
  }

  close(): void {
    this.#end?.()
    close(this.#servers)
  }

  /** The query of a redirect. Anything else is answered here. */
  #parametersOf({ method, url = '', headers }: IncomingMessage, response: ServerResponse): URLSearchParams | undefined {
    const target = URL.parse(url, this.#url.origin)
    const wrong =
      // A page elsewhere whose name was made to point to this machine.
      headers.host !== this.#url.host ? 421 : target?.pathname !== this.#url.pathname ? 404 : method === 'GET' ? 0 : 405
    if (target && wrong === 0) return target.searchParams
    void send(response, wrong || 404, 'There is nothing here.')
    return undefined
  }
}

async function send(response: ServerResponse, status: number, text: string): Promise<void> {
  if (response.closed) return
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  // A browser that has gone away does not undo the login.
  const closed = once(response, 'close').catch(() => undefined)
  response.end(page(text))
  await closed
}
