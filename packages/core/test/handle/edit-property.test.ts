import type { HandleClient, WriteResult } from '@handlekit/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { admin, prefix, TestServer, writer } from '../support/handle-server.ts'

// Whatever is edited, in whatever order: what was not meant stays exactly as it was, its timestamp included.

const test = TestServer.ofFile()

const handle = `${prefix}/EDITED`

/** Elements and attributes that mean nothing to this client. */
const unknown = ['<!-- by hand -->', '<mirror kept="yes"/>', 'x:color="blue"']
const locations = (host: string): string =>
  `<locations chooseby="country">${unknown[0]}<location id="0" href="https://${host}.one" weight="1" ${unknown[2]}/>` +
  `${unknown[1]}<location id="1" href="https://${host}.two" country="de" http_role="conneg"/></locations>`

const everybody = [
  ['0.NA/21.T12345', 200, '111111111111'],
  // ADD_VALUE, REMOVE_VALUE and MODIFY_VALUE, not READ_VALUE.
  [`${prefix}/WRITER`, 300, '000001110000'],
] as const

const record = [
  ...everybody.map(([name, index, permissions], place) => ({
    index: 100 + place,
    type: 'HS_ADMIN',
    data: { format: 'admin', value: { handle: name, index, permissions } },
  })),
  { index: 1, type: 'URL', data: 'https://example.org', ttl: 60 },
  { index: 2, type: 'SECRET', data: 'hidden', permissions: '1100' },
  { index: 3, type: 'KEYWORD', data: 'private, and of a type that is edited', permissions: '1100' },
  { index: 4, type: 'NOTE', data: 'n', references: [{ handle: `${prefix}/ADMIN`, index: 300 }] },
  ...Array.from({ length: 10 }, (_, i) => ({ index: 10 + i, type: 'KEYWORD', data: `k${i}`, ttl: 1000 + i })),
  { index: 30, type: '10320/loc', data: locations('a') },
  { index: 31, type: '10320/LOC', data: locations('b') },
  { index: 32, type: 'BYTES', data: { format: 'base64', value: 'AP/+' } },
]

type Stored = Record<number, unknown>

function stored(): Stored {
  return Object.fromEntries((test.server.records.get(handle) ?? []).map((value) => [value.index, value]))
}

/** An edit, and whether it may touch the value at an index. A new value is no matter of that. */
interface Edit {
  readonly what: string
  readonly run: (client: HandleClient) => Promise<WriteResult>
  readonly touches: (index: number) => boolean
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const place = fc.webUrl()
const visible = fc.constantFrom(1, 4, 10, 13, 19, 32)
const old = fc.constantFrom('https://a.one', 'https://a.two', 'https://b.two')

const edits = fc.oneof(
  text.map((data): Edit => ({
    what: `setValues URL ${data}`,
    run: (client) => client.setValues(handle, { URL: data }),
    touches: (index) => index === 1,
  })),
  fc.tuple(visible, text).map(([at, data]): Edit => ({
    what: `updateValue ${at} ${data}`,
    run: (client) => client.updateValue(handle, at, { data }),
    touches: (index) => index === at,
  })),
  fc.tuple(visible, fc.nat(100_000)).map(([at, ttl]): Edit => ({
    what: `updateValue ${at} ttl ${ttl}`,
    run: (client) => client.updateValue(handle, at, { ttl }),
    touches: (index) => index === at,
  })),
  text.map((data): Edit => ({
    what: `addValues KEYWORD ${data}`,
    run: (client) => client.addValues(handle, { KEYWORD: data }),
    touches: () => false,
  })),
  text.map((data): Edit => ({
    what: `setValues KEYWORD ${data}, of which there are more`,
    run: (client) => client.setValues(handle, { KEYWORD: data }),
    touches: () => false,
  })),
  fc.array(fc.integer({ min: 33, max: 60 }), { minLength: 1, maxLength: 3 }).map((indexes): Edit => ({
    what: `removeValues ${indexes.join()}`,
    run: (client) => client.removeValues(handle, indexes),
    touches: (index) => indexes.includes(index),
  })),
  fc.tuple(place, fc.option(fc.nat(9), { nil: undefined })).map(([href, weight]): Edit => ({
    what: `locations.add ${href}`,
    run: (client) => client.locations.add(handle, [{ href, weight }]),
    touches: (index) => index === 30 || index === 31,
  })),
  fc.tuple(old, place).map(([from, to]): Edit => ({
    what: `locations.replace ${from} ${to}`,
    run: (client) => client.locations.replace(handle, from, to),
    touches: (index) => index === 30 || index === 31,
  })),
  old.map((href): Edit => ({
    what: `locations.remove ${href}`,
    run: (client) => client.locations.remove(handle, href),
    touches: (index) => index === 30 || index === 31,
  })),
)

it.each([
  ['who may read everything', admin, 'AMBIGUOUS_TYPE'],
  ['who may not read private values', writer, 'INCOMPLETE_READ'],
])('a thousand edits by one %s touch only what they mean', async (_who, user, code) => {
  const client = test.client(user)
  let done = 0
  let changed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(edits, { minLength: 25, maxLength: 25 }), async (sequence) => {
      test.server.records.put(handle, record)
      for (const edit of sequence) {
        const before = stored()
        const result = await edit.run(client).catch((error: unknown) => {
          expect(error).toMatchObject({ code })
          return undefined
        })
        const after = stored()
        const indexes = [...new Set([...Object.keys(before), ...Object.keys(after)])].map(Number)
        const differing = indexes.filter((index) => JSON.stringify(before[index]) !== JSON.stringify(after[index]))
        for (const index of differing) {
          expect(before[index] === undefined || edit.touches(index), `${edit.what} changed ${index}`).toBe(true)
          expect(result?.indexes, edit.what).toContain(index)
        }
        for (const part of unknown.slice(0, 2)) {
          expect(JSON.stringify(after[30]), edit.what).toContain(JSON.stringify(part).slice(1, -1))
        }
        done += 1
        if (differing.length > 0) changed += 1
      }
    }),
    { numRuns: 40 },
  )
  expect(done).toBe(1000)
  expect(changed).toBeGreaterThan(400)
})
