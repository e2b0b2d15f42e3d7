import { describe, expect, test } from 'vitest'
import type { Credentials } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { startingAgain } from '../support/credentials.ts'
import { onHead, startTlsServer } from '../support/raw-server.ts'
import { rejection } from '../support/rejection.ts'
import { json, startServer } from '../support/server.ts'

const reading = ['GET', 'HEAD', 'OPTIONS']
const repeatable = ['PUT', 'DELETE']
const unrepeatable = ['POST', 'PATCH']

describe('a connection that ends before the answer', () => {
  test.each(reading)('%s is sent again', async (method) => {
    const server = await startServer((_request, response) => {
      if (server.seen.length < 3) response.destroy()
      else json(response, 200, {})
    })
    await httpClient(server).request(method, '/')
    expect(server.seen).toHaveLength(3)
  })

  test('or in the middle of it: the same', async () => {
    const server = await startServer((_request, response) => {
      if (server.seen.length === 3) return json(response, 200, { whole: true })
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"whole":', () => response.destroy())
    })
    expect(await httpClient(server).get('/')).toMatchObject({ body: { whole: true } })
    expect(server.seen).toHaveLength(3)
  })

  test.each([...repeatable, ...unrepeatable])('%s is not sent again: the server may have done it', async (method) => {
    const server = await startServer((_request, response) => response.destroy())
    await expect(httpClient(server).request(method, '/', { json: 1 })).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      sent: true,
      method,
      url: `${server.origin}/`,
    })
    expect(server.seen).toHaveLength(1)
  })

  test('after as many times as wanted, the error is told', async () => {
    const server = await startServer((_request, response) => response.destroy())
    await expect(httpClient(server).get('/')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(server.seen).toHaveLength(3)
    await expect(httpClient(server, { retries: 1 }).get('/')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(server.seen).toHaveLength(5)
    await expect(httpClient(server, { retries: 0 }).get('/')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(server.seen).toHaveLength(6)
  })
})

describe('a connection that is closed while it is idle', () => {
  test.each(['GET', 'POST'])('costs a %s nothing', async (method) => {
    const closed = Promise.withResolvers<void>()
    const server = await startServer(({ socket, url }, response) => {
      json(response, 200, {})
      if (url === '/first') response.on('finish', () => socket.end()).on('close', () => closed.resolve())
    })
    const client = httpClient(server, { connections: 1 })
    await client.get('/first')
    await closed.promise
    // The client reads of the end before it writes: it is in the queue of the event loop already.
    await new Promise((resolve) => setImmediate(resolve))
    await client.request(method, '/second', { json: 1 })
    expect(server.seen).toHaveLength(2)
  })
})

describe('a connection that was never made', () => {
  test.each([...reading, ...repeatable, ...unrepeatable])('%s is tried again', async (method) => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    await server.stop()
    let attempts = 0
    const credentials: Credentials = { scheme: 'test', authorize: () => void (attempts += 1) }
    await expect(httpClient(server, { credentials }).request(method, '/')).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
      sent: false,
      message: expect.stringContaining('ECONNREFUSED'),
    })
    expect(attempts).toBe(3)
  })

  test('and then is: the request succeeds', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    await server.stop()
    const credentials = startingAgain(server)
    await httpClient(server, { credentials }).post('/', { some: 'thing' })
    expect(server.seen.map(({ body }) => body)).toEqual(['{"some":"thing"}'])
  })
})

describe.each([429, 503])('%i', (status) => {
  test.each([...reading, ...repeatable])('%s is sent again', async (method) => {
    const server = await startServer((_request, response) => {
      json(response, server.seen.length < 3 ? status : 200, {}, { 'retry-after': '0' })
    })
    await httpClient(server).request(method, '/', method === 'PUT' ? { json: { a: 1 } } : {})
    expect(server.seen).toHaveLength(3)
    expect(new Set(server.seen.map(({ body }) => body)).size).toBe(1)
  })

  test('after as many times as wanted, it is the answer', async () => {
    const server = await startServer((_request, response) => json(response, status, {}, { 'retry-after': '0' }))
    await expect(httpClient(server).get('/')).rejects.toMatchObject({ code: `HTTP_${status}`, retryAfter: 0 })
    expect(server.seen).toHaveLength(3)
    await expect(httpClient(server, { retries: 0 }).get('/')).rejects.toMatchObject({ code: `HTTP_${status}` })
    expect(server.seen).toHaveLength(4)
  })

  test('without Retry-After: a short wait', async () => {
    const server = await startServer((_request, response) =>
      json(response, server.seen.length === 1 ? status : 200, {}),
    )
    await httpClient(server).get('/')
    const [first, second] = server.seen.map(({ at }) => at)
    expect(Number(second) - Number(first)).toBeGreaterThan(45)
  })

  test.each(['3600', '99999999999999999999', new Date(Date.now() + 3_600_000).toUTCString()])(
    'Retry-After: %s is longer than anyone waits: it is the answer at once',
    async (retryAfter) => {
      const server = await startServer((_request, response) => {
        json(response, status, { message: 'later' }, { 'retry-after': retryAfter })
      })
      const error = await rejection(httpClient(server).get('/'))
      expect(error).toMatchObject({ code: `HTTP_${status}`, message: expect.stringContaining('later') })
      expect(Number(Reflect.get(Object(error), 'retryAfter'))).toBeGreaterThan(3_500_000)
      expect(server.seen).toHaveLength(1)
    },
  )
})

