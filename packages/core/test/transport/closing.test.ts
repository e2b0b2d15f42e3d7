import { describe, expect, test } from 'vitest'
import type { CloseContext, Credentials } from '../../src/index.ts'
import { HttpClient } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { Renewing } from '../support/credentials.ts'
import { rejection } from '../support/rejection.ts'
import { json, startServer } from '../support/server.ts'
import { localhost } from '../support/tls.ts'

/** Ends a session at the server, and counts how often. */
function withSession(): Credentials & { readonly contexts: CloseContext[] } {
  const contexts: CloseContext[] = []
  return {
    scheme: 'test',
    contexts,
    async close(context) {
      contexts.push(context)
      await context.send({ method: 'DELETE', path: '/session' })
    },
  }
}

describe('close', () => {
  test('waits for running calls, then ends what the credentials hold, then the connections', async () => {
    const arrived = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const server = await startServer(async ({ url, socket }, response) => {
      if (url === '/slow') {
        socket.on('close', () => order.push('connection'))
        arrived.resolve()
        await answer.promise
      } else order.push(url)
      json(response, 200, {})
    })
    const order: string[] = []
    const credentials = withSession()
    const client = httpClient(server, { credentials, connections: 1 })
    const slow = client.get('/slow').then(() => order.push('answer'))
    await arrived.promise
    const gone = Promise.withResolvers<void>()
    server.seen[0]?.socket.on('close', () => gone.resolve())
    const closing = client.close().then(() => order.push('closed'))
    await expect(client.get('/late')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    expect(order).toEqual([])
    answer.resolve()
    await Promise.all([slow, closing, gone.promise])
    expect(order.slice(0, 2)).toEqual(['answer', '/session'])
    expect(order.slice(2).sort()).toEqual(['closed', 'connection'])
    expect(credentials.contexts).toMatchObject([{ origin: server.origin, api: 'http' }])
  })

  test('may be called again: it is the same close', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const credentials = withSession()
    const client = httpClient(server, { credentials })
    await client.get('/')
    await Promise.all([client.close(), client.close()])
    await client.close()
    expect(credentials.contexts).toHaveLength(1)
    expect(server.seen.map(({ url }) => url)).toEqual(['/', '/session'])
  })

  test('of a client that did nothing', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    await httpClient(server).close()
    expect(server.seen).toHaveLength(0)
  })

  test('after it, every call is refused and nothing is sent', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const client = httpClient(server)
    await client.close()
    await expect(client.get('/x', { query: { a: 'canary' } })).rejects.toMatchObject({
      code: 'CLIENT_CLOSED',
      sent: false,
      message: expect.not.stringContaining('canary'),
    })
    await expect(client.fetch(`${server.origin}/x`)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    const handles = handleClient(server)
    await handles.close()
    await expect(handles.resolve('a/b')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    await expect(handles.delete('a/b')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    expect(server.seen).toHaveLength(0)
  })

  test('waits for a call that is repeated or renewed', async () => {
    const credentials = new Renewing()
    const challenged = Promise.withResolvers<void>()
    const server = await startServer(({ headers }, response) => {
      if (server.seen.length === 1) json(response, 503, {}, { 'retry-after': '0' })
      else if (headers.authorization === 'Bearer token-1') json(response, 200, {})
      else {
        challenged.resolve()
        json(response, 401, {})
      }
    })
    const client = httpClient(server, { credentials })
    const call = client.get('/')
    await challenged.promise
    await client.close()
    expect(await call).toMatchObject({ status: 200 })
  })

  test('waits for calls that fail, too', async () => {
    const controller = new AbortController()
    const arrived = Promise.withResolvers<void>()
    const server = await startServer(() => arrived.resolve())
    const client = httpClient(server)
    const call = rejection(client.get('/', { signal: controller.signal }))
    await arrived.promise
    const closing = client.close()
    controller.abort('enough')
    expect(await call).toBe('enough')
    await closing
  })

  test.each([
    ['at once', (): never => throwing()],
    ['later', (): Promise<void> => Promise.resolve().then(throwing)],
  ])('is not stopped by credentials that fail to end what they hold (%s)', async (_name, close) => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const client = httpClient(server, { credentials: { scheme: 'test', close } })
    const gone = Promise.withResolvers<void>()
    await client.get('/')
    server.seen[0]?.socket.on('close', () => gone.resolve())
    await client.close()
    await gone.promise
  })
})

function throwing(): never {
  throw new Error('the session is gone already')
}

test('`await using` closes', async () => {
  const server = await startServer((_request, response) => json(response, 200, {}))
  const credentials = withSession()
  {
    await using client = new HttpClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, credentials })
    await client.get('/')
    await using handles = handleClient(server, { credentials })
    expect(handles.origin).toBe(server.origin)
    expect(credentials.contexts).toHaveLength(0)
  }
  expect(credentials.contexts.map(({ api }) => api)).toEqual(['handle', 'http'])
})
