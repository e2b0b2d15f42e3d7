import { describe, expect, test } from 'vitest'
import type { HandleServer, HandleServerOptions } from '../src/index.ts'
import { urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'
import type { Answer, Send } from './support/client.ts'

const searcher = { username: 'search', password: 'mypassword123' }
const authorization = `Basic ${Buffer.from('search:mypassword123').toString('base64')}`

interface Value {
  readonly index: number
  readonly type: string
  readonly data: string
  readonly permissions?: string
}

const value = (index: number, type: string, data: string, permissions = '1110'): Value => ({
  index,
  type,
  data,
  permissions,
})

const records: Readonly<Record<string, readonly Value[]>> = {
  '21.T1/A': [urlValue(1, 'https://a.example.org/x_1'), value(2, 'TOPIC', 'ice'), value(3, 'TOPIC', 'iceberg')],
  '21.T1/B': [urlValue(1, 'https://b.example.org/x-1'), value(2, 'TOPIC', 'ice'), value(3, 'topic', 'fire')],
  '21.T14/C': [urlValue(1, 'https://c.example.org/50%'), value(2, 'SECRET', 'hidden', '1100')],
  '21.T14/K': [urlValue(1, 'https://k.example.org'), value(300, 'HS_SECKEY', 'password', '1100')],
}

async function servlet(
  options: HandleServerOptions = {},
): Promise<{ get: (path: string) => Promise<Answer>; send: Send }> {
  const { server, send } = await startServer({ seed: { homedPrefixes: [], records: [] }, search: searcher, ...options })
  fill(server)
  return { send, get: (path) => send('GET', `/hrls/${path}`, { headers: { authorization } }) }
}

function fill(server: HandleServer): void {
  for (const [handle, values] of Object.entries(records)) server.records.put(handle, values)
}

const [a, b, c, k] = ['21.T1/A', '21.T1/B', '21.T14/C', '21.T14/K']

describe('searching', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['equal', '?URL=https://k.example.org', [k]],
    ['equal, which is not a part', '?URL=example', []],
    ['a wildcard', '?URL=*b.example*', [b]],
    ['a wildcard in the middle', '?URL=https://*.org', [k]],
    ['everything', '?URL=*', [a, b, c, k]],
    ['upper and lower case differ', '?URL=HTTPS*', []],
    ['in types, too', '?topic=*', [b]],
    ['a handle for each value', '?TOPIC=ice*', [a, a, b]],
    ['several types', '?URL=*a.example*&TOPIC=ice', [a]],
    ['several types, every combination', '?URL=*&TOPIC=*', [a, a, b]],
    ['several types, none together', '?URL=*c.example*&TOPIC=ice', []],
    ['one type twice: the same value', '?TOPIC=ice*&TOPIC=*berg', [a]],
    ['one type twice: not different values', '?TOPIC=ice&TOPIC=iceberg', []],
    ['any character with a wildcard', '?URL=*x_1*', [a, b]],
    ['only then', '?URL=https://b.example.org/x_1', []],
    ['an escaped one', String.raw`?URL=*x\_1*`, [a]],
    ['a percent sign', '?URL=https://c.example.org/50%25', [c]],
    ['private values', '?SECRET=hidden', [c]],
    ['nothing', '', []],
    ['nothing but settings', '?limit=5&retrieverecords=true', []],
    ['a prefix', '/21.T14?URL=*', [c, k]],
    ['a prefix, as text', '/21.T1?URL=*', [a, b, c, k]],
    ['a limit', '?URL=*&limit=3', [a, b, c]],
    ['a page', '?URL=*&limit=3&page=1', [k]],
    ['a page after the last', '?URL=*&limit=3&page=2', []],
    ['a page of the usual size', '?URL=*&page=1', []],
    ['no results', '?URL=*&limit=0', []],
    ['a page by the limit that was asked for', '?URL=*&limit=100001&page=1', []],
    ['not whole records', '?TOPIC=fire&retrieverecords=yes', []],
  ])('%s', async (_what, query, names) => {
    const { get } = await servlet()
    expect(await get(`handles${query}`)).toMatchObject({ status: 200, json: names })
  })

  test('gives 1000 at most, unless told otherwise', async () => {
    const { server, send } = await startServer({ search: searcher })
    for (let i = 0; i < 1005; i += 1) server.records.put(`21.T12345/N${i}`, [urlValue(1, 'many')])
    for (const [query, length] of [
      ['', 1000],
      ['&limit=1003', 1003],
      ['&limit=200000', 1005],
      ['&page=1', 5],
    ] as const) {
      const { json } = await send('GET', `/hrls/handles?URL=many${query}`, { headers: { authorization } })
      expect(json).toHaveLength(length)
    }
  })

  test('gives whole records, without secrets', async () => {
    const { get } = await servlet()
    const found = await get('handles?URL=*.example.org&retrieverecords=true')
    expect(found.json).toEqual({ [k]: [{ type: 'URL', value: 'https://k.example.org' }] })
    expect((await get('handles?SECRET=*&retrieverecords=TRUE')).json).toEqual({
      [c]: [
        { type: 'URL', value: 'https://c.example.org/50%' },
        { type: 'SECRET', value: 'hidden' },
      ],
    })
  })

  test('whole records: values twice for two matches, whatever the prefix', async () => {
    const { get } = await servlet()
    const { json } = await get('handles/99?TOPIC=ice*&retrieverecords=true')
    expect(json).toMatchObject({ [a]: { length: 6 }, [b]: { length: 3 } })
  })

  test('cuts each page from another order, if told to', async () => {
    const orders = new Set<string>()
    const { get } = await servlet({ search: { ...searcher, orderSeed: 7 } })
    for (const page of [0, 1, 2, 3]) {
      const { text } = await get(`handles?URL=*&limit=2&page=${page}`)
      expect((await get(`handles?URL=*&limit=2&page=${page}`)).text).toBe(text)
      orders.add(text)
    }
    expect(orders.size).toBeGreaterThan(1)
  })
})

