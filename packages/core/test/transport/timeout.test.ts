import { describe, expect, test } from 'vitest'
import { type HttpClient, TransportError } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { Renewing } from '../support/credentials.ts'
import { onHead, startTcpServer, startTlsServer } from '../support/raw-server.ts'
import { rejection } from '../support/rejection.ts'
import { json, startServer } from '../support/server.ts'

const timeout = 60

/** The error of a call that has to time out. */
async function timedOut(call: Promise<unknown>, milliseconds = timeout): Promise<TransportError> {
  const error = await rejection(call)
  expect(error).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining(`within ${milliseconds} ms`) })
  if (!TransportError.isInstance(error)) throw error
  return error
}

describe('a call ends with TIMEOUT at a server that', () => {
  test('never answers', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/connects') json(response, 200, {})
    })
    const client = httpClient(server)
    await client.get('/connects')
    const error = await timedOut(client.get('/path', { query: { secret: 'canary' }, timeout }))
    expect(error).toMatchObject({ method: 'GET', url: `${server.origin}/path`, sent: true })
    expect(String(error)).not.toContain('canary')
  })

  test('never answers a HandleClient', async () => {
    const server = await startServer(() => {})
    await timedOut(handleClient(server, { timeout }).resolve('a/b'))
  })

  test('sends headers and then nothing', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    })
    await timedOut(httpClient(server, { timeout }).get('/'))
  })

  test('sends half of the body', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).write('{')
    })
    await timedOut(httpClient(server, { timeout }).get('/'))
  })

  test('never completes the TLS handshake', async () => {
    const server = await startTcpServer(() => {})
    await timedOut(httpClient(server, { timeout }).get('/'))
  })

  test('sends half of a status line', async () => {
    const server = await startTlsServer((socket) => onHead(socket, () => socket.write('HTTP/1.')))
    await timedOut(httpClient(server, { timeout }).get('/'))
  })
})

describe('the timeout covers', () => {
  test('all repetitions together', async () => {
    const server = await startServer((_request, response) => response.destroy())
    const error = await rejection(httpClient(server, { timeout, retries: 1_000 }).get('/'))
    // Whichever comes first: the next wait would be too long, or the time is over.
    expect(error).toMatchObject({ code: expect.stringMatching(/^(CONNECTION_LOST|TIMEOUT)$/) })
    expect(server.seen.length).toBeLessThan(5)
  })

  test('redirects', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/connects') json(response, 200, {})
      if (url === '/') response.writeHead(307, { location: '/never' }).end()
    })
    const client = httpClient(server)
    await client.get('/connects')
    await timedOut(client.get('/', { timeout: 500 }), 500)
    expect(server.seen.map(({ url }) => url)).toEqual(['/connects', '/', '/never'])
  })

  test('the wait for a handshake', async () => {
    const server = await startServer((_request, response) => json(response, 401, {}))
    const credentials = new (class extends Renewing {
      override onChallenge(): Promise<boolean> {
        return new Promise(() => {})
      }
    })()
    await timedOut(httpClient(server, { timeout, credentials }).get('/'))
  })

  test('authorize and tls', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const never = (): Promise<never> => new Promise(() => {})
    await timedOut(httpClient(server, { timeout, credentials: { scheme: 'test', authorize: never } }).get('/'))
    await timedOut(httpClient(server, { timeout, credentials: { scheme: 'test', tls: never } }).get('/'))
    expect(server.seen).toHaveLength(0)
  })

  test('the wait for a free connection', async () => {
    const server = await startServer(() => {})
    const client = httpClient(server, { timeout, connections: 1 })
    await Promise.all([timedOut(client.get('/1')), timedOut(client.get('/2'))])
  })
})

