import { expect, test } from 'vitest'
import { httpClient } from '../support/client.ts'
import { token } from '../support/credentials.ts'
import { json, startPlainServer, startServer, type TestServer } from '../support/server.ts'

// `url` and `redirected` of an answer: where it comes from in the end.

async function addressAsOf(call: Promise<Response>): Promise<{ url: string; redirected: boolean }> {
  const response = await call
  await response.text()
  const { url, redirected } = response
  return { url, redirected }
}

/** A server that sends on as the path says: '/moved' to '/there'. */
async function redirecting(): Promise<TestServer> {
  const other = await startPlainServer((_request, response) => json(response, 200, {}))
  const targets: Readonly<Record<string, string>> = {
    '/moved': '/there?x=1&y=%20#part',
    '/twice': '/moved',
    '/elsewhere': `${other.origin}/there?x=1`,
  }
  const server: TestServer = await startPlainServer(({ url }, response) => {
    const before = server.seen.filter((one) => one.url === '/itself').length
    const location = url === '/itself' && before % 2 === 1 ? '/itself' : targets[url]
    if (location === undefined) json(response, url === '/missing' ? 404 : 200, {})
    else response.writeHead(302, { location }).end()
  })
  return server
}

test.each<[string, RequestInit]>([
  ['/there', {}],
  ['/there?q=a%20b&r=ä#part', {}],
  ['/missing', {}],
  ['/moved', {}],
  ['/moved', { redirect: 'manual' }],
  ['/twice', {}],
  ['/itself', {}],
  ['/elsewhere', {}],
])('%s %o: as with any fetch', async (path, init) => {
  const server = await redirecting()
  const theirs = await addressAsOf(fetch(server.origin + path, init))
  expect(await addressAsOf(httpClient(server).fetch(server.origin + path, init))).toEqual(theirs)
})

test('what was sent again was not redirected', async () => {
  const server = await startServer((_request, response) => {
    json(response, server.seen.length === 1 ? 503 : 200, {}, { 'retry-after': '0' })
  })
  const { url, redirected } = await httpClient(server).fetch(`${server.origin}/x`)
  expect({ url, redirected }).toEqual({ url: `${server.origin}/x`, redirected: false })
})

test('a user and a password in a Location are not in it', async () => {
  const other = await startServer((_request, response) => json(response, 200, {}))
  const server = await startServer((_request, response) => {
    response.writeHead(302, { location: `${other.origin.replace('//', '//me:canary-1@')}/x` }).end()
  })
  const { url } = await httpClient(server, { credentials: token('canary-2') }).fetch(server.origin)
  expect(url).toBe(`${other.origin}/x`)
})

test('a clone tells the same, and so does its clone', async () => {
  const server = await redirecting()
  const response = await httpClient(server).fetch(`${server.origin}/twice`)
  const clone = response.clone()
  for (const one of [clone.clone(), clone, response]) {
    expect(one).toBeInstanceOf(Response)
    expect(one).toMatchObject({ status: 200, url: `${server.origin}/there?x=1&y=%20`, redirected: true })
    expect(await one.json()).toEqual({})
  }
})
