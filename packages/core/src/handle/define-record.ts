import { HandleRecordError, InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { DataInput, HandleData } from './data.ts'
import { sameType } from './name.ts'
import type { HandleRecord, HandleValue } from './record.ts'
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts'

/**
 * A schema for the data of one value. It is given what stands in the record: text, bytes where they are no text, or
 * `{ format, value }` of an HS_ADMIN, HS_VLIST and so on. For numbers and dates: from text, such as zod's
 * `z.string().transform(Number)`.
 */
export type FieldSchema = StandardSchema<DataInput, unknown>

/** A type that a record may lack. */
export interface OptionalField<S extends FieldSchema = FieldSchema> {
  readonly kind: 'optional'
  readonly schema: S
}

/** A type that a record may have several values of. */
export interface ManyField<S extends FieldSchema = FieldSchema> {
  readonly kind: 'many'
  readonly schema: S
  readonly min: number
}

/** Types of values, and what their data is. */
export type RecordShape = Readonly<Record<string, FieldSchema | OptionalField | ManyField>>

type OptionalNames<S extends RecordShape> = {
  [N in keyof S]: S[N] extends OptionalField ? N : never
}[keyof S]

/** What a schema makes of data, or what it reads from. */
type Way = 'read' | 'written'

type Data<S extends FieldSchema, W extends Way> = W extends 'read' ? SchemaOutput<S> : SchemaInput<S>

type FieldData<F, W extends Way> =
  F extends ManyField<infer S>
    ? readonly Data<S, W>[]
    : F extends OptionalField<infer S>
      ? Data<S, W>
      : F extends FieldSchema
        ? Data<F, W>
        : never

type Flat<T> = { [N in keyof T]: T[N] }

type RecordData<S extends RecordShape, W extends Way> = Flat<
  { readonly [N in Exclude<keyof S, OptionalNames<S>>]: FieldData<S[N], W> } & {
    readonly [N in OptionalNames<S>]?: FieldData<S[N], W> | undefined
  }
>

/** What {@link RecordProfile.parse} gives: what the schemas make of the values. */
export type ParsedRecord<S extends RecordShape> = RecordData<S, 'read'>

/** What {@link RecordProfile.toValues} takes: what the schemas read from. */
export type RecordInput<S extends RecordShape> = RecordData<S, 'written'>

/** Values by type, as {@link HandleClient.create} and {@link HandleClient.setValues} take them. */
export type ProfileValues = Record<string, DataInput | readonly DataInput[]>

/** The profile of a data centre: which types its records have, and what may stand in them. */
export interface RecordProfile<S extends RecordShape> {
  readonly shape: S
  /**
   * Checks values before they are written. They are written as they were given, not as the schemas change them.
   *
   * @throws InvalidArgumentError `INVALID_VALUE`, with everything that does not fit; also for types that are not in the
   *   profile.
   */
  toValues(object: RecordInput<S>): ProfileValues
  /**
   * Reads a record. Types that are not in the profile are ignored, the administrator for instance.
   *
   * @throws HandleRecordError `INVALID_RECORD`, with the type, index and fault of everything that does not fit;
   *   InvalidArgumentError `INVALID_VALUE` for what is no record, such as undefined from tryResolve.
   */
  parse(record: HandleRecord): ParsedRecord<S>
}

/** A type that a record may lack. */
export function optional<S extends FieldSchema>(schema: S): OptionalField<S> {
  return { kind: 'optional', schema }
}

/**
 * A type that a record may have several values of, `min` (default: 0) at least.
 *
 * @throws InvalidArgumentError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function many<S extends FieldSchema>(schema: S, options: { readonly min?: number } = {}): ManyField<S> {
  checkOptions('many', options, ['min'])
  const { min = 0 } = options
  if (Number.isSafeInteger(min) && min >= 0) return { kind: 'many', schema, min }
  throw new InvalidArgumentError('INVALID_OPTION', 'many: min is a whole number, at least 0.')
}

/**
 * Describes records, to check and type them when they are written and read.
 *
 * @example
 * const dataset = defineRecord({ URL: url(), CHECKSUM: string(), KEYWORD: many(string()), NOTE: optional(string()) })
 * await client.create('21.T12345/data', dataset.toValues({ URL: 'https://example.org', CHECKSUM: 'ab', KEYWORD: [] }))
 * const { CHECKSUM } = (await client.resolve('21.T12345/data')).parse(dataset)
 *
 * @throws InvalidArgumentError `INVALID_OPTION` when a field is no schema, or two types differ in case only.
 */
export function defineRecord<const S extends RecordShape>(shape: S): RecordProfile<S> {
  if (!isObject(shape)) throw noProfile('it takes types with their schemas, such as { URL: url() }.')
  const fields = Object.entries(shape).map(([type, field]) => toField(type, field))
  const double = fields.find(({ type }, place) => fields.slice(0, place).some((other) => sameType(other.type, type)))
  if (double) throw noProfile(`${double.type} is given twice: types are compared without regard to case.`)
  return {
    shape,
    toValues: (object) => toValues(fields, object),
    parse(record): ParsedRecord<S> {
      const parsed: unknown = parse(fields, record)
      assertParsed(parsed, shape)
      return parsed
    },
  }
}

interface Field {
  readonly type: string
  readonly schema: FieldSchema
  readonly min: number
  readonly max: number
  readonly repeated: boolean
}

function toField(type: string, field: RecordShape[string]): Field {
  if (!isObject(field) && typeof field !== 'function') throw noSchema(type)
  const { schema, min, max, repeated } =
    // Schemas of other libraries may have a `kind` of their own.
    '~standard' in field
      ? { schema: field, min: 1, max: 1, repeated: false }
      : field.kind === 'many'
        ? { schema: field.schema, min: field.min, max: Infinity, repeated: true }
        : { schema: field.schema, min: 0, max: 1, repeated: false }
  if (typeof schema?.['~standard']?.validate !== 'function') {
    throw noSchema(type)
  }
  return { type, schema, min, max, repeated }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function noSchema(type: string): InvalidArgumentError {
  return noProfile(`${type} is no schema that follows Standard Schema 1.`)
}

function noProfile(why: string): InvalidArgumentError {
  return new InvalidArgumentError('INVALID_OPTION', `defineRecord: ${why}`)
}

/** Each schema has checked its part; the compiler cannot follow that from the shape to the whole. */
function assertParsed<S extends RecordShape>(_parsed: unknown, _shape: S): asserts _parsed is ParsedRecord<S> {}

/** A fault, and where it is. */
interface Fault {
  readonly index?: number
  readonly message: string
}

function parse(fields: readonly Field[], record: HandleRecord): Record<string, unknown> {
  if (typeof Reflect.get(Object(record), 'getAll') !== 'function') {
    throw new InvalidArgumentError(
      'INVALID_VALUE',
      'parse takes a record. Where there is no such handle, tryResolve gives undefined.',
    )
  }
  const faults: Fault[] = []
  const parsed: Record<string, unknown> = {}
  for (const field of fields) {
    const values = record.getAll(field.type)
    const counted = countFault(field, values)
    if (counted) faults.push(counted)
    const results = values.map((value) => check(field, plainData(value.data), faults, value.index))
    if (field.repeated) parsed[field.type] = results
    else if (values.length > 0) parsed[field.type] = results[0]
  }
  if (faults.length === 0) return parsed
  throw new HandleRecordError(
    'INVALID_RECORD',
    `${record.handle} does not fit the profile: ${faults.map(({ message }) => message).join('; ')}.`,
    { handle: record.handle, indexes: faults.flatMap(({ index }) => index ?? []) },
  )
}

function countFault({ type, min, max }: Field, values: readonly HandleValue[]): Fault | undefined {
  const { length } = values
  if (length >= min && length <= max) return undefined
  if (length === 0) return { message: `${type} is missing` }
  const where = values.map(({ index }) => index).join(', ')
  const wanted = length < min ? `at least ${min} are expected` : `one is expected`
  return { message: `${type} has ${length} values (${where}) where ${wanted}` }
}

function toValues(fields: readonly Field[], object: Readonly<Record<string, unknown>>): ProfileValues {
  if (!isObject(object)) {
    throw new InvalidArgumentError(
      'INVALID_VALUE',
      "toValues takes an object with data by type, such as { URL: 'https://example.org' }.",
    )
  }
  const faults: Fault[] = []
  const values: ProfileValues = {}
  for (const type of Object.keys(object)) {
    if (!fields.some((field) => field.type === type)) faults.push({ message: `${type} is not in the profile` })
  }
  for (const field of fields) {
    const given = object[field.type]
    if (given === undefined) {
      if (field.min > 0) faults.push({ message: `${field.type} is missing` })
      continue
    }
    const list: readonly unknown[] = field.repeated && Array.isArray(given) ? given : [given]
    if (list.length < field.min) faults.push({ message: `${field.type} needs at least ${field.min} values` })
    const checked = list.flatMap((item) => {
      check(field, item, faults)
      if (isDataInput(item)) return [item]
      faults.push({ message: `${field.type} takes text, bytes or { format, value }` })
      return []
    })
    const [first] = checked
    if (field.repeated) values[field.type] = checked
    else if (first !== undefined) values[field.type] = first
  }
  if (faults.length === 0) return values
  throw new InvalidArgumentError(
    'INVALID_VALUE',
    `The values do not fit the profile: ${faults.map(({ message }) => message).join('; ')}.`,
  )
}

function check({ type, schema }: Field, data: unknown, faults: Fault[], index?: number): unknown {
  const result = schema['~standard'].validate(data)
  if (result instanceof Promise) {
    result.catch(() => {})
    throw noProfile(`the schema of ${type} validates asynchronously; only synchronous schemas can be used.`)
  }
  if (!result.issues) return result.value
  const where = index === undefined ? type : `${type} (index ${index})`
  for (const { message, path = [] } of result.issues) {
    const steps = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
    faults.push({ message: `${where}${steps && ` at ${steps}`}: ${message}`, ...(index !== undefined && { index }) })
  }
  return undefined
}

/** Text and bytes as such; what has another format with it, so that it can be written back. */
function plainData(data: HandleData): DataInput {
  return data.format === 'string' || data.format === 'base64' || data.format === 'hex' ? data.value : data
}

function isDataInput(data: unknown): data is DataInput {
  if (typeof data === 'string' || data instanceof Uint8Array) return true
  return typeof data === 'object' && data !== null && 'format' in data
}