describe('what the server has certainly not seen is told as not sent', () => {
  const notSent = { code: 'TIMEOUT', sent: false, message: expect.stringContaining('The server has not seen it.') }
  const mayBeSeen = { code: 'TIMEOUT', sent: true, message: expect.stringContaining('may have seen') }
  const never = (): Promise<never> => new Promise(() => {})

  test('before the TLS handshake was done', async () => {
    const server = await startTcpServer(() => {})
    const client = httpClient(server, { timeout })
    const error = await timedOut(client.post('/path', 1, { query: { secret: 'canary' } }))
    expect(error).toMatchObject({ ...notSent, method: 'POST', url: `${server.origin}/path` })
    expect(String(error)).not.toContain('canary')
    expect(await timedOut(client.fetch(server.origin))).toMatchObject(notSent)
  })

  test('while the strategy was at work', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    for (const hook of [{ authorize: never }, { tls: never }]) {
      const client = httpClient(server, { timeout, credentials: { scheme: 'test', ...hook } })
      expect(await timedOut(client.get('/'))).toMatchObject(notSent)
    }
    expect(server.seen).toHaveLength(0)
  })

  test.each([
    ['post', (client: HttpClient) => client.post('/waits', 1)],
    ['fetch', (client: HttpClient, origin: string) => client.fetch(`${origin}/waits`, { method: 'POST', body: '1' })],
  ])('while it waited for a free connection (%s); nor is it sent afterwards', async (_name, call) => {
    const arrived = Promise.withResolvers<void>()
    const server = await startServer(({ url }, response) => {
      if (url === '/takes') arrived.resolve()
      else json(response, 200, {})
    })
    const controller = new AbortController()
    const client = httpClient(server, { timeout, connections: 1 })
    const taken = rejection(client.get('/takes', { timeout: 20_000, signal: controller.signal }))
    await arrived.promise
    expect(await timedOut(call(client, server.origin))).toMatchObject(notSent)
    controller.abort()
    await taken
    await client.get('/next', { timeout: 20_000 })
    expect(server.seen.map(({ url }) => url)).toEqual(['/takes', '/next'])
  })

  test('a write of HandleClient, which is then not told as unknown', async () => {
    const arrived = Promise.withResolvers<void>()
    const server = await startServer(() => arrived.resolve())
    const controller = new AbortController()
    const client = handleClient(server, { connections: 1 })
    const taken = rejection(client.resolve('a/b', { signal: controller.signal }))
    await arrived.promise
    const error = await timedOut(client.delete('a/b', { timeout }))
    expect(error).toMatchObject({ ...notSent, method: 'DELETE' })
    controller.abort()
    await taken
  })

  test('but not when it was sent before, and was to be repeated', async () => {
    const server = await startServer((_request, response) => json(response, 503, {}, { 'retry-after': '0' }))
    let asked = 0
    const authorize = (): Promise<void> => ((asked += 1) > 1 ? never() : Promise.resolve())
    const client = httpClient(server, { timeout: 500, credentials: { scheme: 'test', authorize } })
    expect(await rejection(client.put('/', 1))).toMatchObject(mayBeSeen)
    expect(server.seen).toHaveLength(1)
  })
})

test('the message tells the timeout of the whole call, not what its last request had left of it', async () => {
  const server = await startServer(({ method }, response) => {
    if (method === 'GET') json(response, 200, { responseCode: 1, handle: 'a/b', values: [] })
  })
  await expect(handleClient(server).addValues('a/b', { URL: 'x' }, { timeout: 500 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    method: 'PUT',
    message: expect.stringContaining('within 500 ms'),
  })
  expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'PUT'])
})

test('one call may have another timeout than its client', async () => {
  const server = await startServer(() => {})
  await timedOut(httpClient(server, { timeout: 20_000 }).get('/', { timeout }))
  await timedOut(handleClient(server, { timeout: 20_000 }).resolve('a/b', { timeout }))
})

test('after a timeout the client goes on', async () => {
  const server = await startServer(({ url }, response) => {
    if (url === '/works') json(response, 200, {})
  })
  const client = httpClient(server, { timeout, connections: 1 })
  await timedOut(client.get('/'))
  await client.get('/works', { timeout: 20_000 })
})
