import { InvalidArgumentError } from '../errors.ts'

/** The name of a handle: '21.T12345/abc' has the prefix '21.T12345' and the suffix 'abc'. */
export interface HandleName {
  /** Prefix, slash, suffix: what the server is asked for. */
  readonly name: string
  readonly prefix: string
  /** Anything, further slashes included. */
  readonly suffix: string
}

/** One value of a handle: '300:21.T12345/USER01' is the value at index 300. */
export interface ValueReference {
  readonly handle: string
  /** 0 stands for any value of the handle. */
  readonly index: number
}

const uriSchemes = /^(?:hdl:|doi:|info:hdl\/|info:doi\/|urn:hdl:|urn:doi:)/i
const resolvers = /^https?:\/\/(?:hdl\.handle\.net|(?:www\.|dx\.)?doi\.org)\/(?:api\/handles\/)?/i

/**
 * Reads the name of a handle, bare or as a link: `21.T/x`, `hdl:21.T/x`, `doi:10.1/x`, `info:hdl/21.T/x`,
 * `https://hdl.handle.net/21.T/x`, `https://doi.org/10.1/x`,
 * `https://hdl.handle.net/api/handles/21.T/x`. Links of the two resolvers are percent-decoded; every other
 * form is taken as it stands, whatever characters its suffix has (RFC 3651, section 2.1).
 *
 * @throws InvalidArgumentError `INVALID_HANDLE`
 */
export function parseHandle(text: string): HandleName {
  if (typeof text !== 'string') throw invalid(text, 'it is no string')
  const name = bareName(text)
  const slash = name.indexOf('/')
  if (slash < 0) throw invalid(text, 'it has no slash between prefix and suffix')
  const prefix = name.slice(0, slash)
  const suffix = name.slice(slash + 1)
  if (prefix === '') throw invalid(text, 'it has no prefix before the slash')
  if (suffix === '') throw invalid(text, 'it has no suffix after the slash')
  if (!plainPrefix.test(prefix)) throw invalid(text, whyNoPrefix(prefix, suffix))
  if (!name.isWellFormed()) throw invalid(text, 'it is not well-formed Unicode')
  return { name, prefix, suffix }
}

const plainPrefix = /^[^\s:\p{Cc}]+$/u

function bareName(text: string): string {
  // Only what comes before the first slash can be a scheme: 'a/hdl:b' is a name.
  const colon = text.indexOf(':')
  if (colon < 0 || colon > firstSlash(text)) return text
  const resolver = resolvers.exec(text)
  if (resolver) return fromLink(text, text.slice(resolver[0].length))
  return text.replace(uriSchemes, '')
}

function firstSlash(text: string): number {
  const slash = text.indexOf('/')
  return slash < 0 ? text.length : slash
}

function fromLink(link: string, path: string): string {
  if (/[?#]/.test(path)) {
    throw invalid(link, 'a link with "?" or "#" may mean more than a name; write them %3F and %23 if they belong to it')
  }
  try {
    return decodeURIComponent(path)
  } catch {
    throw invalid(link, 'its percent-encoding is broken')
  }
}

function whyNoPrefix(prefix: string, suffix: string): string {
  const index = /^(\d+):(.*)$/.exec(prefix)
  if (index) return `it names the value ${index[1]} of the handle ${index[2]}/${suffix}, not a handle`
  return 'its prefix holds a colon, a blank or a control character'
}

function invalid(text: unknown, why: string): InvalidArgumentError {
  const shown = typeof text === 'string' ? `'${text}'` : String(text)
  return new InvalidArgumentError(
    'INVALID_HANDLE',
    `${shown} is not a handle: ${why}. A handle looks like 21.T12345/abc.`,
  )
}

/**
 * Reads a prefix, bare or as the handle that stands for it: `21.T12345`, `0.NA/21.T12345`.
 *
 * @throws InvalidArgumentError `INVALID_HANDLE`
 */
export function parsePrefix(text: unknown): string {
  const prefix = typeof text === 'string' ? text.replace(/^0\.NA\//i, '') : ''
  if (plainPrefix.test(prefix) && !prefix.includes('/') && prefix.isWellFormed()) return prefix
  throw new InvalidArgumentError('INVALID_HANDLE', `'${String(text)}' is not a prefix. A prefix looks like 21.T12345.`)
}

/**
 * Reads a reference to a value: `300:21.T12345/USER01`; without an index it means any value of the handle.
 *
 * @throws InvalidArgumentError `INVALID_HANDLE` or `INVALID_INDEX`
 */
export function parseReference(reference: string | ValueReference): ValueReference {
  if (typeof reference !== 'string') {
    if (typeof reference !== 'object' || reference === null) {
      throw invalid(reference, "a value of a handle is meant, such as '300:21.T12345/USER01'")
    }
    return { handle: parseHandle(reference.handle).name, index: checkIndex(reference.index, 0) }
  }
  const [, digits, rest] = /^(?:(\d+):)?(.*)$/s.exec(reference) ?? []
  return { handle: parseHandle(rest ?? '').name, index: digits === undefined ? 0 : checkIndex(Number(digits), 0) }
}

/** Largest index: the Handle System keeps it in 4 bytes, and its servers read them as a signed number. */
const largestIndex = 2 ** 31 - 1

/** @throws InvalidArgumentError `INVALID_INDEX` */
export function checkIndex(index: unknown, least = 1): number {
  if (typeof index !== 'number' || !Number.isInteger(index) || index < least || index > largestIndex) {
    throw new InvalidArgumentError(
      'INVALID_INDEX',
      `${String(index)} is not an index: the index of a value is a whole number from ${least} to ${largestIndex}.`,
    )
  }
  return index
}

/** The same handle: names are compared without regard to the case of ASCII letters (RFC 3651, section 2.1). */
export function sameHandle(one: string, other: string): boolean {
  return one === other || (one.length === other.length && foldHandle(one) === foldHandle(other))
}

/** The same type of value, as {@link sameHandle} compares. */
export function sameType(one: string, other: string): boolean {
  return sameHandle(one, other)
}

/** Whether a type is another or a sub-type of it: `HS_ADMIN.X` counts as HS_ADMIN, to servers and resolvers too. */
export function isOfType(type: string, wanted: string): boolean {
  return sameType(type, wanted) || sameType(type.slice(0, wanted.length + 1), `${wanted}.`)
}

/** One spelling for all of a handle. */
export function foldHandle(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase())
}

/** @throws InvalidArgumentError `INVALID_VALUE` */
export function checkType(type: unknown): string {
  if (typeof type === 'string' && type !== '' && type.isWellFormed()) return type
  throw new InvalidArgumentError('INVALID_VALUE', `A value has a type, such as 'URL'; ${JSON.stringify(type)} is none.`)
}

/** A type as a value in a query. @throws InvalidArgumentError `INVALID_VALUE` */
export function encodeType(type: string): string {
  return encodeURIComponent(checkType(type))
}

/** As one piece of a URL's path; a slash in it must not become one of the path's. */
export function encodeName(name: string): string {
  return encodeURIComponent(name)
}
