import { describe, expect, test } from 'vitest'
import type { AuthorizeContext, ChallengeContext, Credentials } from '../../src/index.ts'
import { AuthError } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { Renewing, token } from '../support/credentials.ts'
import { rejection } from '../support/rejection.ts'
import { json, type Respond, startServer } from '../support/server.ts'

/** Accepts one token and refuses every other. */
function accepting(good: string): Respond {
  return ({ headers }, response) => {
    if (headers.authorization === `Bearer ${good}`) json(response, 200, { responseCode: 1, handle: 'a/b' })
    else json(response, 401, { message: 'who are you?' }, { 'www-authenticate': 'Bearer realm="x"' })
  }
}

describe('after a 401', () => {
  test('the request is sent once more, when the strategy says so', async () => {
    const server = await startServer(accepting('token-1'))
    const credentials = new Renewing()
    const { status } = await httpClient(server, { credentials }).get('/')
    expect(status).toBe(200)
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-0', 'Bearer token-1'])
  })

  test('the same at HandleClient', async () => {
    const server = await startServer(accepting('token-1'))
    await handleClient(server, { credentials: new Renewing() }).resolve('a/b')
    expect(server.seen).toHaveLength(2)
  })

  test('not twice', async () => {
    const server = await startServer(accepting('token-2'))
    const credentials = new Renewing()
    await expect(httpClient(server, { credentials }).get('/')).rejects.toMatchObject({ code: 'AUTH_REJECTED' })
    expect(server.seen).toHaveLength(2)
    expect(credentials.challenges).toBe(1)
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('a %s is sent again with the same body', async (method) => {
    const server = await startServer(accepting('token-1'))
    await httpClient(server, { credentials: new Renewing() }).request(method, '/x', { json: { a: 'ä' } })
    expect(server.seen.map((one) => [one.method, one.body])).toEqual([
      [method, '{"a":"ä"}'],
      [method, '{"a":"ä"}'],
    ])
    expect(server.seen.map((one) => one.headers['content-length'])).toEqual(['10', '10'])
  })

  test.each([
    ['no onChallenge', {}],
    ['an onChallenge that says no', { onChallenge: () => false }],
    ['an onChallenge that says no later', { onChallenge: () => Promise.resolve(false) }],
  ])('%s: AuthError', async (_name, hooks) => {
    const server = await startServer(accepting('nothing'))
    const credentials: Credentials = { ...token('wrong'), ...hooks }
    const error = await rejection(httpClient(server, { credentials }).get('/path', { query: { q: 'canary' } }))
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({ code: 'AUTH_REJECTED', identity: 'tester', scheme: 'test', status: 401 })
    expect(String(error)).toContain(`GET ${server.origin}/path: `)
    expect(String(error)).toContain('as tester (test)')
    expect(String(error)).not.toContain('canary')
    expect(server.seen).toHaveLength(1)
  })

  test('an onChallenge that has no authorize is asked, too', async () => {
    let asked = 0
    const server = await startServer((_request, response) => json(response, asked === 0 ? 401 : 200, {}))
    const credentials: Credentials = { scheme: 'test', onChallenge: () => (asked += 1) > 0 }
    await httpClient(server, { credentials }).get('/')
    expect(server.seen).toHaveLength(2)
  })

  test('without credentials: AUTH_REQUIRED, and what the server offers', async () => {
    const server = await startServer((_request, response) => {
      json(response, 401, {}, { 'www-authenticate': ['Basic realm="handle"', 'Handle sessionId="x"'] })
    })
    const error = await rejection(httpClient(server).get('/'))
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED', status: 401, identity: undefined, scheme: undefined })
    expect(String(error)).toContain('Basic, Handle')
  })

  test("the server's reason is told, without what was said in confidence", async () => {
    const server = await startServer((_request, response) => {
      const challenge = 'Bearer error="invalid_token", error_description="No canary-4711 here"'
      json(response, 401, {}, { 'www-authenticate': ['Basic realm="x"', challenge] })
    })
    const error = await rejection(httpClient(server, { credentials: token('canary-4711') }).get('/'))
    expect(String(error)).toContain('invalid_token: No <redacted> here')
    expect(String(error)).not.toContain('canary')
  })
})

test('a 403 asks nobody', async () => {
  const server = await startServer((_request, response) => {
    json(response, 403, {}, { 'www-authenticate': 'Bearer realm="x"' })
  })
  const credentials = new Renewing()
  await expect(httpClient(server, { credentials }).get('/')).rejects.toMatchObject({ code: 'HTTP_403' })
  expect(credentials.challenges).toBe(0)
  expect(server.seen).toHaveLength(1)
})

test.each([
  ['two headers', ['Basic realm="handle"', 'Handle sessionId="s1", nonce="AA=="']],
  ['one header', 'Basic realm="handle", Handle sessionId="s1", nonce="AA=="'],
])('onChallenge learns what the server said, in %s', async (_name, header) => {
  const server = await startServer(({ headers }, response) => {
    if (headers.authorization) json(response, 200, {})
    else json(response, 401, {}, { 'www-authenticate': header, 'x-other': 'yes' })
  })
  const contexts: ChallengeContext[] = []
  const credentials: Credentials = {
    scheme: 'test',
    authorize: ({ headers, attempt }) => {
      if (attempt === 2) headers.set('authorization', 'Handle s1')
    },
    onChallenge: (context) => contexts.push(context) === 1,
  }
  await httpClient(server, { credentials }).put('/a/b', 1, { query: { c: 'd' } })
  expect(contexts).toHaveLength(1)
  const [context] = contexts
  expect(context).toMatchObject({ method: 'PUT', status: 401, origin: server.origin, api: 'http' })
  expect(context?.url.href).toBe(`${server.origin}/a/b?c=d`)
  expect(context?.headers.get('X-Other')).toBe('yes')
  expect(context?.headers.getAll('WWW-Authenticate')).toEqual([header].flat())
  expect(context?.headers.get('www-authenticate')).toBe('Basic realm="handle", Handle sessionId="s1", nonce="AA=="')
  expect(context?.headers.getAll('x-none')).toEqual([])
  expect(context?.challenges).toEqual([
    { scheme: 'Basic', parameters: { realm: 'handle' } },
    { scheme: 'Handle', parameters: { sessionId: 's1', nonce: 'AA==' } },
  ])
})

describe('authorize', () => {
  test('learns about the request, and can change nothing but the headers', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const contexts: AuthorizeContext[] = []
    const credentials: Credentials = {
      scheme: 'test',
      authorize(context) {
        contexts.push(context)
        context.url.pathname = '/elsewhere'
        context.url.host = 'elsewhere.example'
        context.headers.set('X-Mine', 'yes')
        context.headers.delete('Accept')
        expect(context.headers.get('x-mine')).toBe('yes')
        expect(context.headers.get('ACCEPT')).toBeUndefined()
      },
    }
    const { signal } = new AbortController()
    const client = httpClient(server, { credentials })
    await client.get('/a', { query: { b: 'c' }, signal })
    await client.delete('/d')
    expect(server.seen).toMatchObject([
      { url: '/a?b=c', headers: { 'x-mine': 'yes' } },
      { url: '/d', headers: { 'x-mine': 'yes' } },
    ])
    expect(server.seen[0]?.headers.accept).toBeUndefined()
    expect(contexts[0]).toMatchObject({ method: 'GET', attempt: 1, signal, origin: server.origin, api: 'http' })
    expect(contexts[0]?.url.href).toBe(`${server.origin}/a?b=c`)
    expect(contexts[1]).toMatchObject({ method: 'DELETE', attempt: 1, signal: undefined })
  })

  test('of a HandleClient learns that it talks to a Handle server', async () => {
    const server = await startServer((_request, response) => json(response, 200, { responseCode: 1, handle: 'a/b' }))
    const apis: string[] = []
    const credentials: Credentials = { scheme: 'test', authorize: ({ api }) => void apis.push(api) }
    await handleClient(server, { credentials }).resolve('a/b')
    expect(apis).toEqual(['handle'])
  })

  test('learns the path that the API is below', async () => {
    const server = await startServer((_request, response) => json(response, 200, { responseCode: 1, handle: 'a/b' }))
    const paths: string[] = []
    const credentials: Credentials = { scheme: 'test', authorize: ({ basePath }) => void paths.push(basePath) }
    await httpClient({ origin: `${server.origin}/v2/` }, { credentials }).get('/')
    await httpClient(server, { credentials }).get('/')
    await handleClient({ origin: `${server.origin}/pid` }, { credentials }).resolve('a/b')
    expect(paths).toEqual(['/v2', '', '/pid'])
  })

  test('may say what helps to understand a missing answer, and only that', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/lost') response.destroy()
      else json(response, url === '/404' ? 404 : 200, {})
    })
    const credentials: Credentials = {
      scheme: 'test',
      authorize({ hint }) {
        hint('Is it raining?')
        hint('Is it Monday?')
      },
    }
    const client = httpClient(server, { credentials, retries: 0 })
    const lost = await rejection(client.put('/lost', 1))
    expect(lost).toMatchObject({ code: 'CONNECTION_LOST', sent: true, method: 'PUT', cause: expect.any(Error) })
    expect(String(lost)).toMatch(/before the answer did .* Is it raining\? Is it Monday\?$/)
    await expect(client.get('/404')).rejects.not.toThrow(/raining/)
    const { signal } = new AbortController()
    expect(await client.get('/', { signal })).toMatchObject({ status: 200 })
  })

  test('may take its time', async () => {
    const server = await startServer(accepting('late'))
    const credentials: Credentials = {
      scheme: 'test',
      async authorize({ headers }) {
        await new Promise((resolve) => setImmediate(resolve))
        headers.set('authorization', 'Bearer late')
      },
    }
    await httpClient(server, { credentials }).get('/')
    expect(server.seen).toHaveLength(1)
  })

  test.each([
    ['at once', (): void => throwing()],
    ['later', (): Promise<void> => Promise.resolve().then(throwing)],
  ])('that throws %s ends the call with its own error, and nothing is sent', async (_name, authorize) => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const client = httpClient(server, { credentials: { scheme: 'test', authorize } })
    expect(await rejection(client.get('/'))).toBe(mine)
    expect(server.seen).toHaveLength(0)
  })

  test.each([
    ['x\r\nx-evil', 'v'],
    ['x y', 'v'],
    ['', 'v'],
    ['x', 'canary\r\nx-evil: 1'],
    ['x', 'canary\0'],
    ['x', 'canary €'],
  ])('cannot set %j: %j, and is told so without the value', async (name, value) => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const client = httpClient(server, {
      credentials: { scheme: 'test', authorize: ({ headers }) => headers.set(name, value) },
    })
    const error = await rejection(client.get('/'))
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringContaining('header') })
    expect(String(error)).not.toContain('canary')
    expect(server.seen).toHaveLength(0)
  })
})

const mine = new Error('mine')

function throwing(): never {
  throw mine
}
