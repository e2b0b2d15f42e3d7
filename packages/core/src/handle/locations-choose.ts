import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../strategy.ts'
import { parseNumber } from './locations-xml.ts'
import type { HandleLocation } from './locations.ts'

/** For whom {@link HandleLocations.choose} chooses. */
export interface ChooseLocationOptions {
  /** The client's country: a code of two letters, in any case. */
  readonly country?: string | undefined
  /** Attributes that the location has to have, as in the link `…?locatt=id:1`: `{ id: '1' }`. */
  readonly locatt?: Readonly<Record<string, string>> | undefined
  /** From 0 to below 1. Default: Math.random. */
  readonly random?: (() => number) | undefined
}

/** What resolvers do where a record does not say how to choose. */
const usualOrder = 'locatt,address,country,score,weighted'

type Narrow = (locations: readonly HandleLocation[], options: ChooseLocationOptions) => readonly HandleLocation[]

/** Each gives those that it prefers; none means that it has no say. */
const methods: Readonly<Record<string, Narrow>> = {
  locatt: (locations, { locatt }) => {
    const wanted = Object.entries(locatt ?? {})
    return locations.filter((location) => wanted.every(([name, value]) => attributeOf(location, name) === value))
  },
  country: (locations, { country }) =>
    country === undefined ? [] : locations.filter((one) => one.country?.toLowerCase() === country.toLowerCase()),
  score: (locations) => {
    const best = locations.reduce((most, location) => Math.max(most, scoreOf(location)), -Infinity)
    return locations.filter((location) => scoreOf(location) === best)
  },
  weighted: (locations, { random = Math.random }) => {
    const weights = locations.map(weightOf)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    if (total === 0) return locations.slice(Math.floor(random() * locations.length)).slice(0, 1)
    let left = random() * total
    const hit = locations.find((_, place) => (left -= weights[place] ?? 0) < 0)
    return hit ? [hit] : []
  },
}

/**
 * Picks a location: every method of `chooseBy`, in its order, narrows the choice down to those that it prefers, and has no
 * say where it prefers none. Of what is left at the end, the first is taken. Methods that are not known here are left out.
 */
export function chooseLocation(
  locations: readonly HandleLocation[],
  urls: readonly HandleLocation[],
  chooseBy: string | undefined,
  options: ChooseLocationOptions,
): HandleLocation | undefined {
  checkChoice(options)
  // Without a list of locations, a resolver takes the first URL.
  if (locations.length === 0) return urls[0]
  const weightless = urls.map((url) => ({ ...url, weight: 0 }))
  let left: readonly HandleLocation[] = [...locations, ...weightless]
  for (const name of (chooseBy ?? usualOrder).split(',')) {
    if (left.length === 1) break
    const method = Object.hasOwn(methods, name.trim()) ? methods[name.trim()] : undefined
    const preferred = method?.(left, options) ?? []
    if (preferred.length > 0) left = preferred
  }
  return left[0]
}

/** @throws InvalidArgumentError */
function checkChoice(options: ChooseLocationOptions): void {
  checkOptions('locations.choose', options, ['country', 'locatt', 'random'])
  const { country, locatt = {} } = options
  if (country !== undefined && typeof country !== 'string') {
    throw new InvalidArgumentError('INVALID_OPTION', "locations.choose: country is a code such as 'DE'.")
  }
  if (typeof locatt !== 'object' || locatt === null) {
    throw new InvalidArgumentError('INVALID_OPTION', "locations.choose: locatt is an object such as { id: '1' }.")
  }
}

function attributeOf(location: HandleLocation, name: string): string | undefined {
  if (name === 'http_role') return location.httpRole
  if (name === 'weight') return location.weight?.toString() ?? location.attributes['weight']
  if (name === 'href' || name === 'id' || name === 'country') return location[name]
  return Object.hasOwn(location.attributes, name) ? location.attributes[name] : undefined
}

/** Without a weight it is 1; a negative one counts as 0. */
function weightOf({ weight = 1 }: HandleLocation): number {
  return Math.max(0, weight)
}

function scoreOf({ attributes }: HandleLocation): number {
  return parseNumber(attributes['score']) ?? 0
}
