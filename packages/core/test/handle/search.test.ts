import { X509Certificate } from 'node:crypto'
import { basicAuth } from '@handlekit/auth-basic'
import {
  AuthError,
  HandleClient,
  type HandleClientOptions,
  type SearchOptions,
  type SearchTerms,
} from '../../src/index.ts'
import { type HandleServer, type HandleServerOptions, startHandleServer } from '@handlekit/server'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { rejection } from '../support/rejection.ts'

// Against the embedded server's servlet, over TLS.

const searcher = { username: 'search', password: 'mypassword123' }
const search = { credentials: basicAuth(searcher) }

const url = (data: string): object => ({ index: 1, type: 'URL', data: { format: 'string', value: data } })
const other = (index: number, type: string, data: string, permissions = '1110'): object => ({
  index,
  type,
  data: { format: 'string', value: data },
  permissions,
})

const records: Readonly<Record<string, readonly object[]>> = {
  '21.T1/A': [url('https://a.example.org/1'), other(2, 'CHECKSUM', '99999'), other(3, 'KEYWORD', 'ice')],
  '21.T1/B': [url('https://b.example.org/?q=1&r=2#top'), other(2, 'KEYWORD', 'ice'), other(3, 'KEYWORD', 'iceberg')],
  '21.T1/C': [url('50% + 50% = Grüße aus 世界'), other(2, 'A&B=C #1', 'x')],
  '21.T1/D': [url(`'(quoted)'; "--"`), other(2, 'PRIVATE', 'hidden', '1100')],
  '21.T14/E': [url('https://a.example.org/e')],
  '11022/F': [url('https://f.example.org'), other(300, 'HS_SECKEY', 'canary', '1100')],
}

const servers: HandleServer[] = []
const clients: HandleClient[] = []

async function start(options: HandleServerOptions = {}): Promise<HandleServer> {
  const server = await startHandleServer({
    seed: { homedPrefixes: ['0.NA/21.T1'], records: [] },
    search: searcher,
    ...options,
  })
  servers.push(server)
  return server
}

function clientOf({ httpsUrl, certificate }: HandleServer, options: HandleClientOptions = {}): HandleClient {
  const client = new HandleClient({ server: httpsUrl, trust: { ca: certificate }, search, ...options })
  clients.push(client)
  return client
}

async function collect<T>(found: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of found) all.push(one)
  return all
}

let server: HandleServer

beforeAll(async () => {
  server = await start()
  for (const [handle, values] of Object.entries(records)) server.records.put(handle, values)
})

afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())))
afterAll(() => Promise.all(servers.map((one) => one.close())))

describe('finds', () => {
  it.each<[string, SearchTerms, SearchOptions & { records?: false }, readonly string[]]>([
    ['a value', { URL: 'https://a.example.org/1' }, {}, ['21.T1/A']],
    ['a wildcard', { URL: '*a.example.org*' }, {}, ['21.T1/A', '21.T14/E']],
    ['nothing', { URL: 'https://nowhere.example.org' }, {}, []],
    ['what is undefined is left out', { URL: undefined, CHECKSUM: '99999' }, {}, ['21.T1/A']],
    ['a number', { CHECKSUM: 99999 }, {}, ['21.T1/A']],
    ['special characters', { URL: 'https://b.example.org/?q=1&r=2#top' }, {}, ['21.T1/B']],
    ['others', { URL: '50% + 50% = Grüße aus 世界' }, {}, ['21.T1/C']],
    ['others with a wildcard', { URL: '50% + *ü*' }, {}, ['21.T1/C']],
    ['quotes', { URL: `'(quoted)'; "--"` }, {}, ['21.T1/D']],
    ['special characters in a type', { 'A&B=C #1': 'x' }, {}, ['21.T1/C']],
    ['several types', { URL: '*example*', KEYWORD: 'ice' }, {}, ['21.T1/A', '21.T1/B']],
    ['one type twice: the same value', { KEYWORD: ['ice*', '*berg'] }, {}, ['21.T1/B']],
    ['handles with two matches once', { KEYWORD: 'ice*' }, {}, ['21.T1/A', '21.T1/B']],
    ['private values', { PRIVATE: 'hidden' }, {}, ['21.T1/D']],
    ['a prefix, and none that only begins so', { URL: '*a.example.org*' }, { prefix: '21.T1' }, ['21.T1/A']],
    ['a prefix in another case of letters', { URL: '*a.example.org*' }, { prefix: '21.t14' }, ['21.T14/E']],
    ['a prefix of digits', { URL: '*' }, { prefix: '11022' }, ['11022/F']],
    ['a prefix that the servlet has no path for', { URL: '*' }, { prefix: '2.T' }, []],
    ['so many', { URL: '*' }, { limit: 2 }, ['11022/F', '21.T1/A']],
    ['so many of a prefix', { URL: '*' }, { limit: 2, prefix: '21.T1' }, ['21.T1/A', '21.T1/B']],
    ['so many, one after the other', { KEYWORD: 'ice*' }, { limit: 2, pageSize: 1 }, ['21.T1/A', '21.T1/B']],
    ['page by page', { URL: '*a.example.org*' }, { pageSize: 1 }, ['21.T1/A', '21.T14/E']],
  ])('%s', async (_what, terms, options, handles) => {
    expect(await collect(clientOf(server).search(terms, options))).toEqual(handles)
  })

  it('whole records, without secrets', async () => {
    const found = await collect(clientOf(server).search({ URL: '*f.example.org' }, { records: true }))
    expect(found).toEqual([{ handle: '11022/F', values: [{ type: 'URL', value: 'https://f.example.org' }] }])
  })

  it('whole records of a prefix, values once', async () => {
    const options = { records: true, prefix: '21.T1' } as const
    const found = await collect(clientOf(server).search({ KEYWORD: 'ice*' }, options))
    expect(found.map(({ handle, values }) => [handle, values.length])).toEqual([
      ['21.T1/A', 3],
      ['21.T1/B', 3],
    ])
    expect(await collect(clientOf(server).search({ URL: '*' }, { records: true, prefix: '21.T14' }))).toHaveLength(1)
  })

  it('whole records page by page, several matches in each', async () => {
    const found = clientOf(server).search({ KEYWORD: '*' }, { records: true, pageSize: 2 })
    expect((await collect(found)).map(({ handle }) => handle)).toEqual(['21.T1/A', '21.T1/B'])
  })

  it('only the types that the client may search for', async () => {
    const client = clientOf(server, { search: { ...search, fields: ['URL', 'CHECKSUM'] } })
    expect(await collect(client.search({ CHECKSUM: '99999' }))).toEqual(['21.T1/A'])
    expect(() => client.search({ KEYWORD: 'ice' })).toThrow(/KEYWORD.* URL, CHECKSUM/)
    expect(() => client.search({ url: 'ice' })).toThrow(/'url'/)
  })
})

