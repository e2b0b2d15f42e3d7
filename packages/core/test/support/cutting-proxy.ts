import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'

/**
 * What to do with the next request. `before`: end the connection unseen. `after`: let it through, and end it then. `busy`:
 * a 503, unseen. A status: let it through, or with a minus do not, and answer so, as a gateway does that waited too long.
 */
export type Cut = 'none' | 'before' | 'after' | 'busy' | number

/** Stands between a client and a server, and loses connections when it is told to. */
export class CuttingProxy {
  readonly url: string
  /** Method and path of every request, with what was done to it. */
  readonly seen: string[] = []
  /** For the next requests that match, in order. */
  readonly plan: Cut[] = []
  readonly #close: () => Promise<void>

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url
    this.#close = close
  }

  static async start(target: string, ca: string): Promise<CuttingProxy> {
    const server = createServer((incoming, outgoing) => void handle(incoming, outgoing))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address: unknown = server.address()
    const { port } = isAddress(address) ? address : { port: 0 }
    const proxy = new CuttingProxy(`http://127.0.0.1:${port}`, () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    })
    return proxy

    async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
      const body = Buffer.concat(await Array.fromAsync(incoming))
      const writes = incoming.method !== 'GET'
      const cut: Cut = writes ? (proxy.plan.shift() ?? 'none') : 'none'
      proxy.seen.push(`${incoming.method} ${cut}`)
      if (cut === 'before') return void incoming.socket.destroy()
      if (cut === 'busy') return void outgoing.writeHead(503, { 'retry-after': '0' }).end()
      const giveUp = (): unknown => outgoing.writeHead(Math.abs(Number(cut)), { 'retry-after': '0' }).end('<html>')
      if (typeof cut === 'number' && cut < 0) return void giveUp()
      const send = target.startsWith('https') ? httpsRequest : httpRequest
      const upstream = send(target + incoming.url, { method: incoming.method, headers: incoming.headers, ca })
      upstream.on('response', (answer) => {
        if (cut === 'after') {
          answer.resume().on('end', () => incoming.socket.destroy())
          return
        }
        if (typeof cut === 'number') {
          answer.resume().on('end', giveUp)
          return
        }
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      })
      upstream.end(body)
    }
  }

  stop(): Promise<void> {
    return this.#close()
  }
}

function isAddress(address: unknown): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
