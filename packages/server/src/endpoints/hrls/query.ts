import type { Parameters } from '../../http/parameters.ts'

/** What a request to the search servlet asks for. */
export interface SearchQuery {
  /** Names have to begin with it; empty where none was given. */
  readonly prefix: string
  /** Conditions by type of value. Several of one type are for the same value. */
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly limit: number
  readonly offset: number
  /** Whole records rather than names. */
  readonly records: boolean
}

/** What the servlet answers with status 500 and this text. */
export class SearchFailure extends Error {
  override readonly name = 'SearchFailure'
}

const usualLimit = 1000
const largestLimit = 100_000
/** What a field cannot be called. */
const controls = ['limit', 'page', 'enforcesql', 'retrieverecords']

/** @throws SearchFailure */
export function readQuery(prefix: string, parameters: Parameters): SearchQuery {
  const limit = integer(parameters.get('limit')) ?? usualLimit
  const page = integer(parameters.get('page')) ?? 0
  if (parameters.get('enforcesql') !== undefined) {
    throw new SearchFailure('You asked to enforce SQL usage for searching, but this service is not configured for SQL.')
  }
  const fields = new Map<string, readonly string[]>()
  for (const name of parameters.names()) if (!controls.includes(name)) fields.set(name, parameters.getAll(name))
  if ([...fields.keys()].some((name) => name.toUpperCase() === 'HS_SECKEY')) {
    throw new SearchFailure('Searching via HS_SECKEY entries is not allowed!')
  }
  return {
    prefix,
    fields,
    limit: Math.min(limit, largestLimit),
    // Of the limit as it was asked for, and in the 32 bits of Java.
    offset: Math.imul(page, limit),
    records: parameters.get('retrieverecords')?.toLowerCase() === 'true',
  }
}

function integer(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  if (number === (number | 0)) return number
  throw new SearchFailure(`"Invalid number: For input string: "${text}""\n`)
}
