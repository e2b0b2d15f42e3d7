import { describe, expect, onTestFinished, test } from 'vitest'
import { handleClient, httpClient } from '../support/client.ts'
import { token } from '../support/credentials.ts'
import { onHead, startTcpServer, startTlsServer } from '../support/raw-server.ts'
import { rejection } from '../support/rejection.ts'
import { json, startPlainServer, startServer } from '../support/server.ts'
import { anonymous, authority, elsewhere, localhost } from '../support/tls.ts'

const once = { retries: 0 }

describe('a server that the client has no reason to trust', () => {
  test('gets nothing, and the error says what to do', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    for (const client of [httpClient(server, { trust: {} }), httpClient(server, { trust: { ca: authority } })]) {
      const error = await rejection(client.post('/', { secret: 'x' }))
      expect(error).toMatchObject({ code: 'SERVER_NOT_TRUSTED', sent: false, method: 'POST' })
      expect(String(error)).toContain('trust: { ca }')
      expect(String(error)).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
    }
    await expect(handleClient(server, { trust: {} }).resolve('a/b')).rejects.toMatchObject({
      code: 'SERVER_NOT_TRUSTED',
    })
    expect(server.seen).toHaveLength(0)
  })

  test('is not asked twice', async () => {
    let attempts = 0
    const server = await startServer((_request, response) => json(response, 200, {}))
    const client = httpClient(server, {
      trust: {},
      credentials: { scheme: 'test', authorize: () => void (attempts += 1) },
    })
    await rejection(client.get('/'))
    expect(attempts).toBe(1)
  })

  test('is trusted by its own certificate, in text, in bytes, or among others', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    for (const ca of [localhost.cert, new TextEncoder().encode(localhost.cert), [authority, localhost.cert]]) {
      await httpClient(server, { trust: { ca } }).get('/')
    }
    expect(server.seen).toHaveLength(3)
  })

  test('is trusted by its own certificate, whatever name that bears', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}), anonymous)
    for (const ca of [anonymous.cert, `${authority}\n${anonymous.cert}`]) {
      await httpClient(server, { trust: { ca } }).get('/')
    }
    expect(server.seen).toHaveLength(2)
    // Of another server with such a certificate it says nothing.
    await expect(httpClient(server, { trust: { ca: localhost.cert } }).get('/')).rejects.toMatchObject({
      code: 'SERVER_NOT_TRUSTED',
    })
    const trusted = await startServer((_request, response) => json(response, 200, {}), elsewhere)
    await expect(httpClient(trusted, { trust: { ca: [anonymous.cert, authority] } }).get('/')).rejects.toMatchObject({
      code: 'SERVER_NOT_TRUSTED',
    })
  })

  test('with a certificate for another name gets nothing, and the error tells the names', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}), elsewhere)
    const error = await rejection(httpClient(server, { trust: { ca: authority } }).get('/'))
    expect(error).toMatchObject({ code: 'SERVER_NOT_TRUSTED', sent: false })
    expect(String(error)).toMatch(/localhost.*elsewhere\.example/)
    expect(String(error)).toContain('another name')
    expect(server.seen).toHaveLength(0)
  })

  test('gets everything from a client that does not care, with a warning', async () => {
    const warned = Promise.withResolvers<Error>()
    const listen = (one: Error & { code?: string }): void => {
      if (one.code === 'HANDLEKIT_UNTRUSTED_SERVER') warned.resolve(one)
    }
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const server = await startServer((_request, response) => json(response, 200, {}), elsewhere)
    const client = httpClient(server, { trust: undefined, allowUntrustedServer: true, credentials: token('canary') })
    await client.get('/')
    expect(server.seen[0]?.headers.authorization).toBe('Bearer canary')
    const warning = await warned.promise
    expect(warning).toMatchObject({ name: 'SecurityWarning' })
    expect(warning.message).toContain(server.origin)
  })
})

describe('no TLS', () => {
  test('a server that speaks http on the port: TLS_FAILED', async () => {
    const server = await startPlainServer((_request, response) => json(response, 200, {}))
    const error = await rejection(httpClient({ origin: `https://localhost:${server.port}` }).post('/', 1))
    expect(error).toMatchObject({ code: 'TLS_FAILED', sent: false, message: expect.stringContaining('https port') })
    expect(server.seen).toHaveLength(0)
  })

  test('a server that hangs up at once: not sent', async () => {
    const server = await startTcpServer((socket) => socket.destroy())
    const error = await rejection(httpClient(server, once).post('/', 1))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', sent: false })
    expect(server.connections).toBeGreaterThan(0)
  })

  test('http on this machine is what was asked for', async () => {
    const server = await startPlainServer((_request, response) => json(response, 200, { plain: true }))
    expect(await httpClient(server).get('/')).toMatchObject({ body: { plain: true } })
  })
})

describe('no server', () => {
  test.each(['localhost', '127.0.0.1', '[::1]'])('at %s: CONNECT_FAILED, with the reason', async (host) => {
    const server = await startServer(() => {})
    await server.stop()
    const error = await rejection(httpClient({ origin: `https://${host}:${server.port}` }, once).post('/', 1))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', sent: false, cause: expect.any(Error) })
    expect(String(error)).toMatch(/POST https:\/\/.*: no connection to the server \(.*(ECONNREFUSED|EADDRNOTAVAIL).*\)/)
  })
})

describe('half an answer: CONNECTION_LOST', () => {
  test.each([
    ['nothing', ''],
    ['half a status line', 'HTTP/1.1 2'],
    ['half the headers', 'HTTP/1.1 200 OK\r\ncontent-type: applica'],
    ['no body', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n'],
    ['a body that is too short', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}'],
    ['a chunk that has no end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('%s', async (_name, text) => {
    const server = await startTlsServer((socket) => onHead(socket, () => socket.end(text)))
    const error = await rejection(httpClient(server, once).get('/'))
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', sent: true, method: 'GET', url: `${server.origin}/` })
    expect(server.connections).toBe(1)
  })
})

test('a body that is longer than it says is cut there, and the rest is no answer to the next request', async () => {
  const server = await startTlsServer((socket) => {
    onHead(socket, (head) => {
      if (head.startsWith('GET /long'))
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n')
      else socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    })
  })
  const client = httpClient(server, { connections: 1 })
  expect(await client.get('/long')).toMatchObject({ status: 200, body: '{}' })
  expect(await client.get('/next')).toMatchObject({ status: 204 })
  expect(server.connections).toBe(2)
})

test.each([
  ['a header that HTTP does not allow', { headers: { 'x-bad': 'canary\r\nx-evil: 1' } }],
  ['a header name that HTTP does not allow', { headers: { 'x bad': '1' } }],
])('%s is refused before anything is sent, and not shown', async (_name, options) => {
  const server = await startServer((_request, response) => json(response, 200, {}))
  const error = await rejection(httpClient(server).get('/', options))
  expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'INVALID_OPTION' })
  expect(String(error)).not.toContain('canary')
  expect(server.seen).toHaveLength(0)
})

test('a method that HTTP does not allow is refused, too', async () => {
  const server = await startServer((_request, response) => json(response, 200, {}))
  await expect(httpClient(server).request('GET /', '/')).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  expect(server.seen).toHaveLength(0)
})
