import { constants } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { HandleService } from '../service.ts'
import type { ServerIdentity } from '../tls/certificate.ts'
import { exchange } from './exchange.ts'
import { errorReply, responseCode } from './reply.ts'

/** An open port. */
export interface Listener {
  readonly port: number
  /** Ends every connection, and frees the port. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** Called for each request before it is handled. */
  readonly onRequest: () => void
}

/** Rejects when the port cannot be had. */
export async function listenHttp(service: HandleService, options: ListenOptions): Promise<Listener> {
  return await listen(http.createServer(), service, options)
}

/** TLS 1.2 only, like the real server: renegotiation for client certificates went away with 1.3. */
export async function listenHttps(
  service: HandleService,
  options: ListenOptions & { readonly identity: ServerIdentity; readonly sessionTickets: boolean },
): Promise<Listener> {
  const { clientCertificates } = service.settings
  const server = https.createServer({
    key: options.identity.key,
    cert: options.identity.certificate,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    secureOptions: options.sessionTickets ? 0 : constants.SSL_OP_NO_TICKET,
    requestCert: clientCertificates !== 'on-demand',
    rejectUnauthorized: false, // who a certificate belongs to is for the records to say
  })
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const identity = service.certificates.identify(socket)
    const isMissing = identity === undefined && clientCertificates === 'need'
    if (identity === 'refused' || isMissing) socket.destroy()
  })
  return await listen(server, service, options)
}

async function listen(
  server: http.Server | https.Server,
  service: HandleService,
  { host, port, onRequest }: ListenOptions,
): Promise<Listener> {
  const sockets = openSockets(server)
  server.keepAliveTimeout = 30_000
  server.on('clientError', answerUnparseable)
  server.on('request', (incoming: http.IncomingMessage, response: http.ServerResponse) => {
    onRequest()
    // A request that breaks off has nobody left to answer; every other failure has become an answer.
    exchange(service, incoming, response).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: portOf(server.address()),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address ? address.port : 0
}

/** What the parser does not take: methods that Node.js has never heard of, and what is no HTTP at all. */
function answerUnparseable(error: Error & { code?: string; rawPacket?: Buffer }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const method = /^\S+(?= \S+ HTTP\/)/.exec(error.rawPacket?.toString('latin1') ?? '')?.[0]
  const isMethod = error.code === 'HPE_INVALID_METHOD' && method !== undefined
  if (!isMethod) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    return
  }
  const body = JSON.stringify(errorReply(501, responseCode.protocolError, `Unknown method ${method}`).json)
  socket.end(
    'HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Type: application/json;charset=UTF-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
