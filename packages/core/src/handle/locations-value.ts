import { checkOptions } from '../strategy.ts'
import type { ValueInput } from './draft.ts'
import { LocationsEdit } from './locations-edit.ts'
import { checkChooseBy, type LocationInput, toLocationDrafts } from './locations-input.ts'
import { locationsType, type LocationsValue } from './locations-read.ts'
import { emptyLocationsXml, type LocationsXmlEdit, parseLocationsXml } from './locations-xml.ts'

/** How a client writes locations. */
export interface LocationsDefaults {
  /** How resolvers are to choose from locations where a record had none: 'locatt,country,weighted'. */
  readonly chooseBy?: string | undefined
}

/** What {@link locationsValue} takes beside the locations. */
export interface LocationsValueOptions extends LocationsDefaults {
  /** Default: the lowest that is free. */
  readonly index?: number | undefined
}

/** What to do with the locations of a record. */
export type MakeLocations = (edit: LocationsEdit) => void

/**
 * The value that holds some locations, to make a handle with.
 *
 * @example await client.create('21.T12345/data', [{ type: 'URL', data: first }, locationsValue([first, second])])
 */
export function locationsValue(locations: readonly LocationInput[], options: LocationsValueOptions = {}): ValueInput {
  checkOptions('locationsValue', options, ['chooseBy', 'index'])
  const drafts = toLocationDrafts(locations)
  const chooseBy = checkChooseBy('locationsValue', options.chooseBy)
  return {
    type: locationsType,
    data: newLocationsXml((edit) => edit.add(drafts), chooseBy),
    ...(options.index !== undefined && { index: options.index }),
  }
}

/** A list of its own, with what is made in it. */
export function newLocationsXml(make: MakeLocations, chooseBy: string | undefined): string {
  const [edit] = editLocations([{ xml: parseLocationsXml(emptyLocationsXml) }], (begun) => {
    if (chooseBy !== undefined) begun.setChooseBy(chooseBy)
    make(begun)
  })
  return String(edit)
}

/** Changes the lists of a record as one. */
export function editLocations(
  lists: readonly Pick<LocationsValue, 'xml'>[],
  make: MakeLocations,
): readonly LocationsXmlEdit[] {
  const edit = new LocationsEdit(lists)
  make(edit)
  return edit.edits
}
