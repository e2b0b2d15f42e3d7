import { basicAuth } from '@handlekit/auth-basic'
import { HandleClient } from '@handlekit/core'
import { expect, it } from 'vitest'
import { handleClient, httpClient } from '../../../core/test/support/client.ts'
import { code, rejection, rejections } from '../../../core/test/support/rejection.ts'
import { json, startPlainServer, startServer, type TestServer } from '../../../core/test/support/server.ts'
import { requestsTo, serverWith, text } from './support/defects.ts'

// The defects of B2HANDLE and PYHANDLE that lie in following redirects.

const handle = '21.T/http'
const credentials = basicAuth({ username: '300:foo/bar', password: 'mypassword123' })
const statuses = [301, 302, 303, 307, 308]

/** A server that knows the handle, and takes every write. */
const elsewhere = (): Promise<TestServer> => serverWith(handle, [text(1, 'URL', 'https://example.org')])

function redirecting(start: typeof startServer, status: number, to: TestServer): Promise<TestServer> {
  return start(({ url }, response) => response.writeHead(status, { location: to.origin + url }).end())
}

it.each(statuses)(
  'Q3: a write that is sent from http to https (%i) is an error, and nothing is written',
  async (status) => {
    const secure = await elsewhere()
    const plain = await redirecting(startPlainServer, status, secure)
    // http is for this machine only.
    const client = handleClient(plain, { credentials, trust: undefined })
    const calls = [
      client.create(handle, { URL: 'x' }),
      client.create(handle, { URL: 'x' }, { ifExists: 'replace' }),
      client.delete(handle),
    ]
    for (const error of await rejections(calls)) {
      expect(error).toMatchObject({
        name: 'TransportError',
        code: 'REDIRECT_REFUSED',
        sent: true,
        url: `${plain.origin}/api/handles/21.T%2Fhttp`,
        message: expect.stringContaining(`${secure.origin}/api/handles/21.T%2Fhttp`),
      })
    }
    expect(secure.seen).toEqual([])
  },
)

it('Q3: credentials never travel over http: a client for another machine is refused before it sends any', () => {
  const server = 'http://my.handle.server'
  expect(() => new HandleClient({ server, credentials })).toThrow(code('INSECURE_URL'))
  expect(() => new HandleClient({ server, search: { credentials } })).toThrow(code('INSECURE_URL'))
  expect(() => httpClient({ origin: server }, { credentials })).toThrow(code('INSECURE_URL'))
})

it('Q3: a write that the same server wants at another address arrives there, as the write that it is', async () => {
  const server = await startServer(({ url }, response) =>
    url.startsWith('/api/')
      ? response.writeHead(307, { location: `/moved${url}` }).end()
      : json(response, 201, { responseCode: 1, handle }),
  )
  const client = handleClient(server, { credentials })
  expect(await client.create(handle, { URL: 'x' })).toMatchObject({ outcome: 'created' })
  expect(requestsTo(server)).toEqual([
    'PUT /api/handles/21.T%2Fhttp?overwrite=false',
    'PUT /moved/api/handles/21.T%2Fhttp?overwrite=false',
  ])
  expect(server.seen[1]?.body).toBe(server.seen[0]?.body)
})

it.each(statuses)('Q35: neither PUT nor DELETE follows to another server (%i)', async (status) => {
  const other = await elsewhere()
  const server = await redirecting(startServer, status, other)
  const [named, nobody] = [handleClient(server, { credentials }), handleClient(server)]
  for (const client of [named, nobody]) {
    expect(await rejection(client.create(handle, { URL: 'x' }))).toEqual(code('REDIRECT_REFUSED'))
    expect(await rejection(client.delete(handle))).toEqual(code('REDIRECT_REFUSED'))
  }
  expect(server.seen.map(({ method }) => method)).toEqual(['PUT', 'DELETE', 'PUT', 'DELETE'])
  expect(other.seen).toEqual([])
})

it.each(statuses)('Q35: a GET follows to another server as nobody, or not at all (%i)', async (status) => {
  const other = await elsewhere()
  const server = await redirecting(startServer, status, other)
  expect((await handleClient(server).resolve(handle)).text('URL')).toBe('https://example.org')
  // What the other server shows to nobody is not what this one would show to this user.
  expect(await rejection(handleClient(server, { credentials }).resolve(handle))).toEqual(code('REDIRECT_REFUSED'))
  expect(other.seen).toHaveLength(1)
  // Any other API has no such doubts.
  const user = basicAuth({ username: 'user', password: 'mypassword123' })
  await httpClient(server, { credentials: user }).get('/api/handles/21.T%2Fhttp')
  expect(server.seen.map(({ headers }) => headers.authorization !== undefined)).toEqual([false, true, true])
  expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
})
