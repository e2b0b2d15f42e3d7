import { asArray } from './json/coerce.ts'
import { parseLenientJson } from './json/lenient.ts'
import { valueFromJson, valueToJson, type HandleValueJson } from './record/value-json.ts'
import type { Records } from './store/records.ts'

/** The records behind a server, for tests that look behind a client's back: no permissions, no authentication. */
export interface RecordAccess {
  /** Every value, private ones too, in stored order; undefined if there is no such record. */
  get(handle: string): readonly HandleValueJson[] | undefined
  /** Writes a record as it is: value objects as in a seed, timestamps included, indexes unchecked. */
  put(handle: string, values: readonly object[]): void
  /** False if there was no such record. */
  delete(handle: string): boolean
  /** Names as stored: in upper case unless the server is case-sensitive. */
  names(): readonly string[]
}

export function recordAccess(records: Records): RecordAccess {
  return {
    get: (handle) => records.get(handle)?.map(valueToJson),
    put: (handle, values) => {
      records.put(handle, asArray(parseLenientJson(JSON.stringify(values))).map(valueFromJson))
    },
    delete: (handle) => records.delete(handle),
    names: () => records.allNames(),
  }
}
