import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { type Attributes, parseNumber } from './locations-xml.ts'
import type { HandleLocation } from './locations.ts'

/** For whom {@link HandleLocations.choose} chooses. */
export interface ChooseLocationOptions {
  /** The client's country: a code of two letters, in any case. */
  readonly country?: string | undefined
  /**
   * Attributes that the location is to have, as in the link `…?locatt=id:1`: `{ id: '1' }`. Each by itself: one that no
   * location has makes no difference.
   */
  readonly locatt?: Readonly<Record<string, string | number | undefined>> | undefined
  /** From 0 to below 1. Default: Math.random. */
  readonly random?: (() => number) | undefined
}

/** A location that may be chosen, with its attributes as resolvers see them. */
export interface Candidate {
  readonly location: HandleLocation
  readonly attributes: Attributes
}

/** What resolvers do where a record does not say how to choose. */
const usualOrder = 'locatt,address,country,score,weighted'

type Narrow = (candidates: readonly Candidate[], options: ChooseLocationOptions) => readonly Candidate[]

const methods: Readonly<Record<string, Narrow>> = {
  locatt: (candidates, { locatt = {} }) =>
    Object.entries(locatt).reduce((left, [name, value]) => {
      if (value === undefined) return left
      return preferring(left, ({ attributes }) => attributes.get(name.trim()) === String(value))
    }, candidates),
  country: (candidates, { country }) => {
    if (country === undefined) return candidates
    return preferring(candidates, ({ attributes }) => codeOf(attributes.get('country')) === codeOf(country))
  },
  // No score is 0, and what has less than none is not chosen.
  score: (candidates) => {
    const best = candidates.reduce((most, candidate) => Math.max(most, scoreOf(candidate)), 0)
    return candidates.filter((candidate) => scoreOf(candidate) === best)
  },
}

/**
 * Picks a location: every method of `chooseBy`, in its order, narrows the choice down, and what is left is drawn by weight.
 * Methods that are not known here are passed over.
 */
export function chooseLocation(
  candidates: readonly Candidate[],
  chooseBy: string | undefined,
  options: ChooseLocationOptions,
): HandleLocation | undefined {
  let left = candidates
  for (const part of (chooseBy ?? usualOrder).split(',')) {
    const name = part.trim().toLowerCase()
    if (left.length === 1 || name === 'weighted') break
    const narrow = Object.hasOwn(methods, name) ? methods[name] : undefined
    left = narrow?.(left, options) ?? left
  }
  return draw(left, options.random ?? Math.random)?.location
}

/** Those that fit; all where none does. */
function preferring(candidates: readonly Candidate[], fits: (candidate: Candidate) => boolean): readonly Candidate[] {
  const preferred = candidates.filter(fits)
  return preferred.length > 0 ? preferred : candidates
}

function draw(candidates: readonly Candidate[], random: () => number): Candidate | undefined {
  const weights = candidates.map(weightOf)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return candidates[Math.floor(random() * candidates.length)]
  let left = random() * total
  const hit = weights.findIndex((weight) => (left -= weight) < 0)
  // Fractions do not quite add up.
  return candidates[hit < 0 ? weights.findLastIndex((weight) => weight > 0) : hit]
}

/** Without a weight it is 1; a negative one counts as 0. */
function weightOf({ attributes }: Candidate): number {
  return Math.max(0, parseNumber(attributes.get('weight')) ?? 1)
}

function scoreOf({ attributes }: Candidate): number {
  return parseNumber(attributes.get('score')) ?? 0
}

function codeOf(country: string | undefined): string | undefined {
  return country?.trim().toLowerCase()
}

/** @throws InvalidArgumentError */
export function checkChoice(options: ChooseLocationOptions): void {
  checkOptions('locations.choose', options, ['country', 'locatt', 'random'])
  const { country, locatt = {}, random } = options
  if (country !== undefined && typeof country !== 'string') throw refused("country is a code such as 'DE'.")
  if (random !== undefined && typeof random !== 'function') throw refused('random is a function, such as Math.random.')
  if (typeof locatt !== 'object' || locatt === null || Array.isArray(locatt)) {
    throw refused("locatt is an object such as { id: '1' }.")
  }
  for (const [name, value] of Object.entries(locatt)) {
    if (value !== undefined && typeof value !== 'string' && !Number.isFinite(value)) {
      throw refused(`locatt: '${name}' is text or a number.`)
    }
  }
}

function refused(why: string): InvalidArgumentError {
  return new InvalidArgumentError('INVALID_OPTION', `locations.choose: ${why}`)
}
