import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { HttpError, type HttpResponse, type ResponseHeaders } from '../src/index.ts'
import { httpClient } from './support/client.ts'
import { rejection } from './support/rejection.ts'
import { json, type Respond, startServer } from './support/server.ts'

const ok: Respond = (_request, response) => json(response, 200, {})

/** Answers with what it was sent. */
const mirror: Respond = ({ body }, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}

describe('JSON', () => {
  test.each(['post', 'put', 'patch'] as const)('%s sends it and reads it', async (method) => {
    const server = await startServer(mirror)
    const { status, headers, body } = await httpClient(server)[method]('/x', { a: ['ä', null, 1.5] })
    expect({ status, body }).toEqual({ status: 200, body: { a: ['ä', null, 1.5] } })
    expect(headers.get('Content-Type')).toBe('application/json')
    expect(server.seen).toMatchObject([
      {
        method: method.toUpperCase(),
        url: '/x',
        headers: { accept: 'application/json', 'content-type': 'application/json; charset=utf-8' },
      },
    ])
  })

  test('whatever it is, comes back', async () => {
    const server = await startServer(mirror)
    const client = httpClient(server)
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const { body } = await client.post('/', value)
        expect(body).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 50 },
    )
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'application/problem+json', 'APPLICATION/JSON'])(
    'is parsed as %s',
    async (type) => {
      const server = await startServer((_request, response) =>
        response.writeHead(200, { 'content-type': type }).end('[1]'),
      )
      expect(await httpClient(server).get('/')).toMatchObject({ body: [1] })
    },
  )

  test('that is none is text', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('<html>')
    })
    expect(await httpClient(server).get('/')).toMatchObject({ body: '<html>' })
  })

  test('or a body, not both', async () => {
    const server = await startServer(ok)
    await expect(httpClient(server).post('/', 1, { body: 'x' })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect(server.seen).toHaveLength(0)
  })
})

describe('other bodies', () => {
  test('text and bytes are sent as they are', async () => {
    const server = await startServer(ok)
    const client = httpClient(server)
    await client.request('post', '/', { body: 'a=ä', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
    await client.request('PUT', '/', { body: new TextEncoder().encode('bytes') })
    expect(server.seen).toMatchObject([
      { method: 'POST', body: 'a=ä', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      { method: 'PUT', body: 'bytes', headers: { 'content-length': '5' } },
    ])
  })

  test.each(['text/plain', 'text/html', 'application/jsonp', undefined])('%s is read as text', async (type) => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end('{"ä":1}')
    })
    expect(await httpClient(server).get('/')).toMatchObject({ body: '{"ä":1}' })
  })

  test.each([200, 201, 202, 204])('%i without one: undefined', async (status) => {
    const server = await startServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end()
    })
    expect(await httpClient(server).delete('/')).toMatchObject({ status, body: undefined })
  })
})

describe('query', () => {
  test.each<[Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>, string]>([
    [{}, ''],
    [{ a: undefined }, ''],
    [{ a: 1, b: true, c: 'x' }, '?a=1&b=true&c=x'],
    [{ a: ['1', '2'], b: [] }, '?a=1&a=2'],
    [{ 'a b': '&=+ä/?#' }, '?a+b=%26%3D%2B%C3%A4%2F%3F%23'],
    [{ a: '' }, '?a='],
  ])('%j', async (query, url) => {
    const server = await startServer(ok)
    await httpClient(server).get('/x', { query })
    expect(server.seen[0]?.url).toBe(`/x${url}`)
  })

  test('whatever it is, arrives', async () => {
    const server = await startServer(({ url }, response) => {
      json(response, 200, [...new URL(url, 'https://a.example').searchParams])
    })
    const client = httpClient(server)
    const text = fc.string({ unit: 'binary' }).map((one) => one.toWellFormed())
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, text), async (query) => {
        expect(await client.get('/', { query })).toMatchObject({ body: Object.entries(query) })
      }),
      { numRuns: 50 },
    )
  })
})

