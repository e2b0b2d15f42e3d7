import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { percentDecode } from '../auth/authorization-header.ts'
import { BadRequest } from '../bad-request.ts'
import { isJsonObject, JsonSyntaxError, parseLenientJson, type Json } from '../json/lenient.ts'
import { Parameters } from './parameters.ts'

/** A request that has arrived in full. */
export interface ApiRequest {
  readonly method: string
  /** As sent, without the query. */
  readonly rawPath: string
  /** Percent-decoded once; `+`, dot segments and repeated slashes stay. Undefined when an escape is malformed. */
  readonly path: string | undefined
  readonly query: Parameters
  readonly headers: IncomingHttpHeaders
  /** Headers in the order and spelling of the client. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** The connection's TLS socket; undefined over plain HTTP. */
  readonly tls: TLSSocket | undefined
}

export async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  const [beforeFragment = ''] = (incoming.url ?? '/').split('#')
  const [rawPath = '', ...query] = beforeFragment.split('?')
  return {
    method: incoming.method ?? 'GET',
    rawPath,
    path: percentDecode(rawPath),
    query: Parameters.fromForm(query.join('?')),
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body: Buffer.concat(chunks),
    tls: incoming.socket instanceof TLSSocket ? incoming.socket : undefined,
  }
}

export function hasJsonBody(request: ApiRequest): boolean {
  return /^application\/json\s*(?:;|$)/.test(contentType(request))
}

/** The body as JSON. Throws BadRequest when it is none. */
export function jsonBody(request: ApiRequest, defaultCharset: string): Json {
  try {
    return parseLenientJson(bodyText(request, defaultCharset))
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new BadRequest(error.message, 'com.google.gson.JsonSyntaxException')
  }
}

/** Parameters of a form or of a JSON object. Throws BadRequest for JSON that is not an object. */
export function bodyParameters(request: ApiRequest, defaultCharset: string): Parameters {
  if (/^application\/x-www-form-urlencoded\s*(?:;|$)/.test(contentType(request))) {
    return Parameters.fromForm(request.body.toString('utf8'))
  }
  if (!hasJsonBody(request) || request.body.length === 0) return new Parameters([])
  const json = jsonBody(request, defaultCharset)
  if (!isJsonObject(json)) throw new BadRequest('Not a JSON Object', 'java.lang.IllegalStateException')
  return Parameters.fromJson(json)
}

/** The length of the body in characters. */
export function bodyLength(request: ApiRequest, defaultCharset: string): number {
  return request.body.length === 0 ? 0 : bodyText(request, defaultCharset).length
}

function contentType(request: ApiRequest): string {
  return (request.headers['content-type'] ?? '').trim().toLowerCase()
}

function bodyText(request: ApiRequest, defaultCharset: string): string {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/.exec(contentType(request))?.[1] ?? defaultCharset
  // What the web calls ISO-8859-1 is windows-1252, and is not what Java means by it.
  if (charset === 'iso-8859-1' || charset === 'latin1' || charset === 'us-ascii') return request.body.toString('latin1')
  try {
    return new TextDecoder(charset).decode(request.body)
  } catch {
    throw new BadRequest(charset, 'java.io.UnsupportedEncodingException')
  }
}
