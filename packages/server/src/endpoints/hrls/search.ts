import { foldCase } from '../../record/names.ts'
import type { HandleValue } from '../../record/value.ts'
import type { Records } from '../../store/records.ts'
import { matcher } from './like.ts'
import { type SearchQuery, SearchFailure } from './query.ts'
import { shuffled } from './shuffled.ts'

/** A value of a found record. */
interface Entry {
  readonly type: string
  readonly value: string
}

/**
 * Names of handles, once for every row that the servlet's SQL would give; with `records` an object of whole records.
 *
 * @param orderSeed Another order for every page; undefined: the order of the names.
 * @throws SearchFailure
 */
export function search(
  records: Records,
  query: SearchQuery,
  orderSeed: number | undefined,
): readonly string[] | Readonly<Record<string, readonly Entry[]>> {
  const { fields, limit, offset } = query
  if (fields.size === 0) return []
  if (limit < 0 || offset < 0) {
    throw new SearchFailure('"You have an error in your SQL syntax (SQL error code 1064; SQL State 42000)"\n')
  }
  const found = rows(records, query)
  const ordered = orderSeed === undefined ? found : shuffled(found, orderSeed + offset)
  const page = ordered.slice(offset, offset + limit)
  if (!query.records) return page
  if (fields.size > 1 && page.length > 0) {
    throw new SearchFailure('"Column Index out of range, 2 > 1. (SQL error code 0; SQL State S1009)"\n')
  }
  return wholeRecords(records, page)
}

/** A name for each matching value; of several fields, one for each way to choose a matching value for every field. */
function rows(records: Records, { fields, prefix, records: isWhole }: SearchQuery): readonly string[] {
  const wanted = Array.from(fields, ([type, conditions]) => ({ type, matches: conditions.map(matcher) }))
  // As of the servlet, the prefix is a text that names begin with, and does not count for whole records.
  const start = isWhole ? '' : records.caseSensitive ? prefix : foldCase(prefix)
  return records.allNames().flatMap((name) => {
    if (!name.startsWith(start)) return []
    const values = records.get(name) ?? []
    const ways = wanted.reduce((product, field) => product * values.filter((value) => isMatch(value, field)).length, 1)
    return Array.from({ length: ways }, () => name)
  })
}

function isMatch(
  value: HandleValue,
  field: { readonly type: string; readonly matches: readonly ((data: Buffer) => boolean)[] },
): boolean {
  return value.type === field.type && field.matches.every((matches) => matches(value.data))
}

/** A name that is there twice brings its values twice. */
function wholeRecords(records: Records, names: readonly string[]): Readonly<Record<string, readonly Entry[]>> {
  const found = new Map<string, Entry[]>()
  for (const name of names) {
    const entries = (records.get(name) ?? [])
      .filter(({ type }) => type !== 'HS_SECKEY')
      .map(({ type, data }) => ({ type, value: data.toString('utf8') }))
    if (entries.length > 0) found.set(name, [...(found.get(name) ?? []), ...entries])
  }
  return Object.fromEntries(found)
}