describe('refusals', () => {
  test.each<[string, string]>([
    ['handles?hs_seckey=*', 'Searching via HS_SECKEY entries is not allowed!'],
    ['handles?URL=*&limit=many', '"Invalid number: For input string: "many""\n'],
    ['handles?URL=*&page=', '"Invalid number: For input string: """\n'],
    ['handles?URL=*&limit=4294967296', '"Invalid number: For input string: "4294967296""\n'],
    ['handles?URL=*&limit=-1', '"You have an error in your SQL syntax (SQL error code 1064; SQL State 42000)"\n'],
    [
      'handles?URL=*&TOPIC=*&retrieverecords=true',
      '"Column Index out of range, 2 > 1. (SQL error code 0; SQL State S1009)"\n',
    ],
    [
      'handles?URL=*&enforcesql=true',
      'You asked to enforce SQL usage for searching, but this service is not configured for SQL.',
    ],
  ])('%s', async (path, text) => {
    const { get } = await servlet()
    expect(await get(path)).toMatchObject({ status: 500, text })
  })

  test('needs its own user', async () => {
    const { send } = await servlet()
    for (const options of [
      {},
      { basic: ['search', 'x'] as const },
      { basic: ['300:21.T1/A', 'mypassword123'] as const },
    ]) {
      const answer = await send('GET', '/hrls/handles?URL=*', options)
      expect(answer).toMatchObject({ status: 401, text: '' })
      expect(answer.challenges).toEqual(['Basic realm="handle-search"'])
    }
  })

  test.each(['', 'handles/', 'handles/1.T', 'handles/21.T1/A', 'elsewhere'])(
    'there is nothing at /hrls/%s',
    async (path) => {
      const { get } = await servlet()
      expect((await get(path)).status).toBe(404)
    },
  )

  test('only reads', async () => {
    const { send } = await servlet()
    expect((await send('PUT', '/hrls/handles?URL=*', { headers: { authorization } })).status).toBe(405)
  })
})

test('answers a ping', async () => {
  const { get } = await servlet()
  expect(await get('ping')).toMatchObject({ status: 200, text: 'OK\n' })
})

test('is not there unless somebody may search', async () => {
  const { get } = await servlet({ search: undefined })
  expect((await get('handles?URL=*')).status).toBe(404)
})
