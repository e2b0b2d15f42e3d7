import { once } from 'node:events'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'
import { listen } from './server.ts'
import { localhost } from './tls.ts'

export interface RawServer {
  readonly origin: string
  /** Number of connections so far. */
  readonly connections: number
}

/** A TLS server that says what it is told to, HTTP or not. */
export function startTlsServer(talk: (socket: Socket) => void): Promise<RawServer> {
  return start((accept) => createTlsServer({ ...localhost }, accept), talk)
}

/** A server that does not even speak TLS, on an address that says https. */
export function startTcpServer(talk: (socket: Socket) => void): Promise<RawServer> {
  return start((accept) => createTcpServer(accept), talk)
}

async function start(create: (accept: (socket: Socket) => void) => Server, talk: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = create((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    talk(socket)
  })
  const port = await listen(server)
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  })
  return {
    origin: `https://localhost:${port}`,
    get connections() {
      return connections
    },
  }
}

/** Calls back with the head of each request that comes over a connection. */
export function onHead(socket: Socket, then: (head: string) => void): void {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      then(text.slice(0, end))
      text = text.slice(end + 4)
    }
  })
}
