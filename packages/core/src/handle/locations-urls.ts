/** The URL values of a record, as resolvers take them for locations. */

import type { Candidate } from './locations-choose.ts'
import type { HandleLocation } from './locations.ts'
import { isOfType, sameType } from './name.ts'
import type { HandleRecord, HandleValue } from './record.ts'

/** What URL values weigh next to locations. */
export interface UrlWeights {
  readonly urls: number
  /** Of those with a subtype, such as URL.x, where others have none. */
  readonly subtypes: number
}

/** Whether URL values are a part of a list, rather than the first of them being where the handle leads. */
export function hasList({ values }: HandleRecord): boolean {
  return values.some((value) =>
    ['10320/loc', '10320/links', '10320/headers'].some((type) => isOfType(value.type, type)),
  )
}

/** Where a handle leads without a list: to its first URL, one without a subtype if there is one. */
export function firstUrl({ values }: HandleRecord): HandleLocation | undefined {
  const types = ['URL', '0.TYPE/URL']
  const places = [
    ...values.filter(({ type }) => types.some((one) => sameType(type, one))),
    ...values.filter(({ type }) => types.some((one) => isOfType(type, one))),
  ]
  return places.flatMap((value) => toLocation(value, undefined))[0]
}

export function urlCandidates({ values }: HandleRecord, { urls, subtypes }: UrlWeights): readonly Candidate[] {
  const hasPlain = values.some(isPlain)
  return values.flatMap((value) => {
    if (!isOfType(value.type, 'URL')) return []
    const weight = isPlain(value) || !hasPlain ? urls : subtypes
    return toLocation(value, weight).map((location) => {
      const attributes = { href: location.href, weight: written(weight), mode: 'legacy' }
      return { location, attributes: new Map(Object.entries(attributes)) }
    })
  })
}

function isPlain({ type }: HandleValue): boolean {
  return sameType(type, 'URL')
}

/** A location, where the value holds text. */
function toLocation({ index, data }: HandleValue, weight: number | undefined): HandleLocation[] {
  if (data.format !== 'string') return []
  return [{ index, href: data.value, id: undefined, weight, country: undefined, httpRole: undefined, attributes: {} }]
}

/** As Java writes it: `locatt=weight:1.0` finds it. */
function written(weight: number): string {
  return Number.isInteger(weight) ? weight.toFixed(1) : String(weight)
}
