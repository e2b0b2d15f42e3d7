import type { Parameters } from '../http/parameters.ts'

interface Page {
  /** How many there are in all: text, as on the real server. */
  readonly totalCount: string
  /** What was asked for; empty where everything is given. */
  readonly position: { readonly page?: number; readonly pageSize?: number }
  readonly items: readonly string[]
}

/**
 * Reads `page` (from 0) and `pageSize`, and gives what cuts a page from a list. Unless both are there and not negative,
 * the page is the whole list. Throws BadRequest for what is no number.
 */
export function page(parameters: Parameters): (all: readonly string[]) => Page {
  const number = parameters.integer('page') ?? -1
  const pageSize = parameters.integer('pageSize') ?? -1
  if (number < 0 || pageSize < 0) return (all) => ({ totalCount: String(all.length), position: {}, items: all })
  const start = number * pageSize
  return (all) => ({
    totalCount: String(all.length),
    position: { page: number, pageSize },
    items: all.slice(start, start + pageSize),
  })
}
