import { parseXml, type XmlDocument, XmlDocumentType, XmlElement as ParsedElement } from '@rgrove/parse-xml'

/** Attributes by name, in the order of the text. */
export type Attributes = ReadonlyMap<string, string>

/** A tag of a text: where it begins, and where it ends. */
interface Tag {
  readonly name: string
  readonly attributes: Attributes
  readonly start: number
  readonly tagEnd: number
  readonly selfClosing: boolean
}

/** An element directly below the root, from `start` to `end`. */
export interface XmlElement extends Tag {
  readonly end: number
}

/** The XML of one 10320/loc value, with the places of its elements in it. */
export interface LocationsXml {
  readonly text: string
  readonly root: Tag & { readonly contentEnd: number }
  readonly elements: readonly XmlElement[]
}

const withPlaces = { includeOffsets: true, preserveCdata: true, preserveComments: true, preserveDocumentType: true }

/**
 * Reads a list of locations. Entities other than the five of XML, and every DTD, are refused, and so is what is nested too
 * deeply to be one.
 *
 * @throws Error that says what is wrong, and where.
 */
export function parseLocationsXml(text: string): LocationsXml {
  const document = parse(text)
  const { root } = document
  if (!root) throw new Error('it is empty')
  if (document.children.some((node) => node instanceof XmlDocumentType)) throw new Error('it has a DTD')
  if (root.name.toLowerCase() !== 'locations') throw new Error(`its root is <${root.name}>, not <locations>`)
  const elements = root.children.filter((node) => node instanceof ParsedElement).map((child) => elementOf(text, child))
  const { end, ...tag } = elementOf(text, root)
  return { text, root: { ...tag, contentEnd: tag.selfClosing ? end : closingTag(text, end) }, elements }
}

function parse(text: string): XmlDocument {
  let why: string
  try {
    return parseXml(text, withPlaces)
  } catch (error) {
    why = error instanceof RangeError ? 'it is nested too deeply' : String(Reflect.get(Object(error), 'message'))
  }
  // Below the first line of its message, and in its members, the parser's error quotes the text, which may be private.
  throw new Error(why.split('\n', 1).join(''))
}

function elementOf(text: string, { name, attributes, start, end: parsedEnd, children }: ParsedElement): XmlElement {
  // The parser gives Infinity for the end of a text with characters beyond U+FFFF.
  const end = Math.min(parsedEnd, text.length)
  const selfClosing = text.endsWith('/>', end)
  const tagEnd = children[0]?.start ?? (selfClosing ? end : closingTag(text, end))
  return { name, attributes: new Map(Object.entries(attributes)), start, tagEnd, end, selfClosing }
}

/** Where the closing tag begins that ends there. */
function closingTag(text: string, end: number): number {
  return text.lastIndexOf('</', end - 1)
}

/** Whether this is a location or a template for some. Resolvers do not distinguish case here. */
export function isLocation({ name }: XmlElement): boolean {
  return /^loc(?:ation|_template)$/i.test(name)
}

/** A number as attributes have it; undefined where there is none. */
export function parseNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

/**
 * Changes a list of locations by cutting and pasting: what is not changed stays byte for byte, with all that is not known
 * here.
 */
export class LocationsXmlEdit {
  readonly xml: LocationsXml
  readonly #tags = new Map<Tag, Attributes>()
  readonly #removed = new Set<XmlElement>()
  readonly #appended: Attributes[] = []

  constructor(xml: LocationsXml) {
    this.xml = xml
  }

  /** Gives an element, or the root, other attributes. */
  setAttributes(tag: XmlElement | LocationsXml['root'], attributes: Attributes): void {
    if (!sameAttributes(tag.attributes, attributes)) this.#tags.set(tag, attributes)
  }

  remove(element: XmlElement): void {
    this.#removed.add(element)
  }

  /** Adds a location behind everything else. */
  append(attributes: Attributes): void {
    this.#appended.push(attributes)
  }

  get isChanged(): boolean {
    return this.#tags.size + this.#removed.size + this.#appended.length > 0
  }

  /** Whether elements were removed, and none is left. */
  get isEmptied(): boolean {
    const { size } = this.#removed
    return size > 0 && size === this.xml.elements.length && this.#appended.length === 0
  }

  /** The text with the changes. */
  toString(): string {
    if (!this.isChanged) return this.xml.text
    const { text, root, elements } = this.xml
    const parts: string[] = []
    let done = 0
    const paste = (start: number, end: number, replacement: string): void => {
      parts.push(text.slice(done, start), replacement)
      done = end
    }
    const opens = root.selfClosing && this.#appended.length > 0
    const rootAttributes = this.#tags.get(root)
    if (rootAttributes || opens) {
      const selfClosing = root.selfClosing && !opens
      paste(root.start, root.tagEnd, renderTag(root.name, rootAttributes ?? root.attributes, selfClosing))
    }
    for (const element of elements) {
      const attributes = this.#tags.get(element)
      if (this.#removed.has(element)) paste(element.start, element.end, '')
      else if (attributes) {
        paste(element.start, element.tagEnd, renderTag(element.name, attributes, element.selfClosing))
      }
    }
    if (this.#appended.length > 0) {
      const locations = this.#appended.map((attributes) => renderTag('location', attributes, true)).join('')
      paste(root.contentEnd, root.contentEnd, opens ? `${locations}</${root.name}>` : locations)
    }
    parts.push(text.slice(done))
    return parts.join('')
  }
}

/** A list without locations, to begin with. */
export const emptyLocationsXml = '<locations></locations>'

function sameAttributes(one: Attributes, other: Attributes): boolean {
  return one.size === other.size && [...one].every(([name, value]) => other.get(name) === value)
}

function renderTag(name: string, attributes: Attributes, selfClosing: boolean): string {
  const inside = [...attributes].map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`).join('')
  return `<${name}${inside}${selfClosing ? ' /' : ''}>`
}

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const

function escaped(value: string): string {
  // Parsers turn a line end or a tab of an attribute into a blank, unless it is written as a number.
  return value
    .replaceAll(/[&<>"]/g, (character) => (isEscaped(character) ? escapes[character] : character))
    .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function isEscaped(character: string): character is keyof typeof escapes {
  return character in escapes
}
