import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { handleClient, httpClient } from '../support/client.ts'
import { startTcpServer } from '../support/raw-server.ts'
import { rejection } from '../support/rejection.ts'
import { json, startServer } from '../support/server.ts'

/** No error, so that nobody can have wrapped it. */
const reason = { why: 'the user went away' }

describe("an abort ends the call with the signal's own reason", () => {
  test('before anything is sent', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const signal = AbortSignal.abort(reason)
    expect(await rejection(httpClient(server).get('/', { signal }))).toBe(reason)
    expect(await rejection(handleClient(server).resolve('a/b', { signal }))).toBe(reason)
    expect(server.seen).toHaveLength(0)
  })

  test('while the connection is made', async () => {
    const controller = new AbortController()
    const server = await startTcpServer(() => controller.abort(reason))
    expect(await rejection(httpClient(server).get('/', { signal: controller.signal }))).toBe(reason)
  })

  test('before the answer', async () => {
    const controller = new AbortController()
    const closed = Promise.withResolvers<void>()
    const server = await startServer(({ socket }) => {
      socket.on('close', () => closed.resolve())
      controller.abort(reason)
    })
    expect(await rejection(httpClient(server).get('/', { signal: controller.signal }))).toBe(reason)
    // The server learns of it.
    await closed.promise
  })

  test('in the middle of the answer', async () => {
    const controller = new AbortController()
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 })
      response.write('12345', () => controller.abort(reason))
    })
    expect(await rejection(httpClient(server).get('/', { signal: controller.signal }))).toBe(reason)
  })

  test('while it waits for the next attempt', async () => {
    const controller = new AbortController()
    const server = await startServer((_request, response) => {
      response.on('close', () => controller.abort(reason))
      json(response, 503, {}, { 'retry-after': '20' })
    })
    expect(await rejection(httpClient(server).get('/', { signal: controller.signal }))).toBe(reason)
    expect(server.seen).toHaveLength(1)
  })

  test('while it waits for a free connection, and then it is never sent', async () => {
    const arrived = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const server = await startServer(async ({ url }, response) => {
      if (url === '/first') {
        arrived.resolve()
        await answer.promise
      }
      json(response, 200, {})
    })
    const client = httpClient(server, { connections: 1 })
    const controller = new AbortController()
    const first = client.get('/first')
    await arrived.promise
    const waiting = rejection(client.put('/aborted', {}, { signal: controller.signal }))
    const last = client.get('/last')
    controller.abort(reason)
    expect(await waiting).toBe(reason)
    answer.resolve()
    await Promise.all([first, last])
    expect(server.seen.map(({ url }) => url)).toEqual(['/first', '/last'])
  })

  test('while authorize or tls runs', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const hooks = ['authorize', 'tls'] as const
    for (const hook of hooks) {
      const controller = new AbortController()
      const running = (): Promise<never> => {
        controller.abort(reason)
        return new Promise(() => {})
      }
      const client = httpClient(server, { credentials: { scheme: 'test', [hook]: running } })
      expect(await rejection(client.get('/', { signal: controller.signal })), hook).toBe(reason)
    }
    expect(server.seen).toHaveLength(0)
  })

  test('and AbortSignal.timeout is told from the timeout of the call', async () => {
    const server = await startServer(() => {})
    const error = await rejection(httpClient(server).get('/', { signal: AbortSignal.timeout(20) }))
    expect(error).toBeInstanceOf(DOMException)
    expect(error).toMatchObject({ name: 'TimeoutError' })
  })

  test('one of many leaves the others alone', async () => {
    const controller = new AbortController()
    const server = await startServer(({ url }, response) => {
      if (url === '/aborted') controller.abort(reason)
      else json(response, 200, {})
    })
    const client = httpClient(server)
    const others = ['/1', '/2'].map((path) => client.get(path))
    expect(await rejection(client.get('/aborted', { signal: controller.signal }))).toBe(reason)
    await Promise.all(others)
    await client.get('/3')
  })
})

test('a signal may be used for a thousand calls: no listener stays', async () => {
  const server = await startServer(({ url }, response) => {
    if (url === '/lost') response.destroy()
    else json(response, url === '/404' ? 404 : 200, {})
  })
  const warnings: Error[] = []
  const listen = (warning: Error): number => warnings.push(warning)
  process.on('warning', listen)
  const { signal } = new AbortController()
  const client = httpClient(server, { retries: 0 })
  for (let batch = 0; batch < 20; batch += 1) {
    await Promise.all(Array.from({ length: 48 }, () => client.get('/', { signal })))
    await rejection(client.get('/404', { signal }))
    await rejection(client.get('/lost', { signal }))
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(warnings).toEqual([])
})
