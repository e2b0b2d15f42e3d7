import { z } from 'zod'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { Value } from './compare.ts'
import { type DataInput, type HandleData, toData } from './data.ts'
import { checkIndex, checkType, isOfType, parseReference, sameType, type ValueReference } from './name.ts'
import { type HandleValue, usualTtl, usualValuePermissions } from './record.ts'

/** A value to write. A {@link HandleValue} of a record that was read is one, too. */
export interface ValueInput {
  readonly type: string
  readonly data: DataInput
  /** Default: chosen. 1 for the first URL, from 100 for HS_ADMIN, from 2 for everything else, 100 to 199 left out. */
  readonly index?: number | undefined
  /** Seconds, or the time until which the value may be cached: a Date, or ISO 8601 with its zone. Default: a day. */
  readonly ttl?: number | string | Date | undefined
  /** Default: '1110', and '1100' for HS_SECKEY. See {@link HandleValue.permissions}. */
  readonly permissions?: string | undefined
  readonly references?: readonly ValueReference[] | undefined
}

/** What to change of a value; the rest stays. */
export type ValuePatch = Partial<Omit<ValueInput, 'index'>>

/** Values by type; undefined leaves a type out. */
type ValuesByType = Readonly<Record<string, DataInput | readonly DataInput[] | undefined>>

/** Values to write: by type, `{ URL: 'https://example.org', KEYWORD: ['a', 'b'] }`, or as a list. */
export type ValuesInput = readonly ValueInput[] | ValuesByType

/** A checked {@link ValueInput}; what was not said is not filled in. */
export interface Draft {
  readonly index?: number
  readonly type: string
  readonly data: HandleData
  readonly ttl?: number | string
  readonly permissions?: string
  readonly references?: readonly ValueReference[]
}

/** A draft with its place. */
export type PlacedDraft = Draft & { readonly index: number }

const valueMembers = ['index', 'type', 'data', 'ttl', 'permissions', 'references', 'timestamp']

/**
 * Checks values before anything is sent.
 *
 * @throws InvalidArgumentError `INVALID_VALUE`, `INVALID_INDEX`, `DUPLICATE_INDEX`, `INVALID_HANDLE`, `UNKNOWN_OPTION`
 */
export function toDrafts(values: ValuesInput): Draft[] {
  if (typeof values !== 'object' || values === null || values instanceof Uint8Array) {
    throw new InvalidArgumentError('INVALID_VALUE', "Values are given as { URL: 'https://example.org' } or as a list.")
  }
  const drafts = isList(values) ? values.map(toDraft) : Object.entries(values).flatMap(byType)
  const seen = new Set<number>()
  for (const { index } of drafts) {
    if (index === undefined) continue
    if (seen.has(index))
      throw new InvalidArgumentError('DUPLICATE_INDEX', `Two values are given for the index ${index}.`)
    seen.add(index)
  }
  return drafts
}

function isList(values: ValuesInput): values is readonly ValueInput[] {
  return Array.isArray(values)
}

function byType([type, data]: [string, DataInput | readonly DataInput[] | undefined]): Draft[] {
  if (data === undefined) return []
  const list: readonly DataInput[] = isData(data) ? [data] : data
  return list.map((item) => toDraft({ type, data: item }))
}

function isData(data: DataInput | readonly DataInput[]): data is DataInput {
  return !Array.isArray(data)
}

/** @throws InvalidArgumentError */
export function toDraft(value: ValueInput): Draft {
  checkOptions('A value', value, valueMembers)
  const { index } = value
  const type = checkType(value.type)
  const data = toData(`The value ${type}`, value.data)
  checkAdminFormat(type, data)
  return { type, data, ...(index !== undefined && { index: checkIndex(index) }), ...attributesOf(type, value) }
}

/**
 * A value with some of it changed. Only what is given is checked: the rest goes back as it came.
 *
 * @throws InvalidArgumentError
 */
export function patchValue(current: HandleValue, patch: ValuePatch): Value {
  checkOptions('A value', patch, valueMembers)
  const type = patch.type === undefined ? current.type : checkType(patch.type)
  const data = patch.data === undefined ? current.data : toData(`The value ${type}`, patch.data)
  if (type !== current.type || data !== current.data) checkAdminFormat(type, data)
  return { ...current, type, data, ...privateIfSecret(type, current.type), ...attributesOf(type, patch) }
}

