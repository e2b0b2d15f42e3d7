import type { ServerResponse } from 'node:http'
import { corsHeaders } from './cors.ts'
import type { Parameters } from './parameters.ts'
import type { Reply } from './reply.ts'
import type { ApiRequest } from './request.ts'

/** How JSON is written: plain, indented, or as a call of a function (JSONP). */
export interface JsonStyle {
  readonly pretty: boolean
  readonly callback: string | undefined
}

export const plainStyle: JsonStyle = { pretty: false, callback: undefined }

export function jsonStyle(parameters: Parameters): JsonStyle {
  return { pretty: parameters.flag('pretty') ?? false, callback: parameters.get('callback') }
}

/** Writes an answer. Like the real server it sends no Date, no Server and no caching headers. */
export function send(
  request: ApiRequest,
  response: ServerResponse,
  reply: Reply,
  challenges: readonly string[],
  style: JsonStyle,
): void {
  const body = renderBody(reply, style)
  response.sendDate = false
  response.statusCode = reply.status
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
  // As two headers: some clients split a joined one at every comma.
  if (challenges.length > 0) response.setHeader('WWW-Authenticate', challenges)
  if (body) response.setHeader('Content-Type', body.contentType)
  if (reply.status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body?.content ?? ''))
  for (const [name, value] of Object.entries(corsHeaders(request, response.getHeaderNames().map(properCase)))) {
    response.setHeader(name, value)
  }
  response.end(body?.content)
}

function renderBody(reply: Reply, { pretty, callback }: JsonStyle): Reply['text'] {
  if (!reply.json) return reply.text
  const json = JSON.stringify(reply.json, undefined, pretty ? 2 : undefined)
  if (callback === undefined) return { contentType: 'application/json;charset=UTF-8', content: json }
  // The two line ends that JSON allows in text and older JavaScript does not.
  const script = json.replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`)
  return { contentType: 'application/javascript;charset=UTF-8', content: `${functionName(callback)}(${script});` }
}

/** Characters that may not be in a JavaScript name, as the real server judges, become `_`. */
function functionName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_$\u00A0-\uFFFF]/g, '_').replace(/^\d/, '_')
}

function properCase(name: string): string {
  if (name === 'www-authenticate') return 'WWW-Authenticate'
  return name.replaceAll(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase())
}
