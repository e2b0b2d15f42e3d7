import { describe, expect, expectTypeOf, test } from 'vitest'
import type { Credentials, HttpClient } from '../../src/index.ts'
import { httpClient } from '../support/client.ts'
import { Renewing, token } from '../support/credentials.ts'
import { startTcpServer } from '../support/raw-server.ts'
import { rejection } from '../support/rejection.ts'
import { json, type Respond, startServer, type TestServer } from '../support/server.ts'
import { person } from '../support/tls.ts'

const ok: Respond = (_request, response) => json(response, 200, { ok: true })

test('is a fetch, and may be taken off its client', async () => {
  expectTypeOf<HttpClient['fetch']>().toExtend<typeof fetch>()
  const server = await startServer(ok)
  const { fetch: mine } = httpClient(server, { credentials: token('t') })
  const response = await mine(`${server.origin}/a?b=c`, { headers: { 'X-Mine': 'yes' } })
  expect(response).toBeInstanceOf(Response)
  expect(response).toMatchObject({ status: 200, ok: true, statusText: 'OK' })
  expect(response.headers.get('Content-Type')).toBe('application/json')
  expect(await response.json()).toEqual({ ok: true })
  expect(server.seen).toMatchObject([
    {
      method: 'GET',
      url: '/a?b=c',
      headers: { authorization: 'Bearer t', 'x-mine': 'yes', 'user-agent': 'handlekit' },
    },
  ])
})

test.each([
  ['a text', (url: string) => [url]],
  ['a URL', (url: string) => [new URL(url)]],
  ['a Request', (url: string) => [new Request(url)]],
] satisfies [string, (url: string) => [string | URL | Request]][])('takes %s', async (_name, make) => {
  const server = await startServer(ok)
  const [input] = make(`${server.origin}/x`)
  expect((await httpClient(server).fetch(input ?? '')).status).toBe(200)
})

test('a Request as openapi-fetch makes it, with a body, and a second argument', async () => {
  const server = await startServer(ok)
  const request = new Request(`${server.origin}/x`, {
    method: 'POST',
    body: JSON.stringify({ a: 1 }),
    headers: { 'content-type': 'application/json' },
  })
  await httpClient(server).fetch(request, { headers: { 'content-type': 'application/json', 'x-more': '1' } })
  expect(server.seen).toMatchObject([
    { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json', 'x-more': '1' } },
  ])
})

describe('gives', () => {
  test.each([204, 304, 400, 401, 403, 404, 500])('%i as it is', async (status) => {
    const server = await startServer((_request, response) => {
      response.writeHead(status, { 'www-authenticate': 'Basic realm="x"', etag: '"1"' })
      response.end(status === 204 || status === 304 ? undefined : 'body')
    })
    const response = await httpClient(server, { credentials: token('t') }).fetch(server.origin)
    expect(response.status).toBe(status)
    expect(response.headers.get('etag')).toBe('"1"')
    expect(await response.text()).toBe(status === 204 || status === 304 ? '' : 'body')
  })

  test('each cookie by itself, and bytes as they are', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end(bytes)
    })
    const response = await httpClient(server).fetch(server.origin)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
  })

  test('the body while it comes', async () => {
    const second = Promise.withResolvers<void>()
    const server = await startServer(async (_request, response) => {
      response.writeHead(200).write('first')
      await second.promise
      response.end('second')
    })
    const { body } = await httpClient(server).fetch(server.origin)
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
    expect(await reader?.read()).toEqual({ done: false, value: 'first' })
    second.resolve()
    expect(await reader?.read()).toEqual({ done: false, value: 'second' })
    expect(await reader?.read()).toMatchObject({ done: true })
  })
})

