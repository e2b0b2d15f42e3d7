import { basicAuth } from '@handlekit/auth-basic'
import { HandleClient } from '@handlekit/core'
import { beforeAll, expect, it } from 'vitest'
import { handleClient } from '../../../core/test/support/client.ts'
import { prefix, TestServer } from '../../../core/test/support/handle-server.ts'
import { code } from '../../../core/test/support/rejection.ts'
import { json, startServer } from '../../../core/test/support/server.ts'
import { requestsTo, text } from './support/defects.ts'

// The defects of B2HANDLE and PYHANDLE that lie in searching.

const user = { username: 'search', password: 'mypassword123' }
const search = { credentials: basicAuth(user) }
const test = TestServer.ofFile({ search: user })
let client: HandleClient

beforeAll(async () => {
  client = test.anonymous({ search })
  // More than the servlet gives unasked, all before those that are looked for.
  for (let i = 0; i < 1100; i += 1) put(`21.T1/A-${i}`, text(1, 'URL', `https://many.example.org/${i}`))
  put('21.T12/Z', text(1, 'URL', 'https://many.example.org/z'), text(2, 'CHECKSUM', '99999'))
  put('ZZ/Z', text(1, 'URL', 'https://many.example.org/zz'))
  put('21.T123/ODD', text(1, 'URL', 'https://odd.example.org/?q=1&r=2#top + 50%'), text(2, 'NOTE', `'; -- "x"`))
})

function put(handle: string, ...values: readonly object[]): void {
  test.server.records.put(handle, values)
}

it('Q21: a client that was not told where to search says so, rather than give nothing', () => {
  expect(() => test.client().search({ URL: '*' })).toThrow(code('INVALID_OPTION'))
  expect(() => new HandleClient({ search })).toThrow(/search needs a server/)
})

it('Q21: a search without credentials, or with wrong ones, is an error', async () => {
  await expect(Array.fromAsync(test.anonymous({ search: {} }).search({ URL: '*' }))).rejects.toThrow(
    code('AUTH_REQUIRED'),
  )
  const wrong = test.anonymous({ search: { credentials: basicAuth({ ...user, password: 'wrong' }) } })
  await expect(Array.fromAsync(wrong.search({ URL: '*' }))).rejects.toThrow(code('AUTH_REJECTED'))
})

it('Q21: the servlet’s own reason is in the error', async () => {
  const server = await startServer((_request, response) =>
    response.writeHead(400, { 'content-type': 'text/plain' }).end('"RemoteSolrException: undefined field COLOUR"\n'),
  )
  await expect(Array.fromAsync(handleClient(server, { search }).search({ COLOUR: 'x' }))).rejects.toMatchObject({
    name: 'HandleResponseError',
    code: 'BAD_REQUEST',
    status: 400,
    message: expect.stringContaining('undefined field COLOUR'),
  })
})

it('Q21: a number may be searched for', async () => {
  expect(await Array.fromAsync(client.search({ CHECKSUM: 99_999 }))).toEqual(['21.T12/Z'])
})

it('Q21: whole records may be searched for below a prefix', async () => {
  const found = await Array.fromAsync(client.search({ CHECKSUM: '9*' }, { records: true, prefix: '21.T12' }))
  expect(found).toEqual([
    {
      handle: '21.T12/Z',
      values: expect.arrayContaining([{ type: 'CHECKSUM', value: '99999' }]),
    },
  ])
  expect(await Array.fromAsync(client.search({ CHECKSUM: '9*' }, { records: true, prefix: '21.T1' }))).toEqual([])
})

it('Q21: & # + % and quotes are part of what is searched for', async () => {
  for (const terms of [{ URL: 'https://odd.example.org/?q=1&r=2#top + 50%' }, { NOTE: `'; -- "x"` }]) {
    expect(await Array.fromAsync(client.search(terms))).toEqual(['21.T123/ODD'])
  }
  const server = await startServer((_request, response) => json(response, 200, []))
  await Array.fromAsync(handleClient(server, { search }).search({ 'A&B': 'a=1&limit=5#c+d %' }))
  expect(requestsTo(server)).toEqual(['GET /hrls/handles?A%26B=a%3D1%26limit%3D5%23c%2Bd%20%25&limit=10000&page=0'])
})

it('Q21: of several terms, every one counts', async () => {
  expect(await Array.fromAsync(client.search({ URL: '*many*', CHECKSUM: '99999' }))).toEqual(['21.T12/Z'])
  expect(await Array.fromAsync(client.search({ URL: '*odd*', CHECKSUM: '99999' }))).toEqual([])
})

it('Q21: a prefix is not lost behind the first thousand of another', async () => {
  const found = (at: string): Promise<string[]> =>
    Array.fromAsync(client.search({ URL: '*many*' }, { prefix: at, pageSize: 100 }))
  expect(await found('21.T12')).toEqual(['21.T12/Z'])
  // The servlet has a path for prefixes that begin with two digits, and for no others.
  expect(await found('ZZ')).toEqual(['ZZ/Z'])
  expect(await Array.fromAsync(client.search({ URL: '*' }, { prefix, limit: 1 }))).toEqual([`${prefix}/HALF`])
})

it('Q21: all matches are found, in pages of any size, or as many as are wanted', async () => {
  const searchMany = (options: object): Promise<string[]> => Array.fromAsync(client.search({ URL: '*many*' }, options))
  expect(new Set(await searchMany({}))).toHaveProperty('size', 1102)
  expect(new Set(await searchMany({ pageSize: 300 }))).toHaveProperty('size', 1102)
  expect(await searchMany({ limit: 7 })).toHaveLength(7)
  expect(await test.requestsOf(() => searchMany({ pageSize: 300, limit: 301 }))).toBe(2)
})
