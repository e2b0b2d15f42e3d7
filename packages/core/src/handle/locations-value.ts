import { checkOptions } from '../options.ts'
import { LocationsEdit } from './locations-edit.ts'
import { checkChooseBy, type LocationInput, toLocationDrafts } from './locations-input.ts'
import type { LocationsValue } from './locations-read.ts'
import { emptyLocationsXml, type LocationsXmlEdit, parseLocationsXml } from './locations-xml.ts'

/** How a client writes locations. */
export interface LocationsDefaults {
  /** How resolvers are to choose from locations where a record had none: 'locatt,country,weighted'. */
  readonly chooseBy?: string | undefined
}

/** What to do with the locations of a record. */
export type MakeLocations = (edit: LocationsEdit) => void

/**
 * The data of a value of the type 10320/LOC, to make a handle with.
 *
 * @example await client.create('21.T12345/data', { URL: first, '10320/LOC': locationsXml([first, second]) })
 */
export function locationsXml(locations: readonly LocationInput[], options: LocationsDefaults = {}): string {
  checkOptions('locationsXml', options, ['chooseBy'])
  const drafts = toLocationDrafts(locations)
  return newLocationsXml((edit) => edit.add(drafts), checkChooseBy('locationsXml', options.chooseBy))
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
