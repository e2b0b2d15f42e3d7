import { holds, type Value } from './compare.ts'
import type { PlacedDraft } from './draft.ts'
import { encodeValue } from './record.ts'
import type { Write } from './writer.ts'

/**
 * Writes values at their indexes, and leaves every other value as it is.
 *
 * @param placed What tells afterwards whether it happened. Default: the values.
 * @param complete Whether the indexes were chosen knowing all values of the record.
 */
export function putValues(
  handle: string,
  values: readonly Value[],
  overwrite: boolean,
  placed: readonly PlacedDraft[] = values,
  complete = true,
): Write {
  return {
    method: 'PUT',
    handle,
    query: `?${indexQuery(values.map(({ index }) => index))}&overwrite=${overwrite}`,
    values: values.map(encodeValue),
    happened: (record, all) => (record ? holds(record, placed, all && complete, false) : false),
  }
}

/** Removes the values at some indexes, of which there must be one: without, it would remove the handle. */
export function deleteValues(handle: string, indexes: readonly number[]): Write {
  return {
    method: 'DELETE',
    handle,
    query: `?${indexQuery(indexes)}`,
    happened: (record, complete) =>
      record === undefined || complete ? !indexes.some((index) => record?.at(index)) : undefined,
  }
}

function indexQuery(indexes: readonly number[]): string {
  return indexes.map((index) => `index=${index}`).join('&')
}
