import { type Candidate, checkChoice, chooseLocation, type ChooseLocationOptions } from './locations-choose.ts'
import { type LocationsValue, readLocations } from './locations-read.ts'
import { firstUrl, hasList, urlCandidates, type UrlWeights } from './locations-urls.ts'
import { type Attributes, isLocation, parseNumber } from './locations-xml.ts'
import type { HandleRecord } from './record.ts'

/** One of the places where a handle leads, from a value of the type 10320/loc. */
export interface HandleLocation {
  /** Of the value that holds the location. */
  readonly index: number
  readonly href: string
  readonly id: string | undefined
  /** How often it is chosen, next to the others; 0 is only chosen when asked for. Default: 1. No upper limit. */
  readonly weight: number | undefined
  /** Code of two letters: for whom it is chosen first. */
  readonly country: string | undefined
  /** The attribute http_role: 'conneg' or 'no_conneg'. */
  readonly httpRole: string | undefined
  /** All other attributes, by their names in the XML: score, addresses, http_sc, rel, … */
  readonly attributes: Readonly<Record<string, string>>
}

/** A pattern that makes a location of the handle (`href_template`). */
export interface HandleLocationTemplate extends Omit<HandleLocation, 'href'> {
  readonly template: string
}

/**
 * The locations of a record: those of all its values of the type 10320/loc, as resolvers see them. The XML is read when
 * it is first needed: where it is malformed, everything here throws HandleRecordError `MALFORMED_LOCATIONS`.
 */
export class HandleLocations implements Iterable<HandleLocation> {
  readonly #record: HandleRecord
  #values: readonly LocationsValue[] | undefined
  #places: readonly Candidate[] | undefined

  /** @internal They come from {@link HandleRecord.locations}. */
  static of(record: HandleRecord): HandleLocations {
    return new HandleLocations(record)
  }

  private constructor(record: HandleRecord) {
    this.#record = record
  }

  get length(): number {
    return this.#candidates.length
  }

  /** Whether one of them leads exactly there. */
  has(href: string): boolean {
    return this.#candidates.some(({ location }) => location.href === href)
  }

  [Symbol.iterator](): Iterator<HandleLocation> {
    return this.#candidates.map(({ location }) => location)[Symbol.iterator]()
  }

  /** How resolvers are to choose: 'locatt,country,weighted'. Undefined where the record does not say. */
  get chooseBy(): string | undefined {
    return this.#root('choose_by') ?? this.#root('chooseby')
  }

  /** Locations that are made of a pattern. */
  get templates(): HandleLocationTemplate[] {
    return this.#elements.flatMap(([index, attributes]) => {
      const template = attributes.get('href_template')
      return template === undefined ? [] : [{ template, ...described(index, attributes, 'href_template') }]
    })
  }

  /**
   * Picks a location as a resolver would, the URL values of the record included: beside locations they have the weights
   * that the record says (`urlWeight`, `urlSubtypeWeight`), or 0. Undefined where there is none.
   *
   * Not taken into account: templates, `addresses` (the client's address), `http_role` (content negotiation), and
   * locations that are included from other handles.
   */
  choose(options: ChooseLocationOptions = {}): HandleLocation | undefined {
    checkChoice(options)
    if (!hasList(this.#record)) return firstUrl(this.#record)
    const urls = /^(?:true|yes|1)$/i.test(this.#root('no_legacy') ?? '')
      ? []
      : urlCandidates(this.#record, this.#urlWeights)
    return chooseLocation([...this.#candidates, ...urls], this.chooseBy, options)
  }

  get #urlWeights(): UrlWeights {
    const [urls, subtypes] = [this.#root('urlWeight'), this.#root('urlSubtypeWeight')]
    const usual = this.#lists.length === 0 ? 1 : 0
    return { urls: urls === undefined ? usual : (parseNumber(urls) ?? 0), subtypes: parseNumber(subtypes) ?? 0 }
  }

  get #candidates(): readonly Candidate[] {
    this.#places ??= this.#elements.flatMap(([index, attributes]) => {
      const href = attributes.get('href')
      return href === undefined ? [] : [{ location: { href, ...described(index, attributes, 'href') }, attributes }]
    })
    return this.#places
  }

  get #lists(): readonly LocationsValue[] {
    this.#values ??= readLocations(this.#record)
    return this.#values
  }

  get #elements(): (readonly [index: number, attributes: Attributes])[] {
    return this.#lists.flatMap(({ value, xml }) =>
      xml.elements.filter(isLocation).map(({ attributes }) => [value.index, attributes] as const),
    )
  }

  #root(name: string): string | undefined {
    return this.#lists.map(({ xml }) => xml.root.attributes.get(name)).find((value) => value !== undefined)
  }
}

/** A location without what leads there. */
function described(index: number, attributes: Attributes, address: string): Omit<HandleLocation, 'href'> {
  const weight = parseNumber(attributes.get('weight'))
  const spoken = [address, 'id', 'country', 'http_role', ...(weight === undefined ? [] : ['weight'])]
  return {
    index,
    id: attributes.get('id'),
    weight,
    country: attributes.get('country'),
    httpRole: attributes.get('http_role'),
    attributes: Object.fromEntries([...attributes].filter(([name]) => !spoken.includes(name))),
  }
}
