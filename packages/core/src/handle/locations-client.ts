import { HandleRecordError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { HandleApi } from './api.ts'
import { listed, type Value } from './compare.ts'
import { editOptions, type EditOptions, type Editor } from './edits.ts'
import type { LocationsEdit } from './locations-edit.ts'
import { checkChooseBy, checkHref, type LocationInput, toLocationDrafts } from './locations-input.ts'
import { locationsType, readLocations } from './locations-read.ts'
import { editLocations, type LocationsDefaults, type MakeLocations, newLocationsXml } from './locations-value.ts'
import { parseHandle } from './name.ts'
import { planned, unchanged, type WriteResult } from './result.ts'
import { readFor } from './selection.ts'
import { deleteValues, putValues } from './value-writes.ts'
import type { Writer } from './writer.ts'

/** What {@link LocationsClient.add} and {@link LocationsClient.set} take beside the locations. */
export interface LocationsOptions extends EditOptions {
  /** How resolvers are to choose: 'locatt,country,weighted'. Default: as it was; where there was nothing, as they do. */
  readonly chooseBy?: string | undefined
}

/** A change of all locations of a record. */
interface Change {
  readonly make: MakeLocations
  /** Whether it makes a list of locations where the record has none. */
  readonly begins: boolean
}

/**
 * Changes the locations of a record: those of all its values of the type 10320/loc. Only values that change are written,
 * by their index, and what is not named stays in them as it is: attributes, templates, unknown elements, comments.
 * Where nothing changes, nothing is written.
 *
 * Every method throws HandleRecordError `MALFORMED_LOCATIONS`, before anything is written, where one of the values cannot
 * be read, and what the other edits of {@link HandleClient} throw.
 */
export class LocationsClient {
  readonly #api: HandleApi
  readonly #writer: Writer
  readonly #editor: Editor
  readonly #chooseBy: string | undefined

  /** @internal It comes from {@link HandleClient.locations}. */
  static of(api: HandleApi, writer: Writer, editor: Editor, defaults: LocationsDefaults = {}): LocationsClient {
    return new LocationsClient(api, writer, editor, defaults)
  }

  private constructor(api: HandleApi, writer: Writer, editor: Editor, defaults: LocationsDefaults) {
    checkOptions('HandleClient: locations', defaults, ['chooseBy'])
    this.#api = api
    this.#writer = writer
    this.#editor = editor
    this.#chooseBy = checkChooseBy('HandleClient: locations', defaults.chooseBy)
  }

  /**
   * Adds locations. One that is there already gets the attributes that are given, and keeps the others. New ones get the
   * lowest ids that are free.
   *
   * @example await client.locations.add('21.T12345/data', [{ href: 'https://mirror.example.org', country: 'de' }])
   */
  async add(handle: string, locations: readonly LocationInput[], options: LocationsOptions = {}): Promise<WriteResult> {
    const [chooseBy, rest] = checkLocationsOptions('locations.add', options)
    const drafts = toLocationDrafts(locations)
    const make = (edit: LocationsEdit): void => {
      edit.add(drafts)
      if (chooseBy !== undefined) edit.setChooseBy(chooseBy)
    }
    return this.#change(handle, { make, begins: drafts.length > 0 }, rest)
  }

  /** Lets every location that leads to one place lead to another; its id and its other attributes stay. */
  async replace(handle: string, oldHref: string, newHref: string, options: EditOptions = {}): Promise<WriteResult> {
    checkOptions('locations.replace', options, editOptions)
    const [from, to] = [checkHref(oldHref), checkHref(newHref)]
    return this.#change(handle, { make: (edit) => edit.replace(from, to), begins: false }, options)
  }

  /** Removes every location that leads to one of these places. A value in which nothing is left is removed. */
  async remove(handle: string, hrefs: string | readonly string[], options: EditOptions = {}): Promise<WriteResult> {
    checkOptions('locations.remove', options, editOptions)
    const unwanted = [hrefs].flat().map(checkHref)
    return this.#change(handle, { make: (edit) => edit.remove(unwanted), begins: false }, options)
  }

  /**
   * Makes the locations exactly these, with these attributes. Those that stay keep their ids and their places; templates
   * and elements that are no locations stay.
   */
  async set(handle: string, locations: readonly LocationInput[], options: LocationsOptions = {}): Promise<WriteResult> {
    const [chooseBy, rest] = checkLocationsOptions('locations.set', options)
    const drafts = toLocationDrafts(locations)
    const make = (edit: LocationsEdit): void => {
      edit.set(drafts)
      if (chooseBy !== undefined) edit.setChooseBy(chooseBy)
    }
    return this.#change(handle, { make, begins: drafts.length > 0 }, rest)
  }

  #change(handle: string, change: Change, options: EditOptions): Promise<WriteResult> {
    const { name } = parseHandle(handle)
    return this.#api.change(name, options, (call) => this.#run(name, change, call))
  }

  async #run(name: string, { make, begins }: Change, call: EditOptions): Promise<WriteResult> {
    const advice = 'Locations of all values are one list, so it has to be read whole.'
    const seen = await readFor(this.#api, name, () => [`${locationsType}.`], advice, call)
    const lists = readLocations(seen.record)
    if (lists.length === 0) {
      if (!begins) return unchanged(name, call)
      // Not over a value that these credentials cannot read.
      return this.#editor.addTo(seen, { type: locationsType, data: newLocationsXml(make, this.#chooseBy) }, call)
    }
    const edits = editLocations(lists, make)
    const changed: Value[] = []
    const emptied: number[] = []
    lists.forEach(({ value }, place) => {
      const edit = edits[place]
      if (!edit?.isChanged) return
      if (edit.isEmptied) emptied.push(value.index)
      else changed.push({ ...value, data: { format: 'string', value: edit.toString() } })
    })
    return this.#write(name, changed, emptied, call)
  }

  async #write(
    handle: string,
    changed: readonly Value[],
    emptied: readonly number[],
    call: EditOptions,
  ): Promise<WriteResult> {
    const written = changed.map(({ index }) => index)
    const indexes = [...written, ...emptied]
    const writes = [
      ...(changed.length > 0 ? [putValues(handle, changed, true)] : []),
      ...(emptied.length > 0 ? [deleteValues(handle, emptied)] : []),
    ]
    const [first] = writes
    if (call.plan)
      return planned(
        handle,
        indexes,
        writes.map((write) => this.#writer.plan(write)),
      )
    for (const write of writes) {
      try {
        await this.#writer.send(write, call)
      } catch (cause) {
        if (write === first) throw cause
        throw new HandleRecordError(
          'PARTLY_DONE',
          `${handle}: the locations at ${listed(written)} were changed; ${listed(emptied)}, where none is left, could not ` +
            'be removed.',
          { cause, handle, indexes: written },
        )
      }
    }
    return { handle, outcome: first ? 'changed' : 'unchanged', indexes }
  }
}

/** @throws InvalidArgumentError `UNKNOWN_OPTION` or `INVALID_OPTION` */
function checkLocationsOptions(
  where: string,
  options: LocationsOptions,
): [chooseBy: string | undefined, rest: EditOptions] {
  checkOptions(where, options, [...editOptions, 'chooseBy'])
  const { chooseBy, ...rest } = options
  return [checkChooseBy(where, chooseBy), rest]
}