describe('many results', () => {
  const total = 2500

  async function crowd(options: HandleServerOptions = {}): Promise<HandleServer> {
    const crowded = await start(options)
    for (let i = 0; i < total; i += 1) {
      crowded.records.put(`21.T1/N${i}`, [url('https://many.example.org'), other(2, 'TWO', 'a'), other(3, 'TWO', 'b')])
    }
    return crowded
  }

  it('all come, whatever the size of a page', async () => {
    const crowded = await crowd()
    const client = clientOf(crowded)
    for (const pageSize of [undefined, 1000, 625, 100_000]) {
      const names = await collect(client.search({ URL: '*many*' }, { pageSize }))
      expect(new Set(names).size).toBe(total)
      expect(names).toHaveLength(total)
    }
    expect(await collect(client.search({ URL: '*many*' }, { records: true }))).toHaveLength(total)
    expect(await collect(client.search({ TWO: '*' }, { records: true }))).toHaveLength(total)
    expect(await collect(client.search({ TWO: '*' }, { pageSize: 999 }))).toHaveLength(total)
    expect(await collect(client.search({ URL: '*' }, { limit: 1234, pageSize: 100 }))).toHaveLength(1234)
  })

  it('pages are read as they are needed', async () => {
    const crowded = await crowd()
    for await (const name of clientOf(crowded).search({ URL: '*' }, { pageSize: 10 })) {
      expect(name).toMatch(/^21\.T1/)
      break
    }
    expect(crowded.counters.requests).toBe(1)
  })

  it('each comes once, and the search ends, where the server changes the order between pages', async () => {
    const crowded = await crowd({ search: { ...searcher, orderSeed: 3 } })
    const client = clientOf(crowded)
    const names = await collect(client.search({ URL: '*' }, { pageSize: 500 }))
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeLessThan(total)
    expect(crowded.counters.requests).toBe(6)

    let repeated = 0
    for await (const page of client.search({ URL: '*' }, { pageSize: 500 }).pages()) repeated += page.repeated
    expect(repeated).toBe(total - names.length)

    // What fits in one page is complete.
    expect(await collect(client.search({ URL: '*' }))).toHaveLength(total)
  })
})

