import { basicAuth } from '@handlekit/auth-basic'
import type { FoundRecord, HandleSearch, SearchOptions } from '@handlekit/core'
import { expect, expectTypeOf, it } from 'vitest'
import { prefix, TestServer } from '../support/handle-server.ts'

const searcher = { username: 'search', password: 'mypassword123' }
const search = { credentials: basicAuth(searcher) }
const test = TestServer.ofFile({ search: searcher })
const handle = `${prefix}/NOTED`
const terms = { NOTE: 'n' }

it('takes options of the exported type, and with records decided later', async () => {
  test.server.records.put(handle, [{ index: 1, type: 'NOTE', data: { format: 'string', value: 'n' } }])
  const client = test.anonymous({ search })
  const page: SearchOptions = { limit: 50 }
  const names = client.search(terms, page)
  expectTypeOf(names).toEqualTypeOf<HandleSearch<string | FoundRecord>>()
  expect(await Array.fromAsync(names)).toEqual([handle])
  for (const records of [false, true]) {
    const [found] = await Array.fromAsync(client.search(terms, { records }))
    expectTypeOf(found).toEqualTypeOf<string | FoundRecord | undefined>()
    expect(found).toEqual(records ? expect.objectContaining({ handle }) : handle)
  }
  expectTypeOf(client.search({ URL: '*' })).toEqualTypeOf<HandleSearch<string>>()
  expectTypeOf(client.search({ URL: '*' }, { limit: 1 })).toEqualTypeOf<HandleSearch<string>>()
  expectTypeOf(client.search({ URL: '*' }, { records: false })).toEqualTypeOf<HandleSearch<string>>()
  expectTypeOf(client.search({ URL: '*' }, { records: true })).toEqualTypeOf<HandleSearch<FoundRecord>>()
  // @ts-expect-error a misspelt option
  expect(() => client.search({ URL: '*' }, { limits: 5 })).toThrow(/no option 'limits'/)
})
