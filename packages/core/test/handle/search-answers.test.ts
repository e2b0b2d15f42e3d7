import { basicAuth } from '@handlekit/auth-basic'
import { describe, expect, it } from 'vitest'
import type { SearchOptions, SearchTerms } from '../../src/index.ts'
import { handleClient } from '../support/client.ts'
import { rejection } from '../support/rejection.ts'
import { json, type Respond, type Seen, startServer, type TestServer } from '../support/server.ts'

// What a servlet may answer besides what the embedded one does.

const credentials = basicAuth({ username: 'search', password: 'canary-1234' })

async function searching(respond: Respond, records = false): Promise<{ call: Promise<unknown>; server: TestServer }> {
  const server = await startServer(respond)
  const client = handleClient(server, { search: { credentials }, retries: 0 })
  const found = records ? client.search({ URL: '*' }, { records: true }) : client.search({ URL: '*' }, { pageSize: 2 })
  return { call: Array.fromAsync<unknown>(found), server }
}

const text =
  (status: number, body: string): Respond =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body)

const said = (body: unknown): Respond => {
  return (_request, response) => json(response, 200, body)
}

describe('an error', () => {
  it.each<[number, string, string, string]>([
    [
      400,
      '"RemoteSolrException: undefined field COLOUR"\n',
      'BAD_REQUEST',
      'RemoteSolrException: undefined field COLOUR',
    ],
    [403, '', 'PERMISSION_DENIED', 'not allowed (403) as search (basic).'],
    [404, '<html>Tomcat', 'NOT_SUPPORTED', 'no search servlet at this address'],
    [405, '', 'NOT_SUPPORTED', 'no search servlet at this address'],
    [
      500,
      '"Table is locked (SQL error code 1)"\n',
      'SERVER_ERROR',
      'the search failed (500): Table is locked (SQL error',
    ],
    [500, '<!DOCTYPE html><title>Tomcat</title>', 'SERVER_ERROR', 'the search failed (500).'],
    [500, '"user search with canary-1234"', 'SERVER_ERROR', '<redacted>'],
    [503, '', 'SERVER_BUSY', 'try again later (503).'],
  ])('%i: %s', async (status, body, code, message) => {
    const { call } = await searching(text(status, body))
    const error = await rejection(call)
    expect(error).toMatchObject({ code, status })
    expect(String(error)).toContain(message)
    expect(String(error)).not.toMatch(/canary|Tomcat/)
  })

  it.each<[string, Respond, boolean, string]>([
    ['HTML', text(200, '<html>'), false, 'NOT_JSON'],
    ['nothing', text(200, ''), false, 'NOT_JSON'],
    ['an object for names', said({ handles: [] }), false, 'WRONG_SHAPE'],
    ['numbers', said([1, 2]), false, 'WRONG_SHAPE'],
    ['names for records', said(['21.T1/A']), true, 'WRONG_SHAPE'],
    ['records of another kind', said({ '21.T1/A': 'x' }), true, 'WRONG_SHAPE'],
  ])('%s', async (_what, respond, records, code) => {
    const { call } = await searching(respond, records)
    expect(await rejection(call)).toMatchObject({ name: 'HandleProtocolError', code, status: 200 })
  })
})

it('nothing found, in either form', async () => {
  expect(await (await searching(said([]), true)).call).toEqual([])
  expect(await (await searching(said({}), true)).call).toEqual([])
  expect(await (await searching(said([]))).call).toEqual([])
})

it('an empty column', async () => {
  const { call } = await searching(said({ '21.T1/A': [{ type: 'URL', value: null }] }), true)
  expect(await call).toEqual([{ handle: '21.T1/A', values: [{ type: 'URL', value: '' }] }])
})

const pageOf = ({ url }: Seen): number => Number(new URL(url, 'https://localhost').searchParams.get('page'))

