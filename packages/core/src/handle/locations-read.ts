import { HandleRecordError } from '../errors.ts'
import { type LocationsXml, parseLocationsXml } from './locations-xml.ts'
import { isOfType } from './name.ts'
import type { HandleRecord, HandleValue } from './record.ts'

/** The type of values that hold locations, as B2HANDLE spells it. */
export const locationsType = '10320/LOC'

/** A value of the type 10320/loc, and what it holds. */
export interface LocationsValue {
  readonly value: HandleValue
  readonly xml: LocationsXml
}

/**
 * Reads all locations of a record, those of subtypes such as 10320/loc.x included.
 *
 * @throws HandleRecordError `MALFORMED_LOCATIONS`
 */
export function readLocations({ handle, values }: Pick<HandleRecord, 'handle' | 'values'>): LocationsValue[] {
  return values
    .filter(({ type }) => isOfType(type, locationsType))
    .map((value) => {
      try {
        if (value.data.format !== 'string') throw new Error('it is no text')
        return { value, xml: parseLocationsXml(value.data.value) }
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause)
        throw new HandleRecordError(
          'MALFORMED_LOCATIONS',
          `${handle}: the value ${value.type} at index ${value.index} is no list of locations: ${why.replace(/\.$/, '')}. ` +
            'Correct it with updateValue, or remove it with removeValues.',
          { cause, handle, indexes: [value.index] },
        )
      }
    })
}
