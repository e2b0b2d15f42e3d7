import type { DataInput, ValueInput } from '@handlekit/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { prefix, TestServer } from '../support/handle-server.ts'

// Whatever is written comes back, over the real codecs of both sides, which share no code.

const test = TestServer.ofFile()

const text = fc.string({ unit: 'grapheme' })
// The server's test for text lets some broken UTF-8 pass, and gives it as text; with a zero it is bytes for certain.
const bytes = fc.uint8Array({ maxLength: 40 }).map((rest) => Uint8Array.of(0, ...rest))
const reference = fc.record({ handle: fc.constantFrom('21.T/a', `${prefix}/ADMIN`, '0.NA/x'), index: fc.nat() })
const bits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('0', '1'), minLength: length, maxLength: length })

const typed: fc.Arbitrary<{ type: string; data: DataInput }> = fc.oneof(
  fc.record({ type: fc.constantFrom('URL', 'NOTE', 'url.x', 'Ä/€'), data: fc.oneof(text, bytes) }),
  fc.record({
    type: fc.constant('HS_VLIST'),
    data: fc.record({ format: fc.constant('vlist' as const), value: fc.array(reference, { maxLength: 4 }) }),
  }),
  fc.record({
    type: fc.constant('HS_ADMIN'),
    data: fc
      .tuple(reference, bits(12))
      .map(([value, permissions]) => ({ format: 'admin' as const, value: { ...value, permissions } })),
  }),
)

const values: fc.Arbitrary<ValueInput[]> = fc.uniqueArray(
  fc
    .record({
      typed,
      index: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      ttl: fc.nat(),
      permissions: bits(4),
      references: fc.array(reference, { maxLength: 2 }),
    })
    .map(({ typed, ...rest }) => ({ ...typed, ...rest })),
  { minLength: 1, maxLength: 6, selector: ({ index }) => index },
)

/** Text and bytes are the same to a server: it gives text where the bytes look like it. */
function bytesOf(data: unknown): unknown {
  const value: unknown = typeof data === 'object' && data !== null && 'value' in data ? data.value : data
  return typeof value === 'string' || value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

it('a record of any values', async () => {
  const client = test.client(undefined, { admin: { permissions: '111111111111' } })
  let count = 0
  await fc.assert(
    fc.asyncProperty(values, fc.string({ unit: 'binary', minLength: 1 }), async (written, suffix) => {
      // Upper and lower case are the same handle.
      const handle = `${prefix}/${(count += 1)}-${suffix}`
      // One private value without any reader would hide the whole record from everybody.
      const readable = written.map((value) => ({ ...value, permissions: `11${value.permissions?.slice(2)}` }))
      await client.create(handle, [...readable, ...admins(readable)])
      const record = await client.resolve(handle, { publicOnly: false })
      expect(record.handle).toBe(handle)
      for (const { index, type, data, ttl, permissions, references } of readable) {
        const read = record.at(index ?? 0)
        expect(read).toMatchObject({ index, type, ttl, permissions, references })
        expect(bytesOf(read?.data)).toEqual(bytesOf(data))
      }
      expect((await client.setValues(handle, record.values)).outcome).toBe('unchanged')
      await client.delete(handle)
    }),
    { numRuns: 150 },
  )
})

/** An administrator who may read it all and delete it. */
function admins(written: readonly ValueInput[]): ValueInput[] {
  const index = [100, 101, 102, 103, 104, 105, 106].find((free) => written.every((value) => value.index !== free))
  const data = {
    format: 'admin',
    value: { handle: `${prefix}/ADMIN`, index: 300, permissions: '111111111111' },
  } as const
  return [{ type: 'HS_ADMIN', data, ...(index !== undefined && { index }) }]
}
