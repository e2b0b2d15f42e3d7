import type { HandleClient } from '@handlekit/core'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { TestServer } from '../../../core/test/support/handle-server.ts'
import { code, rejection } from '../../../core/test/support/rejection.ts'
import { text } from './support/defects.ts'

// The defects of B2HANDLE that lie in its 10320/LOC methods; PYHANDLE has none of them.

const test = TestServer.ofFile()
let client: HandleClient
let handle: string

beforeAll(() => {
  client = test.client()
})
beforeEach(() => {
  handle = test.newHandle()
})

/** Puts these values into the handle, besides its administrator. */
async function having(...values: readonly object[]): Promise<void> {
  await client.create(handle, {})
  test.server.records.put(handle, [...(test.server.records.get(handle) ?? []), ...values])
}

it('Q14: the attributes that come with a location are written', async () => {
  await client.create(handle, { URL: 'https://example.org' })
  const given = { href: 'http://a', weight: 0.5, country: 'de', httpRole: 'conneg', attributes: { http_sc: 303 } }
  await client.locations.add(handle, [given])
  const [location] = (await client.resolve(handle)).locations
  expect(location).toMatchObject({ ...given, attributes: { http_sc: '303' } })
})

it('Q14: a location that is there already gets the attributes that are given, and keeps the others', async () => {
  await having(text(2, '10320/LOC', '<locations><location id="7" href="http://a" weight="1" rel="x"/></locations>'))
  expect((await client.locations.add(handle, [{ href: 'http://a', weight: 0, country: 'de' }])).outcome).toBe('changed')
  const { locations } = await client.resolve(handle)
  expect([...locations]).toMatchObject([
    { id: '7', href: 'http://a', weight: 0, country: 'de', attributes: { rel: 'x' } },
  ])
  expect((await client.locations.add(handle, [{ href: 'http://a', weight: 0 }])).outcome).toBe('unchanged')
})

it.each(['10320/loc', '10320/Loc', '10320/LOC'])(
  'Q15: locations in a value of the type %s are found and edited',
  async (type) => {
    await having(text(2, type, '<locations><location href="http://a"/></locations>'))
    expect((await client.resolve(handle)).locations.has('http://a')).toBe(true)
    expect((await client.locations.add(handle, ['http://b'])).indexes).toEqual([2])
    const record = await client.resolve(handle)
    expect(record.getAll('10320/LOC')).toMatchObject([{ index: 2, type }])
    expect([...record.locations].map(({ href }) => href)).toEqual(['http://a', 'http://b'])
  },
)

/** Entities that contain each other, ten at a time: 10 GB when somebody writes them out. */
const bomb = `<!DOCTYPE locations [<!ENTITY e0 "boom">${Array.from(
  { length: 9 },
  (_none, depth) => `<!ENTITY e${depth + 1} "${`&e${depth};`.repeat(10)}">`,
).join('')}]><locations><location href="&e9;"/></locations>`

it.each([
  ['an entity bomb', bomb],
  ['an entity without a DTD', '<locations><location href="&e9;"/></locations>'],
  [
    'a file of this machine',
    '<!DOCTYPE locations [<!ENTITY f SYSTEM "file:///etc/hostname">]><locations><location href="&f;"/></locations>',
  ],
  ['a DTD elsewhere', '<!DOCTYPE locations SYSTEM "http://localhost:1/x.dtd"><locations/>'],
  ['a very deep nest', `<locations>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</locations>`],
])(
  'Q27: locations with %s are refused, and the rest of the record can be read',
  { timeout: 5000 },
  async (_what, xml) => {
    await having(text(1, 'URL', 'https://example.org'), text(2, '10320/LOC', xml))
    const before = test.server.records.get(handle)
    const record = await client.resolve(handle)
    expect(record.text('URL')).toBe('https://example.org')
    expect(() => record.locations.length).toThrow(
      expect.objectContaining({ name: 'HandleRecordError', code: 'MALFORMED_LOCATIONS', handle, indexes: [2] }),
    )
    expect(await rejection(client.locations.add(handle, ['http://a']))).toEqual(code('MALFORMED_LOCATIONS'))
    expect(test.server.records.get(handle)).toEqual(before)
    expect((await client.setValues(handle, { URL: 'https://example.org/new' })).indexes).toEqual([1])
  },
)