describe('has the rules of the client:', () => {
  test('an address of another origin is refused, and nothing is sent', async () => {
    const server = await startServer(ok)
    const other = await startServer(ok)
    const client = httpClient(server, { credentials: token('canary') })
    for (const url of [other.origin, server.origin.replace('https:', 'http:'), 'https://example.org/', 'data:,x']) {
      const error = await rejection(client.fetch(`${url}?canary`))
      expect(error).toMatchObject({ code: 'WRONG_ORIGIN', name: 'InvalidArgumentError' })
      expect(String(error)).not.toContain('canary')
    }
    expect([...server.seen, ...other.seen]).toEqual([])
  })

  test.each([
    ['a text', 'body ä'],
    ['bytes', new TextEncoder().encode('body ä')],
    ['a form', new URLSearchParams({ body: 'ä' })],
    ['a blob', new Blob(['body ä'])],
  ])('a 401 is answered once, and %s is sent again', async (_name, body) => {
    const credentials = new Renewing()
    const server = await startServer(({ headers }, response) => {
      json(response, headers.authorization === 'Bearer token-1' ? 200 : 401, {})
    })
    const response = await httpClient(server, { credentials }).fetch(server.origin, { method: 'POST', body })
    expect(response.status).toBe(200)
    expect(server.seen.map((one) => one.headers.authorization)).toEqual(['Bearer token-0', 'Bearer token-1'])
    expect(server.seen[0]?.body).not.toBe('')
    expect(server.seen[1]?.body).toBe(server.seen[0]?.body)
  })

  test('so is one to a Request with a body', async () => {
    const credentials = new Renewing()
    const server = await startServer(({ headers }, response) => {
      json(response, headers.authorization === 'Bearer token-1' ? 200 : 401, {})
    })
    const request = new Request(server.origin, { method: 'PUT', body: '{"a":1}' })
    expect((await httpClient(server, { credentials }).fetch(request)).status).toBe(200)
    expect(server.seen.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}'])
  })

  test('a stream is sent as it comes, and never again', async () => {
    const credentials = new Renewing()
    const server = await startServer((_request, response) => json(response, 401, {}, { 'retry-after': '0' }))
    const response = await httpClient(server, { credentials }).fetch(server.origin, {
      method: 'PUT',
      body: ReadableStream.from([new TextEncoder().encode('one '), new TextEncoder().encode('two')]),
      duplex: 'half',
    })
    expect(response.status).toBe(401)
    expect(server.seen.map(({ body }) => body)).toEqual(['one two'])
    expect(credentials.challenges).toBe(0)
  })

  test('nor when the server redirects it', async () => {
    const server = await startServer((_request, response) => response.writeHead(307, { location: '/there' }).end())
    const call = httpClient(server).fetch(server.origin, {
      method: 'PUT',
      body: ReadableStream.from([new TextEncoder().encode('one')]),
      duplex: 'half',
    })
    await expect(call).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
    expect(server.seen).toHaveLength(1)
  })

  test('reads are repeated, writes are not', async () => {
    const server = await startServer(({ method }, response) => {
      if (method === 'GET' && server.seen.length === 3) ok(server.seen[0] ?? never(), response)
      else response.destroy()
    })
    const client = httpClient(server)
    expect((await client.fetch(server.origin)).status).toBe(200)
    expect(server.seen).toHaveLength(3)
    await expect(client.fetch(server.origin, { method: 'POST', body: 'x' })).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      sent: true,
    })
    expect(server.seen).toHaveLength(4)
  })

  test('the errors are those of the client, and say what was not sent', async () => {
    const server = await startServer(ok)
    await expect(httpClient(server, { trust: {} }).fetch(server.origin)).rejects.toMatchObject({
      code: 'SERVER_NOT_TRUSTED',
      sent: false,
    })
    await server.stop()
    const hangsUp = await startTcpServer((socket) => socket.destroy())
    for (const { origin } of [server, hangsUp]) {
      await expect(httpClient({ origin }).fetch(origin, { method: 'POST', body: 'x' })).rejects.toMatchObject({
        code: 'CONNECT_FAILED',
        sent: false,
      })
    }
  })

  test('the timeout', async () => {
    const server = await startServer(() => {})
    await expect(httpClient(server, { timeout: 50 }).fetch(server.origin)).rejects.toMatchObject({ code: 'TIMEOUT' })
    const silent = await startTcpServer(() => {})
    await expect(httpClient(silent, { timeout: 50 }).fetch(silent.origin)).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  test('100 at once cause one handshake', async () => {
    const credentials = new Renewing()
    const server = await startServer(({ headers }, response) => {
      json(response, headers.authorization === 'Bearer token-1' ? 200 : 401, {})
    })
    const client = httpClient(server, { credentials })
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.fetch(server.origin)))
    expect(answers.every((answer) => answer.ok)).toBe(true)
    await Promise.all(answers.map((answer) => answer.text()))
    expect(credentials.challenges).toBe(1)
  })
})

