import type { Credentials, RequestEvent } from '@handlekit/core'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { handleClient, httpClient } from '../support/client.ts'
import { rejection } from '../support/rejection.ts'
import { json, type Respond, startServer, type TestServer } from '../support/server.ts'

async function start(...answers: (number | Respond)[]): Promise<TestServer> {
  let next = 0
  return startServer((request, response) => {
    const answer = answers[Math.min(next++, answers.length - 1)] ?? 200
    if (typeof answer === 'function') return answer(request, response)
    return json(response, answer, { said: 'canary' }, answer === 503 ? { 'retry-after': '0' } : {})
  })
}

function listener(): { events: RequestEvent[]; onRequest: (event: RequestEvent) => void } {
  const events: RequestEvent[] = []
  return { events, onRequest: (event) => void events.push(event) }
}

const token = (value: string): Credentials => ({
  scheme: 'test',
  authorize: ({ headers }) => headers.set('authorization', `Bearer ${value}`),
  onChallenge: () => true,
})

it('tells of every request as it was sent, and of nothing secret', async () => {
  const server = await start(503, 401, 200)
  const { events, onRequest } = listener()
  const client = httpClient(server, { onRequest, credentials: token('canary') })
  await client.get('/a', { query: { key: 'canary' }, headers: { 'x-key': 'canary' } })
  const url = `${server.origin}/a`
  expect(events).toEqual(
    [503, 401, 200].map((status) => ({
      method: 'GET',
      url,
      duration: expect.any(Number),
      status,
      error: undefined,
    })),
  )
  for (const { duration } of events) expect(duration).toBeGreaterThan(0)
  expect(inspect(events, { depth: null, showHidden: true })).not.toContain('canary')
})

it('tells of redirects, of fetch, and of what a strategy asks itself', async () => {
  const server = await start((request, response) =>
    request.url === '/old' ? response.writeHead(302, { location: '/new' }).end() : json(response, 200, {}),
  )
  const { events, onRequest } = listener()
  const credentials: Credentials = {
    scheme: 'test',
    async authorize({ send, url }) {
      if (url.pathname === '/old') await send({ method: 'POST', path: '/session' })
    },
  }
  const client = httpClient(server, { onRequest, credentials })
  await client.get('/old')
  await client.fetch(`${server.origin}/fetched?key=canary`)
  expect(events.map(({ method, url, status }) => `${method} ${url.slice(server.origin.length)} ${status}`)).toEqual([
    'POST /session 200',
    'GET /old 302',
    'GET /new 200',
    'GET /fetched 200',
  ])
})

it('tells why no answer came', async () => {
  const { events, onRequest } = listener()
  const server = await start((request) => request.socket.destroy())
  const client = handleClient(server, { onRequest, retries: 0 })
  const error = await rejection(client.resolve('21.T/x'))
  expect(events).toMatchObject([{ method: 'GET', url: `${server.origin}/api/handles/21.T%2Fx`, status: undefined }])
  expect(events[0]?.error).toBe(error)

  const controller = new AbortController()
  const silent = await start(() => controller.abort(new Error('enough')))
  await rejection(handleClient(silent, { onRequest }).resolve('21.T/x', { signal: controller.signal }))
  expect(events.at(-1)?.error).toMatchObject({ message: 'enough' })
})

it('tells of a search at a server of its own', async () => {
  const [server, other] = [await start(200), await start((_request, response) => json(response, 200, []))]
  const { events, onRequest } = listener()
  const client = handleClient(server, { onRequest, search: { server: other.origin } })
  for await (const _name of client.search({ URL: 'canary' }));
  expect(events.map(({ url }) => url)).toEqual([`${other.origin}/hrls/handles`])
})

it.each<[string, () => unknown]>([
  [
    'at once',
    () => {
      throw new Error('full disk')
    },
  ],
  ['later', async () => Promise.reject(new Error('full disk'))],
])('a listener that fails %s is warned of, and fails no request', async (_when, onRequest) => {
  const server = await start(200)
  const warnings: unknown[] = []
  const listen = (warning: Error): unknown => warnings.push(warning.message)
  process.on('warning', listen)
  const client = httpClient(server, { onRequest })
  expect((await client.put('/a', {})).status).toBe(200)
  await new Promise(setImmediate)
  process.off('warning', listen)
  expect(warnings).toEqual(['onRequest failed: full disk'])
})

it('has to be a function', async () => {
  const server = await start(200)
  expect(() => httpClient(server, JSON.parse('{"onRequest":true}'))).toThrow(/onRequest is a function/)
})