function attributesOf(type: string, value: ValuePatch): Pick<Draft, 'ttl' | 'permissions' | 'references'> {
  const { ttl, permissions, references } = value
  return {
    ...(ttl !== undefined && { ttl: checkTtl(type, ttl) }),
    ...(permissions !== undefined && { permissions: checkValuePermissions(type, permissions) }),
    ...(references !== undefined && { references: references.map(checkReference) }),
  }
}

function checkAdminFormat(type: string, data: HandleData): void {
  if (!isOfType(type, 'HS_ADMIN') || data.format === 'admin') return
  throw new InvalidArgumentError(
    'INVALID_VALUE',
    `The value ${type} has to have the format 'admin': { format: 'admin', value: { handle, index, permissions } }. ` +
      'With anything else nobody can change the record any more.',
  )
}

const isoTime = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

/** Milliseconds: servers keep a time as a signed number of seconds in 4 bytes. */
const latestTime = (2 ** 31 - 1) * 1000

function checkTtl(type: string, ttl: number | string | Date): number | string {
  if (typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= 0 && ttl < 2 ** 31) return ttl
  const time = ttl instanceof Date ? ttl : isoTime.safeParse(ttl).success ? new Date(ttl) : undefined
  if (!time || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError(
      'INVALID_VALUE',
      `The value ${type}: its ttl is a whole number of seconds (a number, no text), a Date, or a time such as ` +
        "'2030-01-31T12:00:00Z'.",
    )
  }
  if (time.getTime() < 0 || time.getTime() > latestTime) {
    throw new InvalidArgumentError(
      'INVALID_VALUE',
      `The value ${type}: Handle servers know times from 1970 to 2038-01-19 only, and take a later ttl for one in 1903. ` +
        'Give it in seconds.',
    )
  }
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

function checkValuePermissions(type: string, permissions: string): string {
  if (/^[01]{4}$/.test(permissions)) return permissions
  throw new InvalidArgumentError(
    'INVALID_VALUE',
    `The value ${type}: its permissions are four digits 0 or 1 (administrators read, administrators write, everybody ` +
      "reads, everybody writes), such as '1110', or '1100' for a private value.",
  )
}

function checkReference(reference: ValueReference): ValueReference {
  checkOptions('A reference', reference, ['handle', 'index'])
  return parseReference(reference)
}

/**
 * For administrators to read: what becomes an HS_SECKEY, where nothing is said of its permissions. Servers do nothing of the
 * kind by themselves.
 *
 * @param was Its type until now.
 */
export function privateIfSecret(type: string, was = ''): { readonly permissions?: string } {
  return isOfType(type, 'HS_SECKEY') && !isOfType(was, 'HS_SECKEY') ? { permissions: '1100' } : {}
}

/** Gives every draft its index, next to those that are taken. */
export function place(drafts: readonly Draft[], taken: Iterable<number> = []): PlacedDraft[] {
  const used = new Set(taken)
  for (const { index } of drafts) if (index !== undefined) used.add(index)
  return drafts.map((draft) => {
    const index = draft.index ?? freeIndex(draft.type, used)
    used.add(index)
    return { ...privateIfSecret(draft.type), ...draft, index }
  })
}

function freeIndex(type: string, used: ReadonlySet<number>): number {
  if (sameType(type, 'URL') && !used.has(1)) return 1
  if (isOfType(type, 'HS_ADMIN')) return firstFree(100, used)
  const index = firstFree(2, used)
  return index < 100 ? index : firstFree(200, used)
}

function firstFree(from: number, used: ReadonlySet<number>): number {
  let index = from
  while (used.has(index)) index += 1
  return index
}

/** The value that a draft makes at a place where there is none. */
export function newValue(draft: PlacedDraft): Omit<HandleValue, 'timestamp'> {
  return {
    index: draft.index,
    type: draft.type,
    data: draft.data,
    ttl: draft.ttl ?? usualTtl,
    permissions: draft.permissions ?? usualValuePermissions,
    references: draft.references ?? [],
  }
}
