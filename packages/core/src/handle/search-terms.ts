import { InvalidArgumentError } from '../errors.ts'
import { sameType } from './name.ts'

/**
 * What to search for: types of values, and their contents. `*` stands for any text. Several contents of one type have to
 * fit the same value; of several types, every one has to be in the record.
 *
 * @example { URL: ['https://*', '*.pdf'], KEYWORD: 'ocean' }
 */
export interface SearchTerms {
  readonly [type: string]: SearchTerm | readonly SearchTerm[] | undefined
}

/** A content of values. */
export type SearchTerm = string | number

/** What the servlet takes for its own settings. */
const reserved = ['limit', 'page', 'enforcesql', 'retrieverecords']

/**
 * Checks terms, and gives them as pairs for a query. Those that are undefined are left out.
 *
 * @param fields The only types that may be searched for; none: all.
 * @throws InvalidArgumentError `INVALID_OPTION`
 */
export function readTerms(
  terms: SearchTerms,
  fields: readonly string[] = [],
): readonly (readonly [type: string, content: string])[] {
  if (typeof terms !== 'object' || terms === null || Array.isArray(terms)) throw noTerms()
  const pairs = Object.entries(terms).flatMap(([type, contents]) => {
    const list = (isList(contents) ? contents : [contents]).filter((content) => content !== undefined)
    if (list.length > 0) checkType(type, fields)
    return list.map((content): [string, string] => [type, readContent(type, content)])
  })
  if (pairs.length === 0) throw noTerms()
  return pairs
}

function isList(contents: SearchTerms[string]): contents is readonly SearchTerm[] {
  return Array.isArray(contents)
}

function checkType(type: string, fields: readonly string[]): void {
  if (sameType(type, 'HS_SECKEY')) throw refused('HS_SECKEY values are secrets: no server searches for them.')
  if (type === '' || !type.isWellFormed()) throw refused(`'${type}' is not a type of values.`)
  if (reserved.includes(type)) {
    throw refused(`values of the type '${type}' cannot be searched for: the servlet takes it for a setting.`)
  }
  if (fields.length > 0 && !fields.includes(type)) {
    throw refused(`'${type}' is not among the types that this client may search for: ${fields.join(', ')}.`)
  }
}

function readContent(type: string, content: unknown): string {
  const isText = typeof content === 'string' && content.isWellFormed()
  if (isText || (typeof content === 'number' && Number.isFinite(content))) return String(content)
  throw refused(`the content for '${type}' must be text (\`*\` stands for anything), a number, or a list of these.`)
}

function noTerms(): InvalidArgumentError {
  return refused("no search term. It looks like { URL: '*example*' }.")
}

function refused(why: string): InvalidArgumentError {
  return new InvalidArgumentError('INVALID_OPTION', `search: ${why}`)
}
