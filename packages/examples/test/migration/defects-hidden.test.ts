import type { HandleClient } from '@handlekit/core'
import { beforeEach, expect, it } from 'vitest'
import { prefix, TestServer, writer } from '../../../core/test/support/handle-server.ts'
import { code, rejection } from '../../../core/test/support/rejection.ts'

// The gravest defect of B2HANDLE and PYHANDLE: what an anonymous read does not show is lost.

const test = TestServer.ofFile()
let handle: string

/** Values that nobody may read but their administrators, at the indexes that look free. */
const hidden = [
  { index: 2, type: 'NOTE', data: { format: 'string', value: 'private' }, permissions: '1100' },
  { index: 4, type: 'HS_SECKEY', data: { format: 'string', value: 'canary-secret' }, permissions: '1100' },
]

beforeEach(() => {
  handle = test.newHandle()
  test.server.records.put(handle, [
    // Two HS_ADMIN, of which the second may add and change, and not read.
    ...(test.server.records.get(`${prefix}/HALF`) ?? []).filter(({ type }) => type === 'HS_ADMIN'),
    { index: 1, type: 'URL', data: { format: 'string', value: 'https://example.org' } },
    {
      index: 3,
      type: '10320/LOC',
      data: { format: 'string', value: '<locations><location href="http://a"/></locations>' },
    },
    ...hidden,
  ])
})

/** What the server keeps at other indexes than these, in their order. */
function allBut(...indexes: readonly number[]): unknown {
  const values = test.server.records.get(handle) ?? []
  return values.filter(({ index }) => !indexes.includes(index)).toSorted((a, b) => a.index - b.index)
}

const users: [string, () => HandleClient][] = [
  ['may read them', () => test.client()],
  ['may not read them', () => test.client(writer)],
]

it.each(users)('Q2: an edit of locations by who %s leaves private values as they are', async (_who, clientOf) => {
  const before = allBut(3)
  const { locations } = clientOf()
  expect((await locations.add(handle, ['http://b'])).indexes).toEqual([3])
  expect((await locations.replace(handle, 'http://b', 'http://c')).indexes).toEqual([3])
  expect((await locations.remove(handle, 'http://a')).indexes).toEqual([3])
  expect(allBut(3)).toEqual(before)
  expect([...(await clientOf().resolve(handle)).locations].map(({ href }) => href)).toEqual(['http://c'])
})

it.each(users)('Q2: what is added by who %s takes the index of no private value', async (_who, clientOf) => {
  const before = allBut(1)
  const client = clientOf()
  expect((await client.addValues(handle, { NOTE: ['x', 'y'] })).indexes).toEqual([5, 6])
  const { indexes } = await client.setValues(handle, { URL: 'https://example.org/new', OTHER: 'z' })
  expect(new Set(indexes)).toEqual(new Set([1, 7]))
  expect(allBut(1, 5, 6, 7)).toEqual(before)
})

it.each(users)(
  'Q2: the first location, added by who %s, takes the index of no private value',
  async (_who, clientOf) => {
    test.server.records.put(
      handle,
      (test.server.records.get(handle) ?? []).filter(({ index }) => index !== 3),
    )
    const before = allBut()
    expect((await clientOf().locations.add(handle, ['http://b'])).indexes).toEqual([3])
    expect(allBut(3)).toEqual(before)
  },
)

it('Q2: an index that is asked for is not taken from a private value', async () => {
  const before = allBut()
  const taking = test.client(writer).addValues(handle, [{ type: 'NOTE', data: 'x', index: 2 }])
  expect(await rejection(taking)).toEqual(code('VALUE_ALREADY_EXISTS'))
  expect(allBut()).toEqual(before)
})

it('Q2: edits at the same time do not undo each other', async () => {
  const [one, other, third] = [test.client(), test.client(), test.client(writer)]
  await Promise.all([
    one.setValues(handle, { URL: 'https://example.org/new' }),
    other.locations.add(handle, ['http://b']),
    third.addValues(handle, { OTHER: 'of the writer' }),
    one.addValues(handle, { OTHER: 'of one' }),
    other.addValues(handle, { OTHER: 'of the other' }),
  ])
  const record = await one.resolve(handle, { publicOnly: false })
  expect(record.text('URL')).toBe('https://example.org/new')
  expect(record.locations.has('http://b')).toBe(true)
  expect(record.texts('OTHER').toSorted()).toEqual(['of one', 'of the other', 'of the writer'])
  expect(record.text('NOTE')).toBe('private')
})
