import type { LocationDraft } from './locations-input.ts'
import type { LocationsValue } from './locations-read.ts'
import { type Attributes, isLocation, LocationsXmlEdit, parseNumber, type XmlElement } from './locations-xml.ts'

type Place = readonly [edit: LocationsXmlEdit, element: XmlElement]

/** Changes all locations of a record, in whichever value they are. What is added goes to the last. */
export class LocationsEdit {
  readonly edits: readonly LocationsXmlEdit[]
  readonly #places: readonly Place[]
  readonly #freeId: () => string

  /** @param lists At least one. */
  constructor(lists: readonly Pick<LocationsValue, 'xml'>[]) {
    this.edits = lists.map(({ xml }) => new LocationsXmlEdit(xml))
    this.#places = this.edits.flatMap((edit) =>
      edit.xml.elements.filter(isLocation).map((element) => [edit, element] as const),
    )
    this.#freeId = freeIds(this.#places.flatMap(([, { attributes }]) => attributes.get('id') ?? []))
  }

  /** Adds those that are missing; gives those that are there the attributes that are given, and leaves them the others. */
  add(drafts: readonly LocationDraft[]): void {
    const wanted = new Map<string, Attributes>()
    for (const { href, attributes } of drafts) {
      wanted.set(href, new Map([...(wanted.get(href) ?? []), ...attributes]))
    }
    for (const [edit, element] of this.#places) {
      const { attributes } = element
      const href = attributes.get('href')
      const given = href === undefined ? undefined : wanted.get(href)
      if (given) edit.setAttributes(element, new Map([...attributes, ...spelledAs(attributes, given)]))
    }
    const present = new Set(this.#places.map(([, { attributes }]) => attributes.get('href')))
    const missing = [...wanted].filter(([href]) => !present.has(href))
    this.#append(missing.map(([href, attributes]) => ({ href, attributes })))
  }

  /** Lets every location that leads to one place lead to another. */
  replace(oldHref: string, newHref: string): void {
    for (const [edit, element] of this.#places) {
      const { attributes } = element
      if (attributes.get('href') === oldHref) edit.setAttributes(element, new Map([...attributes, ['href', newHref]]))
    }
  }

  /** Removes every location that leads to one of these places. */
  remove(hrefs: readonly string[]): void {
    const unwanted = new Set(hrefs)
    for (const [edit, element] of this.#places) {
      const href = element.attributes.get('href')
      if (href !== undefined && unwanted.has(href)) edit.remove(element)
    }
  }

  /** Makes the locations exactly these. Those that stay keep their places, and their ids unless others are given. */
  set(drafts: readonly LocationDraft[]): void {
    const wanted = Map.groupBy(drafts, ({ href }) => href)
    for (const [edit, element] of this.#places) {
      const { attributes } = element
      const href = attributes.get('href')
      if (href === undefined) continue
      const draft = wanted.get(href)?.shift()
      if (draft) edit.setAttributes(element, exactly(attributes, draft))
      else edit.remove(element)
    }
    this.#append(drafts.filter((draft) => wanted.get(draft.href)?.includes(draft)))
  }

  /** Says how resolvers are to choose, where that is said already or at the beginning. */
  setChooseBy(chooseBy: string): void {
    const edit = this.edits.find(({ xml }) => chooseByName(xml.root.attributes)) ?? this.edits[0]
    if (!edit) return
    const { root } = edit.xml
    edit.setAttributes(root, new Map([...root.attributes, [chooseByName(root.attributes) ?? 'chooseby', chooseBy]]))
  }

  #append(drafts: readonly LocationDraft[]): void {
    for (const { href, attributes } of drafts) {
      const id = attributes.get('id') ?? this.#freeId()
      this.edits.at(-1)?.append(new Map([['id', id], ['href', href], ...attributes]))
    }
  }
}

/** Resolvers obey the newer of the two names. */
function chooseByName(attributes: Attributes): string | undefined {
  return ['choose_by', 'chooseby'].find((name) => attributes.has(name))
}

/** The attributes of an element that is to have those of a draft and no others, in their old order. */
function exactly(current: Attributes, { href, attributes }: LocationDraft): Attributes {
  const given = new Map([['href', href], ...spelledAs(current, attributes)])
  const id = current.get('id')
  if (id !== undefined && !given.has('id')) given.set('id', id)
  const kept = [...current.keys()].flatMap((name) => {
    const value = given.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return new Map([...kept, ...given])
}

/** A weight of 1.0 is one of 1: as it is written already, so it stays. */
function spelledAs(current: Attributes, given: Attributes): Attributes {
  const [was, weight] = [current.get('weight'), given.get('weight')]
  if (was === undefined || weight === undefined || parseNumber(was) === undefined) return given
  return parseNumber(was) === parseNumber(weight) ? new Map([...given, ['weight', was]]) : given
}

/** Gives the lowest whole numbers that are not taken, each once. */
function freeIds(taken: readonly string[]): () => string {
  const numbers = new Set(taken.filter((id) => /^\d+$/.test(id)).map(Number))
  let next = 0
  return () => {
    while (numbers.has(next)) next += 1
    return String(next++)
  }
}
