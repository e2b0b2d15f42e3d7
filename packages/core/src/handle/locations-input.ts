import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { HandleLocation } from './locations.ts'

/** A location to write: where it leads, or that with attributes. A {@link HandleLocation} that was read is one, too. */
export type LocationInput = string | (Pick<HandleLocation, 'href'> & Partial<LocationAttributes>)

interface LocationAttributes {
  /** Default: the lowest whole number that is free. */
  readonly id: string | number | undefined
  /** See {@link HandleLocation.weight}. Written as it is given. */
  readonly weight: number | undefined
  readonly country: string | undefined
  readonly httpRole: string | undefined
  /** Further ones, by their names in the XML. */
  readonly attributes: Readonly<Record<string, string | number>> | undefined
  /** Of one that was read, and so may lead nowhere (`href=""`). Has no other effect. */
  readonly index: number
}

/** A checked {@link LocationInput}. */
export interface LocationDraft {
  readonly href: string
  /** Without href, by their names in the XML. */
  readonly attributes: ReadonlyMap<string, string>
}

/**
 * Checks locations before anything is sent.
 *
 * @throws InvalidArgumentError `INVALID_VALUE`, `INVALID_OPTION` or `UNKNOWN_OPTION`
 */
export function toLocationDrafts(locations: readonly LocationInput[]): LocationDraft[] {
  if (!Array.isArray(locations)) throw invalid("Locations are given as a list: ['https://example.org'].")
  return locations.map((location: LocationInput) =>
    typeof location === 'string' ? toDraft({ href: location }) : toDraft(location),
  )
}

function toDraft(location: Exclude<LocationInput, string>): LocationDraft {
  checkOptions('A location', location, ['href', 'id', 'weight', 'country', 'httpRole', 'attributes', 'index'])
  const { id, weight, country, httpRole, attributes = {} } = location
  const href = location.href === '' && location.index !== undefined ? '' : checkHref(location.href)
  if (weight !== undefined && !(typeof weight === 'number' && Number.isFinite(weight))) {
    throw invalid(`The location ${href}: its weight is a number.`)
  }
  if (typeof attributes !== 'object' || attributes === null) {
    throw invalid(`The location ${href}: its attributes are an object such as { score: 1 }.`)
  }
  const all = { id, weight, country, http_role: httpRole }
  const checked = new Map<string, string>()
  for (const [name, value] of [...Object.entries(all), ...Object.entries(attributes)]) {
    if (value === undefined || checked.has(name)) continue
    checked.set(checkName(href, name), toText(`The location ${href}: ${name}`, value))
  }
  return { href, attributes: checked }
}

/** @throws InvalidArgumentError `INVALID_VALUE` */
export function checkHref(href: unknown): string {
  if (typeof href === 'string' && href !== '') return checkText('A location: its href', href)
  throw invalid("A location has an href, such as 'https://example.org'.")
}

/** @throws InvalidArgumentError `INVALID_OPTION` or `INVALID_VALUE` */
export function checkChooseBy(where: string, chooseBy: string | undefined): string | undefined {
  if (chooseBy === undefined) return undefined
  if (typeof chooseBy === 'string' && chooseBy !== '') return checkText(`${where}: chooseBy`, chooseBy)
  throw new InvalidArgumentError('INVALID_OPTION', `${where}: chooseBy is text such as 'locatt,country,weighted'.`)
}

function toText(what: string, value: unknown): string {
  if (typeof value === 'string' || Number.isFinite(value)) return checkText(what, String(value))
  throw invalid(`${what} is text or a number.`)
}

/** What XML can hold (XML 1.0, section 2.2). @throws InvalidArgumentError `INVALID_VALUE` */
function checkText(what: string, text: string): string {
  if (/^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(text)) return text
  throw invalid(`${what} has a character that XML cannot hold.`)
}

// NameStartChar and NameChar (XML 1.0, section 2.3).
const nameStart =
  String.raw`:A-Z_a-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}\u{200D}` +
  String.raw`\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}`
const nameFurther = String.raw`\-.0-9\u{B7}\u{300}-\u{36F}\u{203F}\u{2040}`
const xmlName = new RegExp(`^[${nameStart}][${nameStart}${nameFurther}]*$`, 'u')

function checkName(href: string, name: string): string {
  if (xmlName.test(name) && name !== 'href') return name
  throw invalid(`The location ${href}: '${name}' is no name for an attribute of its own.`)
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('INVALID_VALUE', message)
}
