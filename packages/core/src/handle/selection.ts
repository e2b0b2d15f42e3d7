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
