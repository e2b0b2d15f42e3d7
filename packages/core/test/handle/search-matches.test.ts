import { basicAuth } from '@handlekit/auth-basic'
import type { SearchOptions } from '@handlekit/core'
import { beforeAll, expect, it } from 'vitest'
import { prefix, TestServer } from '../support/handle-server.ts'

// The servlet gives a row for every value that matches: here sixty for each handle.

const searcher = { username: 'search', password: 'mypassword123' }
const search = { credentials: basicAuth(searcher) }
const plain = TestServer.ofFile({ search: searcher })
const shuffling = TestServer.ofFile({ search: { ...searcher, orderSeed: 5 } })

const five = ['M0', 'M1', 'M2', 'M3', 'M4'].map((name) => `${prefix}/${name}`)
const terms = { KEYWORD: 'k*' }

beforeAll(() => {
  const values = Array.from({ length: 60 }, (_, place) => ({
    index: place + 1,
    type: 'KEYWORD',
    data: { format: 'string', value: `k${place}` },
  }))
  for (const { server } of [plain, shuffling]) for (const name of five) server.records.put(name, values)
})

it.each<SearchOptions>([
  { limit: 5 },
  { limit: 16 },
  { limit: 3 },
  { pageSize: 1 },
  { pageSize: 5 },
  { pageSize: 60 },
  { pageSize: 300 },
  { pageSize: 7, limit: 5 },
  { pageSize: 7, prefix },
])('all come: %o', async (options) => {
  const wanted = five.slice(0, options.limit)
  const client = plain.anonymous({ search })
  expect(await Array.fromAsync(client.search(terms, { ...options, records: false }))).toEqual(wanted)
  const whole = await Array.fromAsync(client.search(terms, { ...options, records: true }))
  expect(whole.map(({ handle, values }) => [handle, values.length])).toEqual(wanted.map((name) => [name, 60]))
})

it.each<SearchOptions>([{}, { limit: 5 }, { limit: 16 }, { pageSize: 300 }])(
  'what fits in one page is complete in any order: %o',
  async (options) => {
    const client = shuffling.anonymous({ search })
    const names = await Array.fromAsync(client.search(terms, { ...options, records: false }))
    expect(names.toSorted()).toEqual(five)
    expect(await Array.fromAsync(client.search(terms, { ...options, records: true }))).toHaveLength(5)
  },
)

it('ends in any order, with pages of any size', async () => {
  const names = await Array.fromAsync(shuffling.anonymous({ search }).search(terms, { pageSize: 3 }))
  expect(names.toSorted()).toEqual(five)
})
