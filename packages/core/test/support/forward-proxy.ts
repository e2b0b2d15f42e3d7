import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { listen } from './server.ts'

/** The same server by a name that is not this machine's: to that one, clients go without a proxy. */
export function abroad({ origin }: { origin: string }): { origin: string } {
  return { origin: origin.replace('localhost', 'server.example.org') }
}

/** An HTTP proxy, as institutes have it. */
export interface ForwardProxy {
  readonly host: string
  /** Where it was asked to connect to, and as whom. */
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[]
  /** Bytes that it passed on to servers: what it could have read. */
  readonly carried: () => string
}

/**
 * Starts a proxy that lives as long as the test.
 *
 * @param status What it answers; anything but 200 without a connection.
 */
export async function startForwardProxy({ status = 200 } = {}): Promise<ForwardProxy> {
  const asked: ForwardProxy['asked'] = []
  const chunks: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer()
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const target = request.url ?? ''
    asked.push({ target, authorization: request.headers['proxy-authorization'] })
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    // Whatever the name, the servers of the tests are here.
    const onward = connect(Number(new URL(`http://${target}`).port || 80), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    socket.on('data', (chunk) => chunks.push(chunk))
    sockets.add(onward)
    onward.on('error', () => socket.destroy())
  })
  const port = await listen(server)
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { host: `localhost:${port}`, asked, carried: () => Buffer.concat(chunks).toString('latin1') }
}