function never(): never {
  throw new Error('There was no request.')
}

describe('an abort ends it with the own reason of its signal', () => {
  const reason = { why: 'the user went away' }

  test('before', async () => {
    const server = await startServer(ok)
    const client = httpClient(server)
    expect(await rejection(client.fetch(server.origin, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    const request = new Request(server.origin, { signal: AbortSignal.abort(reason) })
    expect(await rejection(client.fetch(request))).toBe(reason)
    expect(server.seen).toHaveLength(0)
  })

  test('before the answer', async () => {
    const controller = new AbortController()
    const server = await startServer(() => controller.abort(reason))
    expect(await rejection(httpClient(server).fetch(server.origin, { signal: controller.signal }))).toBe(reason)
  })

  test('while the body is read', async () => {
    const controller = new AbortController()
    const gone = Promise.withResolvers<void>()
    const server = await startServer(({ socket }, response) => {
      socket.on('close', () => gone.resolve())
      response.writeHead(200, { 'content-length': 10 }).write('12345')
    })
    const response = await httpClient(server).fetch(server.origin, { signal: controller.signal })
    const reading = rejection(response.text())
    controller.abort(reason)
    expect(await reading).toBe(reason)
    await gone.promise
  })
})

describe('a redirect', () => {
  const known: Credentials = { ...token('canary'), tls: () => person }
  const moving: Respond = ({ url }, response) => {
    if (url === '/there') json(response, 200, { there: true })
    else response.writeHead(302, { location: '/there' }).end()
  }

  test('is followed, where it is to be', async () => {
    const server = await startServer(moving)
    const response = await httpClient(server, { credentials: known }).fetch(server.origin)
    expect(await response.json()).toEqual({ there: true })
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer canary', 'Bearer canary'])
  })

  test('is the answer with `manual`', async () => {
    const server = await startServer(moving)
    const response = await httpClient(server).fetch(server.origin, { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/there')
    expect(server.seen).toHaveLength(1)
  })

  test('is an error with `error`, and 304 is none', async () => {
    const server = await startServer(({ url }, response) => {
      response.writeHead(Number(url.slice(1)), { location: '/200' }).end()
    })
    const client = httpClient(server)
    await expect(client.fetch(`${server.origin}/302`, { redirect: 'error' })).rejects.toMatchObject({
      code: 'REDIRECT_REFUSED',
    })
    expect(await client.fetch(`${server.origin}/304`, { redirect: 'error' })).toMatchObject({ status: 304 })
    expect(server.seen).toHaveLength(2)
  })

  test('leads to another server as nobody', async () => {
    const other = await startServer(ok, { requestCert: true, rejectUnauthorized: false })
    const server: TestServer = await startServer((_request, response) => {
      response.writeHead(302, { location: other.origin }).end()
    })
    const client = httpClient(server, { credentials: known })
    const response = await client.fetch(server.origin, { headers: { cookie: 'canary', 'x-api-key': 'canary' } })
    expect(await response.json()).toEqual({ ok: true })
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer canary', 'x-api-key': 'canary' })
    expect(other.seen[0]?.certificate).toBeUndefined()
    expect(JSON.stringify(other.seen[0]?.headers)).not.toContain('canary')
    await expect(client.fetch(server.origin, { method: 'POST', body: 'x' })).rejects.toMatchObject({
      code: 'REDIRECT_REFUSED',
    })
    expect(other.seen).toHaveLength(1)
  })
})
