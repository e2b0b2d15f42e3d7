import { HandlePermissionError, HandleRecordError } from '../errors.ts'
import type { CallOptions, HandleApi, SeenForEdit } from './api.ts'
import { checkIndex, encodeType, isOfType, sameType } from './name.ts'
import type { HandleRecord, HandleValue } from './record.ts'

/** All values of a type (text), or the one at an index (a number), or several such. */
export type ValueSelection = string | number | readonly (string | number)[]

/**
 * Whether a value is selected.
 *
 * @throws InvalidArgumentError for a number that is no index.
 */
export function selector(selection: ValueSelection): (value: HandleValue) => boolean {
  const wanted = [selection].flat()
  for (const item of wanted) if (typeof item !== 'string') checkIndex(item)
  return ({ index, type }) => wanted.some((item) => (typeof item === 'string' ? sameType(item, type) : item === index))
}

/** Types, a dot behind one for its sub-types, too; indexes. As servers take them in a query. */
type Query = readonly (string | number)[]

/**
 * Reads a record for an edit: as a whole, or what everybody may read of it and what the edit is about.
 *
 * @param unseen What it is about, as far as the rest does not show it.
 * @throws HandleRecordError `INCOMPLETE_READ`, see {@link readSelected}.
 */
export async function readFor(
  api: HandleApi,
  name: string,
  unseen: (record: HandleRecord) => Query,
  advice: string,
  options: CallOptions,
): Promise<SeenForEdit> {
  const seen = await api.readForEdit(name, options)
  return seen.complete ? seen : readSelected(api, seen, unseen(seen.record), advice, options)
}

/**
 * What an edit is about, of a record that could not be read as a whole. Servers refuse a read for any value in it that the
 * credentials may not read, and so show by themselves those that they may.
 *
 * @param advice What can be done without reading.
 * @throws HandleRecordError `INCOMPLETE_READ`: what cannot be read must not be taken for what is not there.
 */
export async function readSelected(
  api: HandleApi,
  seen: SeenForEdit,
  selection: Query,
  advice: string,
  options: CallOptions,
): Promise<SeenForEdit> {
  let { record } = seen
  for (const portion of portionsOf([...new Set(selection)])) {
    const query = portion.map((item) => `&${parameter(item)}`).join('')
    try {
      record = record.with(await api.read(record.handle, `?publicOnly=false${query}`, options), isMeantBy(portion))
    } catch (cause) {
      if (!HandlePermissionError.isInstance(cause) || cause.code !== 'PERMISSION_DENIED') throw cause
      throw incompleteRead(record.handle, portion, advice, cause)
    }
  }
  return { record, complete: false }
}

function incompleteRead(
  handle: string,
  selection: Query,
  advice: string,
  cause: HandlePermissionError,
): HandleRecordError {
  const why =
    cause.responseCode === nobodyMay
      ? 'may hold a value that nobody may read'
      : 'may hold a value that these credentials may not read: READ_VALUE is missing'
  return new HandleRecordError(
    'INCOMPLETE_READ',
    `${handle} ${why} (of ${selection.join(', ')}). Nothing was written. ${advice}`,
    { cause, handle, indexes: selection.filter((item) => typeof item === 'number') },
  )
}

/** The responseCode for a value without any reader. */
const nobodyMay = 401

/** Characters of a query: servers take headers of 8 KB. */
const longestQuery = 4000

/** Some of it at a time. */
function portionsOf(selection: Query): Query[] {
  const portions: (string | number)[][] = []
  let length = Infinity
  for (const item of selection) {
    length += parameter(item).length + 1
    if (length > longestQuery) {
      portions.push([])
      length = parameter(item).length
    }
    portions.at(-1)?.push(item)
  }
  return portions
}

function parameter(item: string | number): string {
  return typeof item === 'number' ? `index=${item}` : `type=${encodeType(item)}`
}

function isMeantBy(selection: Query): (value: { readonly index: number; readonly type: string }) => boolean {
  return ({ index, type }) =>
    selection.some((item) => {
      if (typeof item === 'number') return item === index
      return item.endsWith('.') ? isOfType(type, item.slice(0, -1)) : sameType(type, item)
    })
}
