import { bearerAuth } from '@handlekit/auth-bearer'
import type { Credentials } from '@handlekit/core'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { rejection } from '../../core/test/support/rejection.ts'
import { json, startServer } from '../../core/test/support/server.ts'
import { localhost } from '../../core/test/support/tls.ts'
import { SipgateClient, sipgateBasic, sipgateToken } from '../src/index.ts'

const canary = 'canary-nightjar-8a9d'

const made: readonly [string, Credentials][] = [
  ['sipgateBasic', sipgateBasic({ email: 'ada@example.org', password: canary })],
  ['sipgateToken', sipgateToken({ tokenId: 'token-FQ1V12', token: canary })],
  ['sipgateToken with a function', sipgateToken({ tokenId: 'token-FQ1V12', token: () => canary })],
  ['bearerAuth', bearerAuth({ token: canary })],
]

/** Every way in which a person or a program may look at something. */
function everythingOf(value: unknown): string {
  const all: string[] = []
  for (let at: unknown = value; at !== undefined; at = at instanceof Error ? at.cause : undefined) {
    all.push(JSON.stringify(at), at instanceof Error ? `${at.message}${at.stack}` : '')
    all.push(JSON.stringify(Object.getOwnPropertyDescriptors(at)))
  }
  all.push(inspect(value, { depth: null, showHidden: true, getters: true, maxStringLength: null }))
  all.push(inspect(value, { customInspect: false, depth: null }))
  return all.join('\n')
}

/** A part is as bad as the whole: of what Basic sends, the end is the password alone. */
const users = ['ada@example.org', 'token-FQ1V12']
const secrets = ['canary', 'nightjar', ...users.map((user) => btoa(`${user}:${canary}`).slice(-16))]

function expectNothingSecret(value: unknown): void {
  const lines = everythingOf(value).split('\n')
  expect(lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([])
}

describe.each(made)('%s', (_name, credentials) => {
  test('shows no secret, before and after its use', async () => {
    expectNothingSecret(credentials)
    const server = await startServer((_request, response) => json(response, 200, { sub: 'w0' }))
    await using client = new SipgateClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, credentials })
    await client.userinfo()
    expect(server.seen[0]?.url).toBe('/authorization/userinfo')
    expectNothingSecret(credentials)
    expectNothingSecret(client)
  })

  test('no error shows what a server echoes', async () => {
    const server = await startServer(({ headers, url }, response) => {
      const { authorization = '' } = headers
      const echo = { errors: [{ status: 400, title: authorization, detail: canary, [canary]: authorization }] }
      const status = Number(/\d+/.exec(url)?.[0])
      if (url.includes('text')) response.writeHead(status).end(`${authorization} ${canary}`)
      else
        json(
          response,
          status,
          { message: canary, ...echo, items: canary },
          { 'www-authenticate': `Basic error="${canary}"` },
        )
    })
    await using client = new SipgateClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, credentials })
    for (const status of [400, 401, 402, 403, 404, 405, 409, 415, 418, 500]) {
      for (const kind of ['text', 'json']) {
        const parameters = { status: String(status) }
        const error = await rejection(client.request(`GET /${kind}/{status}`, { parameters }))
        expect(error).toMatchObject({ status })
        expectNothingSecret(error)
      }
    }
  })
})

test('nor does an answer of the wrong shape', async () => {
  const [, credentials] = made[1] ?? ['', made[0]?.[1]]
  if (!credentials) throw new Error('There are none.')
  const server = await startServer((_request, response) =>
    json(response, 200, { items: [{ id: { [canary]: canary } }] }),
  )
  await using client = new SipgateClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, credentials })
  expectNothingSecret(await rejection(client.users.list()))
})

test('a query, in which there may be a number, is in no error', async () => {
  const server = await startServer((_request, response) => json(response, 400, {}))
  const credentials = sipgateToken({ tokenId: 'token-FQ1V12', token: 'x' })
  await using client = new SipgateClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, credentials })
  expectNothingSecret(await rejection(client.history.list({ phonenumber: canary })))
  expect(server.seen[0]?.url).toContain(canary)
})
