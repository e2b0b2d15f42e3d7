import { createSecureServer } from 'node:http2'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AuthorizeContext, Credentials, SendRequest } from '../../src/index.ts'
import { httpClient } from '../support/client.ts'
import { rejection } from '../support/rejection.ts'
import { json, listen, startServer } from '../support/server.ts'
import { localhost } from '../support/tls.ts'

/** Runs `use` inside the first authorize, and gives what it gave. */
async function inAuthorize<T>(server: { origin: string }, use: (context: AuthorizeContext) => Promise<T>): Promise<T> {
  const results: T[] = []
  let calls = 0
  const credentials: Credentials = {
    scheme: 'test',
    async authorize(context) {
      calls += 1
      results.push(await use(context))
      context.headers.set('authorization', 'Bearer x')
    },
  }
  await httpClient(server, { credentials, headers: { 'X-Client': 'mine' } }).get('/main')
  expect(calls).toBe(1)
  const [result] = results
  if (result === undefined) throw new Error('authorize was not called.')
  return result
}

describe('send', () => {
  test('goes to the same origin, as it is, and no strategy touches it', async () => {
    const server = await startServer(({ url }, response) => {
      json(response, url === '/session' ? 201 : 200, { id: 's1' }, { 'x-more': ['a', 'b'] })
    })
    const answer = await inAuthorize(server, ({ send }) =>
      send({ method: 'POST', path: '/session', body: 'who=me', headers: { 'Content-Type': 'text/plain' } }),
    )
    expect(answer.status).toBe(201)
    expect(answer.json()).toEqual({ id: 's1' })
    expect(answer.text()).toBe('{"id":"s1"}')
    expect(answer.headers.get('X-More')).toBe('a, b')
    expect(answer.headers.getAll('x-more')).toEqual(['a', 'b'])
    const [session, main] = server.seen
    expect(session).toMatchObject({ method: 'POST', url: '/session', body: 'who=me' })
    expect(session?.headers).toMatchObject({ 'content-type': 'text/plain', 'x-client': 'mine' })
    expect(session?.headers.authorization).toBeUndefined()
    expect(main).toMatchObject({ url: '/main', headers: { authorization: 'Bearer x' } })
    expect(server.seen).toHaveLength(2)
  })

  test('gives any answer, a 401 included, with its challenges', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/main') json(response, 200, {})
      else response.writeHead(401, { 'www-authenticate': 'Handle nonce="AA=="' }).end('<html>')
    })
    const answer = await inAuthorize(server, ({ send }) => send({ method: 'GET', path: '/who' }))
    expect(answer.status).toBe(401)
    expect(answer.challenges).toEqual([{ scheme: 'Handle', parameters: { nonce: 'AA==' } }])
    expect(() => answer.json()).toThrow(SyntaxError)
  })

  test('is not redirected and not repeated', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/main') json(response, 200, {})
      else if (url === '/busy') json(response, 503, {}, { 'retry-after': '0' })
      else response.writeHead(302, { location: '/main' }).end()
    })
    const [moved, busy] = await inAuthorize(server, ({ send }) =>
      Promise.all([send({ method: 'GET', path: '/moved' }), send({ method: 'GET', path: '/busy' })]),
    )
    expect([moved.status, busy.status]).toEqual([302, 503])
    expect(server.seen.map(({ url }) => url).sort()).toEqual(['/busy', '/main', '/moved'])
  })

  test('works inside onChallenge', async () => {
    let session = ''
    const server = await startServer(({ url, headers }, response) => {
      if (url === '/session') response.end('s1')
      else json(response, headers.authorization === 'Handle s1' ? 200 : 401, {})
    })
    const credentials: Credentials = {
      scheme: 'test',
      authorize: ({ headers }) => headers.set('authorization', `Handle ${session}`),
      async onChallenge({ send }) {
        const answer = await send({ method: 'POST', path: '/session' })
        session = answer.text()
        return true
      },
    }
    await httpClient(server, { credentials }).get('/')
    expect(server.seen.map(({ url }) => url)).toEqual(['/', '/session', '/'])
  })

  test('uses the connections of the client, or one of its own', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    await inAuthorize(server, async ({ send }) => {
      await send({ method: 'GET', path: '/shared' })
      await send({ method: 'GET', path: '/own', newConnection: true })
      await send({ method: 'GET', path: '/own', newConnection: true })
      return true
    })
    const [shared, own, another, main] = server.seen.map(({ socket }) => socket)
    expect(main).toBe(shared)
    expect(new Set([shared, own, another]).size).toBe(3)
    expect(own?.destroyed).toBe(true)
  })

  test('speaks HTTP/1.1 on either, as the client does', async () => {
    const versions: string[] = []
    const server = createSecureServer({ ...localhost, allowHTTP1: true }, ({ httpVersion }, response) => {
      versions.push(httpVersion)
      response.end('{}')
    })
    const port = await listen(server)
    onTestFinished(() => void server.close())
    await inAuthorize({ origin: `https://localhost:${port}` }, async ({ send }) => {
      await send({ method: 'GET', path: '/shared' })
      await send({ method: 'GET', path: '/own', newConnection: true })
      return true
    })
    expect(versions).toEqual(['1.1', '1.1', '1.1'])
  })

  test('has a timeout of its own', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/main') json(response, 200, {})
    })
    const error = await inAuthorize(server, ({ send }) =>
      rejection(send({ method: 'GET', path: '/never?secret', timeout: 20 })),
    )
    expect(error).toMatchObject({ code: 'TIMEOUT', url: `${server.origin}/never` })
    const bad = await inAuthorize(server, ({ send }) => rejection(send({ method: 'GET', path: '/never', timeout: 0 })))
    expect(bad).toMatchObject({ code: 'INVALID_OPTION' })
  })

  test('can be given up', async () => {
    const controller = new AbortController()
    const server = await startServer(({ url }, response) => {
      if (url === '/main') json(response, 200, {})
      else controller.abort('enough')
    })
    const { signal } = controller
    expect(await inAuthorize(server, ({ send }) => rejection(send({ method: 'GET', path: '/never', signal })))).toBe(
      'enough',
    )
    expect(await inAuthorize(server, ({ send }) => rejection(send({ method: 'GET', path: '/late', signal })))).toBe(
      'enough',
    )
    expect(server.seen.map(({ url }) => url)).not.toContain('/late')
  })

  test.each<Partial<SendRequest>>([{ path: 'https://elsewhere.example/' }, { path: 'x' }, { path: '' }])(
    'refuses %j, which is no path',
    async (wrong) => {
      const server = await startServer((_request, response) => json(response, 200, {}))
      const error = await inAuthorize(server, ({ send }) => rejection(send({ method: 'GET', path: '/', ...wrong })))
      expect(error).toMatchObject({ code: 'INVALID_URL' })
      expect(server.seen.map(({ url }) => url)).toEqual(['/main'])
    },
  )
})