describe('is refused before any request', () => {
  it.each<[string, SearchTerms, SearchOptions & { records?: false }, RegExp]>([
    ['no term', {}, {}, /no search term/],
    ['none that is defined', { URL: undefined }, {}, /no search term/],
    ['an empty list', { URL: [] }, {}, /no search term/],
    ['a secret', { HS_SECKEY: '*' }, {}, /HS_SECKEY/],
    ['a secret in another case', { URL: '*', hs_SecKey: 'x' }, {}, /HS_SECKEY/],
    ['no type', { '': 'x' }, {}, /not a type/],
    ['a setting of the servlet', { limit: 5 }, {}, /'limit'/],
    ['one that breaks it', { enforcesql: 'true' }, {}, /'enforcesql'/],
    ['half a character', { URL: '\uD800' }, {}, /the content for 'URL' must be text/],
    ['no number', { SIZE: Number.NaN }, {}, /'SIZE'/],
    ['a handle for a prefix', { URL: '*' }, { prefix: '21.T1/A' }, /not a prefix/],
    ['an empty prefix', { URL: '*' }, { prefix: '' }, /not a prefix/],
    ['pages of nothing', { URL: '*' }, { pageSize: 0 }, /pageSize/],
    ['too large a page', { URL: '*' }, { pageSize: 100_001 }, /100 000/],
    ['no results', { URL: '*' }, { limit: 0 }, /limit/],
  ])('%s', (_what, terms, options, text) => {
    const before = server.counters.requests
    expect(() => clientOf(server).search(terms, options)).toThrow(text)
    expect(server.counters.requests).toBe(before)
  })

  it('records for several types', () => {
    expect(() => clientOf(server).search({ URL: '*', KEYWORD: '*' }, { records: true })).toThrow(/one type/)
  })

  it('a search that the client was not made for', () => {
    expect(() => clientOf(server, { search: undefined }).search({ URL: '*' })).toThrow(/search: \{ credentials \}/)
  })

  it.each<[string, HandleClientOptions, RegExp]>([
    ['no server', { search }, /needs a server/],
    ['a path that is none', { server: 'https://a.example.org', search: { path: 'hrls?' } }, /path/],
    ['an unknown option', { server: 'https://a.example.org', search: Object({ user: 'x' }) }, /no option 'user'/],
    ['no list of types', { server: 'https://a.example.org', search: Object({ fields: 'URL' }) }, /list/],
    [
      'trust at its own server',
      { server: 'https://a.example.org', search: { trust: { ca: [] } } },
      /search\.trust applies only when search\.server is another server\./,
    ],
    ['http', { server: 'https://a.example.org', search: { server: 'http://b.example.org' } }, /https/],
  ])('%s', (_what, options, text) => {
    expect(() => new HandleClient(options)).toThrow(text)
  })
})

describe('credentials', () => {
  it('the servlet wants some', async () => {
    const error = await rejection(collect(clientOf(server, { search: {} }).search({ URL: '*' })))
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED', status: 401 })
  })

  it('wrong ones, told without the password', async () => {
    const credentials = basicAuth({ username: 'search', password: 'canary-1234' })
    const error = await rejection(collect(clientOf(server, { search: { credentials } }).search({ URL: '*' })))
    expect(AuthError.isInstance(error) && error.message).toMatch(/as search .*users of its own/)
    expect(String(error)).not.toContain('canary')
  })

  it('those of the client, at its own server', async () => {
    const client = clientOf(server, { credentials: basicAuth(searcher), search: {} })
    expect(await collect(client.search({ CHECKSUM: '99999' }))).toEqual(['21.T1/A'])
  })

  it('those of the client do not go to another server', async () => {
    const seen: (string | undefined)[] = []
    const elsewhere = await start({ onRequest: ({ status }) => void seen.push(String(status)) })
    const credentials = basicAuth(searcher)
    const client = clientOf(server, {
      credentials,
      search: { server: elsewhere.httpsUrl, trust: { ca: elsewhere.certificate } },
    })
    expect(await rejection(collect(client.search({ URL: '*' })))).toMatchObject({ code: 'AUTH_REQUIRED' })
    expect(seen).toEqual(['401'])
  })

  it('own ones, at another server, as they are', async () => {
    const name = 'jörg@example.org'
    const elsewhere = await start({ search: { username: name, password: 'pa:ss wörd%' } })
    elsewhere.records.put('21.T1/X', [url('x')])
    const client = clientOf(server, {
      search: {
        server: elsewhere.httpsUrl,
        trust: { ca: elsewhere.certificate },
        credentials: basicAuth({ username: name, password: 'pa:ss wörd%' }),
      },
    })
    expect(await collect(client.search({ URL: 'x' }))).toEqual(['21.T1/X'])
  })

  it("own ones, at the client's own server, whose key is pinned", async () => {
    const publicKey = new X509Certificate(server.certificate).publicKey.export({ type: 'spki', format: 'pem' })
    const client = clientOf(server, { trust: { publicKey: publicKey.toString() } })
    expect(await collect(client.search({ CHECKSUM: '99999' }))).toEqual(['21.T1/A'])
  })
})

it('a client that is closed searches no more', async () => {
  const client = clientOf(server)
  await collect(client.search({ URL: '*' }))
  await client.close()
  expect(await rejection(collect(client.search({ URL: '*' })))).toMatchObject({ code: 'CLIENT_CLOSED' })
})

it('a search can be aborted', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  expect(await rejection(collect(clientOf(server).search({ URL: '*' }, { signal })))).toMatchObject({
    message: 'enough',
  })
})

it('an address without the servlet', async () => {
  const client = clientOf(server, { search: { ...search, path: '/elsewhere' } })
  expect(await rejection(collect(client.search({ URL: '*' })))).toMatchObject({ code: 'NOT_SUPPORTED', status: 404 })
})