describe('path', () => {
  test.each([
    '',
    'x',
    'https://elsewhere.example/',
    '//elsewhere.example/',
    '/..',
    '/a/../b',
    '/a/..',
    '/./a',
    '/%2e%2E/a',
  ])('%j is refused', async (path) => {
    const server = await startServer(ok)
    await expect(httpClient(server).get(path)).rejects.toMatchObject({ code: 'INVALID_URL' })
    expect(server.seen).toHaveLength(0)
  })

  test.each(['/a?b', '/a#b', '/a b', '/a\r\nx: y', '/a\\..\\b', '/\t', '/a\0', '/ä'])(
    '%j has to be encoded',
    async (path) => {
      const server = await startServer(ok)
      await expect(httpClient(server).get(path)).rejects.toMatchObject({ code: 'INVALID_URL' })
      await httpClient(server).get(`/${encodeURIComponent(path.slice(1))}`)
      expect(server.seen.map(({ url }) => decodeURIComponent(url))).toEqual([path])
    },
  )

  test.each(['/', '/a', '/a/', '/a//b', '/...', '/a..b', '/.well-known/x', "/~!$&'()*+,;=:@-._"])(
    '%j is sent as it is',
    async (path) => {
      const server = await startServer(ok)
      await httpClient(server).get(path)
      expect(server.seen[0]?.url).toBe(path)
    },
  )

  test.each([
    ['', '/x'],
    ['/', '/x'],
    ['/v2', '/v2/x'],
    ['/v2/', '/v2/x'],
    ['/a/b//', '/a/b/x'],
  ])('follows a baseUrl that ends with %j', async (base, url) => {
    const server = await startServer(ok)
    await httpClient(server, { baseUrl: server.origin + base }).get('/x', { query: { q: 1 } })
    expect(server.seen[0]?.url).toBe(`${url}?q=1`)
  })
})

test('headers of an answer: joined, or each by itself, whatever their case', async () => {
  const links = ['</2>; rel="next"', '</9>; rel="last"']
  const server = await startServer((_request, response) => response.writeHead(204, { link: links }).end())
  const { headers } = await httpClient(server).get('/')
  expect(headers.get('Link')).toBe(links.join(', '))
  expect(headers.getAll('Link')).toEqual(links)
  expect(headers.getAll('Set-Cookie')).toEqual([])
  expectTypeOf<HttpResponse['headers']>().toEqualTypeOf<ResponseHeaders>()
})

test('headers: of the client, of the request, whatever their case', async () => {
  const server = await startServer(ok)
  const client = httpClient(server, { headers: { 'X-One': 'client', 'X-Two': 'client', Accept: 'text/csv' } })
  await client.post('/', {}, { headers: { 'x-two': 'request', 'CONTENT-TYPE': 'application/vnd.api+json' } })
  await client.get('/', { headers: { 'User-Agent': 'mine' } })
  expect(server.seen).toMatchObject([
    {
      headers: {
        'x-one': 'client',
        'x-two': 'request',
        accept: 'text/csv',
        'content-type': 'application/vnd.api+json',
        'user-agent': 'handlekit',
      },
    },
    { headers: { 'x-one': 'client', 'x-two': 'client', 'user-agent': 'mine' } },
  ])
  expect(server.seen[1]?.headers['content-type']).toBeUndefined()
})

describe('a status that is no success', () => {
  test.each([400, 404, 409, 422, 500])('%i is an HttpError', async (status) => {
    const server = await startServer((_request, response) => json(response, status, { message: 'because', id: 7 }))
    const error = await rejection(httpClient(server).put('/x', {}, { query: { secret: 'canary' } }))
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({
      code: `HTTP_${status}`,
      status,
      method: 'PUT',
      url: `${server.origin}/x`,
      body: { message: 'because', id: 7 },
      message: `PUT ${server.origin}/x: ${status} (because).`,
      retryAfter: undefined,
    })
    expect(JSON.stringify(error)).not.toContain('because')
  })

  test.each([
    [{ error: 'invalid_grant', error_description: 'expired' }, ' (expired)'],
    [{ title: 'Not found', status: 404 }, ' (Not found)'],
    [{ detail: 'No such thing', title: 'Not found' }, ' (No such thing)'],
    [{ error: 'nope' }, ' (nope)'],
    [{ error: { code: 1 }, message: '' }, ''],
    [{ message: 'x'.repeat(300) }, ` (${'x'.repeat(200)})`],
    [['message'], ''],
    ['text', ''],
    [null, ''],
  ])('%j says%s', async (body, said) => {
    const server = await startServer((_request, response) => json(response, 400, body))
    await expect(httpClient(server).get('/')).rejects.toThrow(`GET ${server.origin}/: 400${said}.`)
  })

  test('has a body of text, or none', async () => {
    const server = await startServer(({ url }, response) => response.writeHead(500).end(url === '/text' ? 'oops' : ''))
    const client = httpClient(server)
    await expect(client.get('/text')).rejects.toMatchObject({ body: 'oops' })
    await expect(client.get('/none')).rejects.toMatchObject({ body: undefined, code: 'HTTP_500' })
  })
})

test('a HEAD has no body, and that is no loss', async () => {
  const server = await startServer((_request, response) => json(response, 200, { a: 1 }, { 'x-total': '7' }))
  const { body, headers } = await httpClient(server).request('HEAD', '/')
  expect(body).toBeUndefined()
  expect(headers.get('x-total')).toBe('7')
})

test('connections are kept, and no more than wanted', async () => {
  const server = await startServer(ok)
  const client = httpClient(server, { connections: 3 })
  await Promise.all(Array.from({ length: 30 }, () => client.get('/')))
  await client.get('/')
  expect(new Set(server.seen.map(({ socket }) => socket)).size).toBe(3)
})
