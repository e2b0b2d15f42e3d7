import { readFileSync } from 'node:fs'
import { answerChallenge, type AnswerOptions } from './answer.ts'
import { basic, handle, type Answer, type RequestOptions, type Send } from './client.ts'
import { fixture, pem } from './fixtures.ts'

/** A recorded request; `{{name}}` and `$answer` stand for what earlier answers of the scenario gave. */
interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly plain?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
  readonly auth?: {
    readonly basic?: readonly [string, string]
    readonly cert?: string
    readonly key?: string
    readonly header?: Readonly<Record<string, unknown>>
    readonly raw?: string
  }
}

export interface RecordedStep {
  readonly request: RecordedRequest
  readonly response: Readonly<Record<string, unknown>>
}

export interface Scenario {
  readonly name: string
  readonly steps: readonly RecordedStep[]
}

export function readScenarios(): readonly Scenario[] {
  const recording: unknown = JSON.parse(readFileSync(fixture('exchanges.json'), 'utf8'))
  if (!isRecording(recording)) throw new TypeError('exchanges.json holds no scenarios')
  return recording.scenarios
}

/** What later steps need of earlier answers. */
export type Memory = Map<string, string>

/** Sends a recorded request, and sums up the answer in the terms of the recording. */
export async function replay(send: Send, { request }: RecordedStep, memory: Memory): Promise<Record<string, unknown>> {
  let answer: Answer
  try {
    answer = await send(request.method, filled(request.path, memory), optionsOf(request, memory))
  } catch (error) {
    // Refusing a certificate ends the connection: an answer too.
    if (request.auth?.cert !== undefined) return { status: 'connection closed', body: 'empty' }
    throw error
  }
  remember(answer, memory)
  return summaryOf(answer)
}

/** The recorded answer, with what a client must not depend on replaced by what has just been received. */
export function expectation(recorded: unknown, received: unknown): unknown {
  if (recorded === '<any>') return received
  if (Array.isArray(recorded))
    return recorded.map((item, i) => expectation(item, Array.isArray(received) ? received[i] : undefined))
  if (!isObject(recorded)) return recorded
  const others = isObject(received) ? received : {}
  return Object.fromEntries(Object.entries(recorded).map(([name, item]) => [name, expectation(item, others[name])]))
}

function optionsOf(request: RecordedRequest, memory: Memory): RequestOptions {
  const { auth, plain = false } = request
  const headers: Record<string, string> = { ...request.headers }
  if (auth?.basic) headers['authorization'] = basic(...auth.basic)
  if (auth?.raw !== undefined) headers['authorization'] = filled(auth.raw, memory)
  if (auth?.cert !== undefined) headers['authorization'] = 'Handle clientCert="true"'
  if (auth?.header) {
    const parameters: Record<string, string> = {}
    for (const [name, value] of Object.entries(auth.header)) parameters[name] = String(fillIn(value, memory))
    headers['authorization'] = handle(parameters)
  }
  const tls =
    auth?.cert === undefined ? {} : { cert: pem(`${auth.cert}.crt.pem`), key: pem(`${auth.key ?? auth.cert}.pem`) }
  const body = request.json === undefined ? request.text : fillIn(request.json, memory)
  return { plain, headers, tls, ...(body === undefined ? {} : { body }) }
}

function fillIn(node: unknown, memory: Memory): unknown {
  if (typeof node === 'string') return filled(node, memory)
  if (Array.isArray(node)) return node.map((item) => fillIn(item, memory))
  if (!isObject(node)) return node
  const how = node['$answer']
  if (isAnswer(how)) return answerChallenge(how, memory.get('nonce') ?? '', how.cnonce)
  return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, fillIn(item, memory)]))
}

function filled(text: string, memory: Memory): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => memory.get(name) ?? '')
}

function remember({ challenges, json }: Answer, memory: Memory): void {
  for (const [, name = '', value = ''] of challenges.join(' ').matchAll(/(sessionId|nonce)="([^"]*)"/g))
    memory.set(name, value)
  if (!isObject(json)) return
  for (const name of ['sessionId', 'nonce', 'handle']) {
    const value = json[name]
    if (typeof value === 'string') memory.set(name, value)
  }
}

function summaryOf(answer: Answer): Record<string, unknown> {
  const contentType = answer.headers['content-type']?.toLowerCase().replaceAll(/\s/g, '')
  const { location, allow } = answer.headers
  return {
    status: answer.status,
    ...(contentType === undefined ? {} : { contentType }),
    ...bodyOf(answer, contentType ?? ''),
    ...(answer.challenges.length === 0 ? {} : { challenges: answer.challenges.map(challengeName) }),
    ...(location === undefined ? {} : { location: location.replace(/^https?:\/\/[^/]+/, '') }),
    ...(allow === undefined ? {} : { allow }),
  }
}

function bodyOf({ text, json }: Answer, contentType: string): Record<string, unknown> {
  if (text === '') return { body: 'empty' }
  if (json !== undefined) return { json: steady(json) }
  return contentType.startsWith('text/html') ? { body: 'html' } : { text }
}

function challengeName(text: string): string {
  const [scheme = ''] = text.split(' ')
  const error = /error="([^"]*)"/.exec(text)?.[1]
  return error === undefined ? scheme : `${scheme} error=${error}`
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/

/** What changes from run to run, replaced by names. */
function steady(node: unknown, name = ''): unknown {
  if (Array.isArray(node)) return node.map((item) => steady(item))
  if (isObject(node)) return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, steady(item, key)]))
  if (typeof node !== 'string') return node
  if (name === 'timestamp') return node.startsWith('2020-01-01') ? node : '<now>'
  if (['sessionId', 'nonce', 'serverSignature'].includes(name)) return `<${name}>`
  return name === 'handle' ? node.replace(uuid, '<uuid>') : node
}

function isObject(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}

function isRecording(node: unknown): node is { scenarios: readonly Scenario[] } {
  return isObject(node) && Array.isArray(node['scenarios'])
}

function isAnswer(node: unknown): node is AnswerOptions & { cnonce: string } {
  return isObject(node) && typeof node['alg'] === 'string' && typeof node['cnonce'] === 'string'
}
