import { basic, basicAuth } from '@handlekit/auth-basic'
import { cert } from '@handlekit/auth-cert'
import * as core from '@handlekit/core'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { json, type Seen, startPlainServer } from '../../../../core/test/support/server.ts'
import answers from '../portable-cases/answers.json' with { type: 'json' }
import { type Exchanged, exchanged, filled, type Given, invoke, plain } from './portable-form.ts'

/** What a server says: one of the mock answers by its name, or one of its own. Text is HTML. */
type MockAnswer = string | { readonly status: number; readonly body: unknown }

/**
 * A case of the test suites of B2HANDLE and PYHANDLE. In it `$origin` is the server, `$file` where the credentials
 * file is, `$uuid` any UUID, null is undefined, and `{ $call: [name, …] }` what that function of the library gives.
 */
export interface PortableCase {
  /** Of the list in portable.test.ts. */
  readonly id: string
  readonly name: string
  readonly python?: string | undefined
  /** True: the client has no credentials. */
  readonly anonymous?: boolean | undefined
  /** What the client is given beside its server and its credentials. */
  readonly options?: object | undefined
  /** A credentials file that the client is made of, with `keys/` beside it. Text: as it stands. */
  readonly file?: unknown
  /** By method of the request. */
  readonly answers?: Readonly<Record<string, MockAnswer | undefined>> | undefined
  /** Methods with what they are given, and properties, each of what the one before came to. */
  readonly call?: readonly (readonly unknown[])[] | undefined
  readonly requests?: readonly (string | { readonly send: string; readonly values: readonly object[] })[] | undefined
  /** The header of all requests. Default: the one for the client's user and password. */
  readonly authorization?: string | undefined
  readonly result?: unknown
  readonly error?: { readonly name: string; readonly code: string } | undefined
  /** Where ours is deliberately not as Python's, and why. */
  readonly differs?: string | undefined
  /** Why there is nothing to run. */
  readonly doesNotApply?: string | undefined
}

/** What a case came to. */
export interface Outcome {
  readonly requests: readonly Exchanged[]
  readonly result?: unknown
  readonly error?: { readonly name: unknown; readonly code: unknown }
}

const keys = new URL('../../../../server/test/fixtures/keys/', import.meta.url)
const strategies = [basic, cert]

/** Runs a case against a server of its own. */
export async function run(entry: PortableCase): Promise<Outcome> {
  const server = await startPlainServer((request, response) => respond(entry, request, response))
  const given: Given = { $origin: server.origin, $strategies: strategies }
  const outcome = await outcomeOf(entry, entry.file === undefined ? given : await withFile(entry.file, given))
  return { requests: server.seen.map(exchanged), ...outcome }
}

async function withFile(file: unknown, given: Given): Promise<Given> {
  const folder = await mkdtemp(join(tmpdir(), 'portable-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp(keys, join(folder, 'keys'), { recursive: true })
  const path = join(folder, 'credentials.json')
  const content = filled(file, given)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
  return { ...given, $file: path }
}

function respond(entry: PortableCase, { method, url }: Seen, response: ServerResponse): void {
  const wanted = entry.answers?.[method] ?? { status: 500, body: 'There is no answer to this.' }
  const answer: unknown = typeof wanted === 'string' ? Reflect.get(answers, wanted) : wanted
  const status = Number(invoke(answer, 'status', []))
  const body = invoke(answer, 'body', [])
  const [, handle = ''] = /([^/?]*)(?:\?|$)/.exec(url) ?? []
  if (typeof body === 'string') response.writeHead(status, { 'content-type': 'text/html' }).end(body)
  else json(response, status, filled(body, { $handle: decodeURIComponent(handle) }))
}

async function outcomeOf(entry: PortableCase, given: Given): Promise<Pick<Outcome, 'result' | 'error'>> {
  try {
    return { result: plain(await called(entry, given), String(given['$origin'])) }
  } catch (error) {
    const [name, code]: unknown[] = ['name', 'code'].map((member) => Reflect.get(Object(error), member))
    // What is no error of the library is one of the case.
    if (code === undefined) throw error
    return { error: { name, code } }
  }
}

async function called(entry: PortableCase, given: Given): Promise<unknown> {
  const { call = [] } = entry
  // Functions of the library have other names than methods of the client.
  await using client = Reflect.has(core, String(call[0]?.[0])) ? undefined : await clientOf(entry, given)
  let result: unknown = client ?? core
  for (const [name, ...args] of call) {
    result = await invoke(
      result,
      String(name),
      Array.from(args, (arg) => filled(arg, given)),
    )
  }
  return isIterable(result) ? await Array.fromAsync(result) : result
}

async function clientOf(entry: PortableCase, given: Given): Promise<core.HandleClient> {
  const options = Object.entries(entry.options ?? {}).map(([name, value]) => [name, filled(value, given)] as const)
  const own = Object.fromEntries(options)
  if (entry.file !== undefined) return core.HandleClient.fromFile(String(given['$file']), { strategies, ...own })
  const credentials = entry.anonymous ? undefined : basicAuth({ username: '999:user/name', password: 'apassword' })
  return new core.HandleClient({ server: String(given['$origin']), credentials, ...own })
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
