import {
  type DataInput,
  defineRecord,
  type HandleData,
  type HandleRecord,
  InvalidArgumentError,
  many,
  optional,
  type StandardSchema,
  string,
  url,
} from '@handlekit/core'
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { TestServer } from '../support/handle-server.ts'

const test = TestServer.ofFile()
let handle: string

beforeEach(() => {
  handle = test.newHandle()
})

const dataset = defineRecord({
  URL: url(),
  CHECKSUM: string(),
  SIZE: optional(z.string().regex(/^\d+$/).transform(Number)),
  KIND: z.enum(['text', 'image']),
  KEYWORD: many(string()),
  AUTHOR: many(z.string().min(2), { min: 1 }),
})

const good = {
  URL: 'https://example.org',
  CHECKSUM: 'abc',
  KIND: 'text',
  KEYWORD: ['a', 'b'],
  AUTHOR: ['Ann'],
} as const

async function written(values: Readonly<Record<string, DataInput | readonly DataInput[]>>): Promise<HandleRecord> {
  await test.client().create(handle, values, { ifExists: 'replace' })
  return test.client().resolve(handle)
}

describe('defineRecord', () => {
  it('writes and reads a record of its profile', async () => {
    await test.client().create(handle, dataset.toValues({ ...good, SIZE: '42' }))
    const parsed = (await test.client().resolve(handle)).parse(dataset)
    expect(parsed).toEqual({ ...good, SIZE: 42 })
    expectTypeOf(parsed).toEqualTypeOf<{
      readonly URL: string
      readonly CHECKSUM: string
      readonly KIND: 'text' | 'image'
      readonly KEYWORD: readonly string[]
      readonly AUTHOR: readonly string[]
      readonly SIZE?: number | undefined
    }>()
  })

  it('changes a record of its profile', async () => {
    await written(good)
    await test.client().setValues(handle, dataset.toValues({ ...good, KEYWORD: ['a', 'c', 'd'] }))
    expect(dataset.parse(await test.client().resolve(handle))).toEqual({ ...good, KEYWORD: ['a', 'c', 'd'] })
  })

  it('takes what the schemas read, and not what they give', () => {
    expectTypeOf<Parameters<typeof dataset.toValues>[0]>().toEqualTypeOf<{
      readonly URL: string
      readonly CHECKSUM: string
      readonly KIND: 'text' | 'image'
      readonly KEYWORD: readonly string[]
      readonly AUTHOR: readonly string[]
      readonly SIZE?: string | undefined
    }>()
    // @ts-expect-error a value is missing
    expect(() => dataset.toValues({ ...good, CHECKSUM: undefined })).toThrow('CHECKSUM is missing')
    // @ts-expect-error a misspelt type
    expect(() => dataset.toValues({ ...good, CHEKSUM: 'x' })).toThrow('CHEKSUM is not in the profile')
    // @ts-expect-error a number is no data of a value
    expect(() => dataset.toValues({ ...good, SIZE: 42 })).toThrow('SIZE takes text')
    // @ts-expect-error schemas read text
    defineRecord({ SIZE: z.number() })
  })

  it('leaves out what is not there', () => {
    const { SIZE, ...values } = { ...dataset.toValues({ ...good, SIZE: undefined, KEYWORD: [] }), SIZE: undefined }
    expect(SIZE).toBeUndefined()
    expect(values).toEqual({ ...good, KEYWORD: [] })
  })

  it('names type and index of everything that does not fit', async () => {
    const record = await written({ URL: 'nowhere', KIND: ['text', 'image'], SIZE: 'big', KEYWORD: ['a', ''] })
    const error: unknown = await Promise.resolve()
      .then(() => dataset.parse(record))
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'HandleRecordError', code: 'INVALID_RECORD', handle })
    expect(String(error)).toMatch(/URL \(index 1\): is no absolute URL/)
    expect(String(error)).toMatch(/CHECKSUM is missing/)
    expect(String(error)).toMatch(/SIZE \(index 4\): Invalid string/)
    expect(String(error)).toMatch(/KIND has 2 values \(2, 3\) where one is expected/)
    expect(String(error)).toMatch(/KEYWORD \(index 6\): is no text/)
    expect(String(error)).toMatch(/AUTHOR is missing/)
    expect(error).toHaveProperty('indexes', [1, 4, 6])
    expect(() => dataset.toValues({ ...good, URL: 'nowhere', AUTHOR: [] })).toThrow(
      /URL: is no absolute URL; AUTHOR needs at least 1 value/,
    )
    expect(() => dataset.toValues({ ...good, URL: 'nowhere' })).toThrow(InvalidArgumentError)
  })

  it('gives bytes and structured data as they are', async () => {
    const admin = z.custom<HandleData>((data) => z.object({ format: z.literal('admin') }).safeParse(data).success)
    const profile = defineRecord({ THUMB: z.instanceof(Uint8Array), HS_ADMIN: admin })
    const bytes = Uint8Array.of(0, 1, 2)
    const parsed = profile.parse(await written({ thumb: bytes }))
    expect(Uint8Array.from(parsed.THUMB)).toEqual(bytes)
    expect(parsed.HS_ADMIN).toMatchObject({ format: 'admin', value: { index: 200 } })
    expect(profile.toValues(parsed)).toMatchObject({ HS_ADMIN: { format: 'admin' } })
  })

  it('takes schemas of any library, also with a kind of their own', () => {
    const schema: StandardSchema<string, Date> & { kind: string } = {
      kind: 'schema',
      '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: new Date(String(value)) }) },
    }
    const profile = defineRecord({ DATE: schema })
    expectTypeOf<ReturnType<typeof profile.parse>>().toEqualTypeOf<{ readonly DATE: Date }>()
    expect(profile.toValues({ DATE: '2026-01-01' })).toEqual({ DATE: '2026-01-01' })
  })

  it.each<[string, () => unknown, string, RegExp]>([
    ['no values', () => dataset.toValues(JSON.parse('null')), 'INVALID_VALUE', /toValues takes an object/],
    ['text for values', () => dataset.toValues(JSON.parse('"x"')), 'INVALID_VALUE', /toValues takes an object/],
    ['no record', () => dataset.parse(JSON.parse('null')), 'INVALID_VALUE', /parse takes a record.* tryResolve/],
    [
      'an object for a record',
      () => dataset.parse(JSON.parse('{"values":[]}')),
      'INVALID_VALUE',
      /parse takes a record/,
    ],
    ['no shape', () => Reflect.apply(defineRecord, undefined, []), 'INVALID_OPTION', /takes types with their schemas/],
    ['null for a shape', () => defineRecord(JSON.parse('null')), 'INVALID_OPTION', /takes types with their schemas/],
    ['no schema', () => defineRecord(Object({ URL: undefined })), 'INVALID_OPTION', /URL is no schema/],
    ['null for a schema', () => defineRecord(JSON.parse('{"URL":null}')), 'INVALID_OPTION', /URL is no schema/],
    ['text for a schema', () => defineRecord(JSON.parse('{"URL":"x"}')), 'INVALID_OPTION', /URL is no schema/],
    [
      'many of no schema',
      () => defineRecord(JSON.parse('{"URL":{"kind":"many"}}')),
      'INVALID_OPTION',
      /URL is no schema/,
    ],
    ['a misspelt option', () => many(string(), JSON.parse('{"mn":1}')), 'UNKNOWN_OPTION', /many has no option 'mn'/],
    ['no options', () => many(string(), JSON.parse('null')), 'INVALID_OPTION', /many takes an object/],
    ['a minimum as text', () => many(string(), JSON.parse('{"min":"1"}')), 'INVALID_OPTION', /many: min is a whole/],
    ['a negative minimum', () => many(string(), { min: -1 }), 'INVALID_OPTION', /many: min is a whole number/],
  ])('refuses %s', (_what, work, code, message) => {
    expect(work).toThrow(expect.objectContaining({ name: 'InvalidArgumentError', code }))
    expect(work).toThrow(message)
  })

  it('refuses undefined, as tryResolve gives it', () => {
    // @ts-expect-error no record
    expect(() => dataset.parse(undefined)).toThrow(/parse takes a record.* tryResolve/)
    // @ts-expect-error no values
    expect(() => dataset.toValues(undefined)).toThrow(/toValues takes an object/)
  })

  it('takes a schema that is a function', () => {
    const validate = (value: unknown): { value: string } => ({ value: String(value) })
    const schema = Object.assign(() => {}, { '~standard': { version: 1, vendor: 'test', validate } } as const)
    expect(defineRecord({ NOTE: schema }).toValues({ NOTE: 'x' })).toEqual({ NOTE: 'x' })
  })

  it('refuses what is no profile', () => {
    expect(() => defineRecord({ URL: url(), url: url() })).toThrow(
      'url is given twice: types are compared without regard to case.',
    )
    const later = defineRecord({ URL: z.string().refine(async () => Promise.resolve(true)) })
    expect(() => later.toValues({ URL: 'x' })).toThrow(
      'the schema of URL validates asynchronously; only synchronous schemas can be used.',
    )
  })
})
