import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import { localhost } from './tls.ts'

/** A request, as a server saw it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly socket: Socket
  /** Name in the certificate that the client presented. */
  readonly certificate: string | undefined
  /** When it was there, in milliseconds. */
  readonly at: number
}

export type Respond = (request: Seen, response: ServerResponse) => unknown

export interface TestServer {
  readonly origin: string
  readonly port: number
  /** All requests so far. */
  readonly seen: readonly Seen[]
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>
  /** Listens again, on the same port. */
  start(): Promise<void>
}

/** An https server that lives as long as the test, and ends no connection by itself. */
export function startServer(respond: Respond, options: ServerOptions = {}): Promise<TestServer> {
  return start('https', respond, (listener) =>
    createServer({ keepAliveTimeout: 60_000, ...localhost, ...options }, listener),
  )
}

/** The same without TLS. */
export function startPlainServer(respond: Respond): Promise<TestServer> {
  return start('http', respond, (listener) => createHttpServer(listener))
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

async function start(protocol: string, respond: Respond, create: (listener: Listener) => Server): Promise<TestServer> {
  const seen: Seen[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request)
    const one = describe(request, body.toString('utf8'))
    seen.push(one)
    await respond(one, response)
  }
  const server = create((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const port = await listen(server)
  const stop = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    server.closeAllConnections()
    await closed
  }
  onTestFinished(stop)
  const restart = async (): Promise<void> => {
    await listen(server, port)
  }
  return { origin: `${protocol}://localhost:${port}`, port, seen, stop, start: restart }
}

/** Listens on a free port, or on a certain one. */
export async function listen(server: TcpServer, port = 0): Promise<number> {
  server.listen(port)
  await new Promise((resolve) => server.once('listening', resolve))
  return portOf(server.address())
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

function describe(request: IncomingMessage, body: string): Seen {
  const { method = '', url = '', headers, socket } = request
  const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined
  const certificate = [subject?.CN].flat()[0]
  return { method, url, headers, body, socket, certificate, at: performance.now() }
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

type Headers = Readonly<Record<string, string | readonly string[] | string[]>>