describe('ends', () => {
  it('where the server knows no pages', async () => {
    const { call, server } = await searching(said(['21.T1/A', '21.T1/B']))
    expect(await call).toEqual(['21.T1/A', '21.T1/B'])
    // The last one is beyond everything that a database could hold.
    expect(server.seen.map(pageOf)).toEqual([0, 1, 1_073_741_823])
  })

  it('where the server knows no pages, and orders them anew', async () => {
    const { call } = await searching((request, response) => {
      json(response, 200, pageOf(request) === 0 ? ['21.T1/A', '21.T1/B'] : ['21.T1/B', '21.T1/A'])
    })
    expect(await call).toEqual(['21.T1/A', '21.T1/B'])
  })

  it('not at pages that are the same as others', async () => {
    const rows = [...Array.from({ length: 10 }, () => ['21.T1/A', '21.T1/B']).flat(), '21.T1/C']
    const { call, server } = await searching((request, response) => {
      json(response, 200, rows.slice(pageOf(request) * 2, pageOf(request) * 2 + 2))
    })
    expect(await call).toEqual(['21.T1/A', '21.T1/B', '21.T1/C'])
    expect(server.seen).toHaveLength(12)
  })

  it('not at a page that only repeats', async () => {
    const pages = [['21.T1/A', '21.T1/B'], ['21.T1/B', '21.T1/A'], ['21.T1/A', '21.T1/C'], ['21.T1/D']]
    const { call } = await searching((request, response) => json(response, 200, pages[pageOf(request)] ?? []))
    expect(await call).toEqual(['21.T1/A', '21.T1/B', '21.T1/C', '21.T1/D'])
  })
})

describe('asks', () => {
  it.each<[SearchTerms, SearchOptions & { records?: false }, string]>([
    [{ URL: 'foo' }, {}, '?URL=foo&limit=10000&page=0'],
    [{ CHECKSUM: 'foo', URL: undefined }, {}, '?CHECKSUM=foo&limit=10000&page=0'],
    [{ URL: 'bar', CHECKSUM: 'foo' }, {}, '?URL=bar&CHECKSUM=foo&limit=10000&page=0'],
    [{ CHECKSUM: 99_999 }, {}, '?CHECKSUM=99999&limit=10000&page=0'],
    [{ 'EUDAT/CHECKSUM': '*' }, {}, '?EUDAT%2FCHECKSUM=*&limit=10000&page=0'],
    [{ URL: ['a*', '*b'] }, {}, '?URL=a*&URL=*b&limit=10000&page=0'],
    [{ URL: 'a=1&b#c+d e%ü' }, {}, '?URL=a%3D1%26b%23c%2Bd%20e%25%C3%BC&limit=10000&page=0'],
    [{ 'K&K': 'x' }, {}, '?K%26K=x&limit=10000&page=0'],
    [{ URL: '*' }, { limit: 5 }, '?URL=*&limit=10000&page=0'],
    [{ URL: '*' }, { limit: 5, pageSize: 7 }, '?URL=*&limit=7&page=0'],
    [{ URL: '*' }, { limit: 5, prefix: '21.T1' }, '/21.T1?URL=*&limit=10000&page=0'],
    [{ URL: '*' }, { prefix: 'foo' }, '?URL=*&limit=10000&page=0'],
  ])('%j with %j', async (terms, options, query) => {
    const server = await startServer(said([]))
    const client = handleClient(server, { search: { credentials } })
    expect(await Array.fromAsync(client.search(terms, options))).toEqual([])
    expect(server.seen.map(({ url }) => url)).toEqual([`/hrls/handles${query}`])
  })

  it('whole records', async () => {
    const { call, server } = await searching(said({}), true)
    await call
    expect(server.seen.map(({ url }) => url)).toEqual(['/hrls/handles?URL=*&limit=1000&page=0&retrieverecords=true'])
  })

  it('at another path, behind the path of a server', async () => {
    const server = await startServer(said([]))
    const search = { server: `${server.origin}/tomcat/`, path: '/find', credentials }
    await Array.fromAsync(handleClient(server, { search }).search({ URL: 'x' }))
    await Array.fromAsync(handleClient(server, { search: { ...search, credentials: undefined } }).search({ URL: 'x' }))
    expect(new Set(server.seen.map(({ url }) => url))).toEqual(new Set(['/tomcat/find?URL=x&limit=10000&page=0']))
  })
})

it('asks what it should, and says who', async () => {
  const { call, server } = await searching(said([]))
  await call
  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /hrls/handles?URL=*&limit=2&page=0'])
  const authorization = `Basic ${Buffer.from('search:canary-1234').toString('base64')}`
  expect(server.seen[0]?.headers).toMatchObject({ authorization, accept: 'application/json' })
})
