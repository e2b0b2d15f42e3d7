import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/** A request, as the fake saw it. */
export interface FakeRequest {
  readonly method: string
  /** Below the base URL, without the query: '/account'. As it was sent, encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Parsed when it is JSON, text otherwise. */
  readonly body: unknown
}

/** What the fake answers. */
export interface FakeReply {
  readonly status: number
  /** An object or a list is sent as JSON, a text as it is, undefined not at all. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** An error in the shape that sipgate documents. */
export function errorReply(status: number, title: string, detail?: string): FakeReply {
  return { status, body: { errors: [{ status, title, ...(detail !== undefined && { detail }) }] } }
}

/** The most that it reads of a body. */
const mostBytes = 30_000_000

export async function readRequest(request: IncomingMessage, basePath: string): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) continue
    length += chunk.length
    if (length > mostBytes) throw new Error('The body is too long.')
    chunks.push(chunk)
  }
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
  return {
    method: request.method ?? '',
    path: path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : '',
    query: new URLSearchParams(query),
    headers: request.headers,
    body: parse(Buffer.concat(chunks).toString('utf8')),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export function sendReply(response: ServerResponse, { status, body, headers }: FakeReply): void {
  if (body === undefined) {
    response.writeHead(status, headers).end()
    return
  }
  const text = typeof body === 'string'
  response.writeHead(status, { 'content-type': text ? 'text/plain' : 'application/json', ...headers })
  response.end(text ? body : JSON.stringify(body))
}
