import { constants } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { connect } from 'node:net'
import type { HandleServer } from '../../src/index.ts'

/** The least of an HTTP client: what it sends is exactly what a test says. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Text is sent as it is; anything else as JSON with a charset. */
  readonly body?: unknown
  readonly plain?: boolean
  readonly basic?: readonly [user: string, password: string]
  /** Options of the TLS connection, such as a certificate. Tickets are off unless a test turns them on. */
  readonly tls?: https.RequestOptions
}

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** The `WWW-Authenticate` headers, in order, one entry a header. */
  readonly challenges: readonly string[]
  readonly text: string
  readonly json: unknown
}

export type Send = (method: string, path: string, options?: RequestOptions) => Promise<Answer>

/** A client of one server, which trusts its certificate and nothing else. */
export function clientOf(server: HandleServer): Send {
  return (method, path, options = {}) => {
    const url = new URL(options.plain ? server.httpUrl : server.httpsUrl)
    const headers: Record<string, string | number> = { ...options.headers }
    let body: Buffer | undefined
    if (options.body !== undefined) {
      body = Buffer.from(typeof options.body === 'string' ? options.body : JSON.stringify(options.body))
      headers['content-type'] ??= 'application/json; charset=utf-8'
      headers['content-length'] = body.length
    }
    if (options.basic) headers['authorization'] = basic(...options.basic)
    const common = { host: '127.0.0.1', port: url.port, method, path, headers, agent: false }
    const secure = {
      ...common,
      ca: server.certificate,
      servername: 'localhost',
      secureOptions: constants.SSL_OP_NO_TICKET,
      ...options.tls,
    }
    return new Promise((resolve, reject) => {
      const received = (incoming: http.IncomingMessage): void => void readAnswer(incoming).then(resolve, reject)
      const outgoing = options.plain ? http.request(common, received) : https.request(secure, received)
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(user)}:${password}`).toString('base64')}`
}

/** `Handle name="value", …`. */
export function handle(parameters: Readonly<Record<string, string>>): string {
  const parts = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
  return `Handle ${parts.join(', ')}`
}

/** A text member of a JSON object; empty when it is not there. */
export function textOf(json: unknown, name: string): string {
  if (typeof json !== 'object' || json === null) return ''
  const value: unknown = Reflect.get(json, name)
  return typeof value === 'string' ? value : ''
}

/** Sends bytes over a plain connection, and gives all that comes back until the server ends it. */
export async function sendRaw(server: HandleServer, bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(server.httpUrl).port), '127.0.0.1')
  socket.write(bytes)
  const chunks: Buffer[] = []
  for await (const chunk of socket) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function readAnswer(incoming: http.IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  const isJson = incoming.headers['content-type']?.startsWith('application/json') && text !== ''
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    challenges: incoming.rawHeaders.filter(
      (_, i, all) => i % 2 === 1 && all[i - 1]?.toLowerCase() === 'www-authenticate',
    ),
    text,
    json: isJson ? (JSON.parse(text) as unknown) : undefined,
  }
}