test('Retry-After in seconds is waited for', async () => {
  const server = await startServer((_request, response) => {
    json(response, server.seen.length === 1 ? 503 : 200, {}, { 'retry-after': '1' })
  })
  await httpClient(server).get('/')
  const [first, second] = server.seen.map(({ at }) => at)
  expect(Number(second) - Number(first)).toBeGreaterThan(990)
})

test('Retry-After as a date is waited for', async () => {
  let until = 0
  const server = await startServer((_request, response) => {
    if (server.seen.length > 1) return json(response, Date.now() >= until ? 200 : 500, {})
    // A date has whole seconds.
    until = Math.ceil(Date.now() / 1000) * 1000 + 1000
    json(response, 429, {}, { 'retry-after': new Date(until).toUTCString() })
  })
  await httpClient(server).get('/')
  expect(server.seen).toHaveLength(2)
})

test.each(unrepeatable)('503: %s is not sent again', async (method) => {
  const server = await startServer((_request, response) => json(response, 503, {}, { 'retry-after': '0' }))
  await expect(httpClient(server).request(method, '/', { json: 1 })).rejects.toMatchObject({ code: 'HTTP_503' })
  expect(server.seen).toHaveLength(1)
})

test.each(unrepeatable)('429: %s was not done, and is sent again', async (method) => {
  const server = await startServer((_request, response) => {
    json(response, server.seen.length === 1 ? 429 : 200, {}, { 'retry-after': '0' })
  })
  await httpClient(server).request(method, '/', { json: 1 })
  expect(server.seen).toHaveLength(2)
})

test.each([400, 404, 408, 409, 500, 501, 502, 504])('%i is the answer', async (status) => {
  const server = await startServer((_request, response) => json(response, status, {}, { 'retry-after': '0' }))
  await expect(httpClient(server).get('/')).rejects.toMatchObject({ code: `HTTP_${status}` })
  expect(server.seen).toHaveLength(1)
})

test('HandleClient repeats alike', async () => {
  const server = await startServer((_request, response) => {
    if (server.seen.length === 1) response.destroy()
    else if (server.seen.length === 2) json(response, 503, {}, { 'retry-after': '0' })
    else json(response, 200, { responseCode: 1, handle: 'a/b', values: [] })
  })
  await handleClient(server).resolve('a/b')
  expect(server.seen).toHaveLength(3)
})

test('each attempt is authorized anew, and the 401 of each may be answered', async () => {
  let session = 0
  const server = await startServer(({ headers }, response) => {
    if (server.seen.length === 1) json(response, 503, {}, { 'retry-after': '0' })
    else json(response, headers.authorization === 'Handle 2' ? 200 : 401, {})
  })
  const credentials: Credentials = {
    scheme: 'test',
    authorize: ({ headers }) => headers.set('authorization', `Handle ${session}`),
    onChallenge: () => (session = 2) > 0,
  }
  await httpClient(server, { credentials }).get('/')
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Handle 0', 'Handle 0', 'Handle 2'])
})

test('an answer in pieces is one answer', async () => {
  const server = await startTlsServer((socket) => {
    onHead(socket, () => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n')
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n')
      socket.write('4\r\n{"a"\r\n')
      setImmediate(() => socket.write('6\r\n:"\u00e4"}\r\n0\r\n\r\n'))
    })
  })
  const { status, body, headers } = await httpClient(server).get('/')
  expect({ status, body }).toEqual({ status: 200, body: { a: 'ä' } })
  expect(headers.get('link')).toBeUndefined()
})
