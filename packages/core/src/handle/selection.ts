import { HandlePermissionError, HandleRecordError } from '../errors.ts'
import type { CallOptions, HandleApi, SeenForEdit } from './api.ts'
import { checkIndex, sameType } from './name.ts'
import type { HandleValue } from './record.ts'

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

/**
 * What an edit is about, of a record that could not be read as a whole. Servers refuse a read for any value in it that the
 * credentials may not read, and so show by themselves those that they may.
 *
 * @param selection Types, a dot behind one for its sub-types, too; indexes.
 * @param advice What can be done without reading.
 * @throws HandleRecordError `INCOMPLETE_READ`: what cannot be read must not be taken for what is not there.
 */
export async function readSelected(
  api: HandleApi,
  seen: SeenForEdit,
  selection: readonly (string | number)[],
  advice: string,
  options: CallOptions,
): Promise<SeenForEdit> {
  if (seen.complete || selection.length === 0) return seen
  const { handle } = seen.record
  const parts = selection.map((item) =>
    typeof item === 'number' ? `index=${item}` : `type=${encodeURIComponent(item)}`,
  )
  try {
    const read = await api.read(handle, `?publicOnly=false&${parts.join('&')}`, options)
    return { record: seen.record.with(read), complete: false }
  } catch (cause) {
    if (!HandlePermissionError.isInstance(cause)) throw cause
    throw new HandleRecordError(
      'INCOMPLETE_READ',
      `${handle}: ${selection.join(', ')} may be in it, and not for these credentials to read: READ_VALUE is missing. ` +
        `Nothing was written. ${advice}`,
      { cause, handle, indexes: selection.filter((item) => typeof item === 'number') },
    )
  }
}
