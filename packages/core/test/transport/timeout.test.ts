import { describe, expect, test } from 'vitest'
import { TransportError } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { Renewing } from '../support/credentials.ts'
import { onHead, startTcpServer, startTlsServer } from '../support/raw-server.ts'
import { rejection } from '../support/rejection.ts'
import { json, startServer } from '../support/server.ts'

const timeout = 60

/** Runs a call that has to time out, and says how long it took. */
async function timedOut(call: Promise<unknown>): Promise<{ error: unknown; took: number }> {
  const start = performance.now()
  const error = await rejection(call)
  const took = performance.now() - start
  expect(error).toBeInstanceOf(TransportError)
  expect(error).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining(`within ${timeout} ms`) })
  expect(took).toBeGreaterThan(timeout - 2)
  expect(took).toBeLessThan(5_000)
  return { error, took }
}

describe('a call ends with TIMEOUT at a server that', () => {
  test('never answers', async () => {
    const server = await startServer(() => {})
    const { error } = await timedOut(httpClient(server, { timeout }).get('/path', { query: { secret: 'canary' } }))
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
      if (url === '/') response.writeHead(307, { location: '/never' }).end()
    })
    await timedOut(httpClient(server, { timeout }).get('/'))
    expect(server.seen).toHaveLength(2)
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
