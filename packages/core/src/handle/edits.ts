import { HandleRecordError, HandleResponseError, type HandlekitError, InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { CallOptions, HandleApi, SeenForEdit } from './api.ts'
import { compare, isUnchanged, listed, type Value } from './compare.ts'
import {
  type Draft,
  newValue,
  patchValue,
  type PlacedDraft,
  place,
  toDraft,
  toDrafts,
  type ValueInput,
  type ValuePatch,
  type ValuesInput,
} from './draft.ts'
import { checkIndex, isOfType, parseHandle } from './name.ts'
import type { HandleRecord, HandleValue } from './record.ts'
import { planned, unchanged, type WriteResult } from './result.ts'
import { readFor, readSelected, selector, type ValueSelection } from './selection.ts'
import { deleteValues, putValues } from './value-writes.ts'
import { mayStillHappen, type Write, type Writer } from './writer.ts'

/** What {@link HandleClient.addValues} and {@link HandleClient.updateValue} take beside the values. */
export interface EditOptions extends CallOptions {
  /** True: give the request that would be sent, and send nothing but the read before it. */
  readonly plan?: boolean | undefined
}

/** What {@link HandleClient.setValues} takes beside the values. */
export interface SetOptions extends EditOptions {
  /** False: types that the record does not have are left out. Default: they are added. */
  readonly addMissing?: boolean | undefined
}

/** What {@link HandleClient.removeValues} takes beside the selection. */
export interface RemoveOptions extends EditOptions {
  /** True: values that name administrators may be removed, too; at an index, also one that cannot be read. */
  readonly includeAdmin?: boolean | undefined
}

/** The names in {@link EditOptions}. */
export const editOptions: readonly (keyof EditOptions)[] = ['plan', 'signal', 'timeout']

/** How often an addition is placed anew when another client took its index: each time, one client has won. */
const mostPlacings = 20

/** Changes single values. Everything is written by index, and only what differs. */
export class Editor {
  readonly #api: HandleApi
  readonly #writer: Writer

  constructor(api: HandleApi, writer: Writer) {
    this.#api = api
    this.#writer = writer
  }

  async setValues(handle: string, values: ValuesInput, options: SetOptions): Promise<WriteResult> {
    checkOptions('setValues', options, [...editOptions, 'addMissing'])
    const { name } = parseHandle(handle)
    const drafts = toDrafts(values)
    const { record, complete } = await readFor(
      this.#api,
      name,
      (seen) =>
        drafts.filter(({ index }) => index === undefined || !seen.at(index)).map(({ index, type }) => index ?? type),
      'addValues adds to a type, whatever is there; updateValue with type, data, ttl and permissions all given replaces ' +
        'the value at an index.',
      options,
    )
    const { changed, missing } = compare(record, drafts)
    const additions = options.addMissing === false ? [] : missing
    if (changed.length === 0) return this.#add(name, additions, { record, complete }, options)
    if (complete || additions.length === 0) {
      const added = place(additions, indexesOf(record)).map(newValue)
      return this.#put(name, [...changed, ...added], true, options)
    }
    // What looks free may be taken by a value that these credentials cannot read: additions must not overwrite.
    const first = await this.#add(name, additions, { record, complete }, options)
    try {
      const second = await this.#put(name, changed, true, options)
      const indexes = [...first.indexes, ...second.indexes]
      if (options.plan) return planned(name, indexes, [...(first.requests ?? []), ...(second.requests ?? [])])
      return { ...second, indexes }
    } catch (cause) {
      if (options.plan) throw cause
      throw new HandleRecordError(
        'PARTLY_DONE',
        `${name}: the values at ${listed(first.indexes)} were added; those at ${listed(changed.map(({ index }) => index))} ` +
          `${mayStillHappen(cause) ? 'may or may not have been changed' : 'could not be changed'}.`,
        { cause, handle: name, indexes: first.indexes },
      )
    }
  }

  async addValues(handle: string, values: ValuesInput, options: EditOptions): Promise<WriteResult> {
    checkOptions('addValues', options, editOptions)
    const { name } = parseHandle(handle)
    const drafts = toDrafts(values)
    return this.#add(name, drafts, await this.#api.readForEdit(name, options), options)
  }

  /** Adds one value to a record that was just read. */
  async addTo(seen: SeenForEdit, value: ValueInput, options: EditOptions): Promise<WriteResult> {
    return this.#add(seen.record.handle, toDrafts([value]), seen, options)
  }

  async updateValue(handle: string, index: number, patch: ValuePatch, options: EditOptions): Promise<WriteResult> {
    checkOptions('updateValue', options, editOptions)
    checkPatch(patch)
    const whole = wholeValue(index, patch)
    try {
      return await this.changeValue(handle, index, (current) => patchValue(current, patch), options)
    } catch (error) {
      if (!whole || !isIncomplete(error)) throw error
      return this.#put(parseHandle(handle).name, [whole], true, options)
    }
  }

  /** Changes the value at an index depending on what it is. */
  async changeValue(
    handle: string,
    index: number,
    change: (current: HandleValue) => Value,
    options: EditOptions,
  ): Promise<WriteResult> {
    const { name } = parseHandle(handle)
    checkIndex(index)
    const { record } = await readFor(
      this.#api,
      name,
      (seen) => (seen.at(index) ? [] : [index]),
      'updateValue replaces it as a whole when type, data, ttl and permissions are all given.',
      options,
    )
    const current = record.at(index)
    if (!current) throw noSuchValue(name, index)
    const next = change(current)
    return this.#put(name, isUnchanged(current, next) ? [] : [next], true, options)
  }

  async removeValues(handle: string, selection: ValueSelection, options: RemoveOptions): Promise<WriteResult> {
    checkOptions('removeValues', options, [...editOptions, 'includeAdmin'])
    const { name } = parseHandle(handle)
    const isSelected = selector(selection)
    const { record, unread } = await this.#readForRemoval(name, [...new Set([selection].flat())], options)
    const removed = record.values.filter(isSelected)
    const admins = removed.filter(({ type }) => isOfType(type, 'HS_ADMIN')).map(({ index }) => index)
    if (admins.length > 0 && !options.includeAdmin) {
      throw new HandleRecordError(
        'ADMIN_PROTECTED',
        `${name}: ${listed(admins)} names an administrator. Without one, nobody can change the record any more. ` +
          'To remove it all the same, set includeAdmin: true.',
        { handle: name, indexes: admins },
      )
    }
    const indexes = [...removed.map(({ index }) => index), ...unread]
    return this.#write(deleteValues(name, indexes), indexes, options)
  }

  /** `unread`: indexes that hold a value which cannot be read, and may be removed all the same. */
  async #readForRemoval(
    name: string,
    selection: readonly (string | number)[],
    options: RemoveOptions,
  ): Promise<{ record: HandleRecord; unread: readonly number[] }> {
    let seen = await this.#api.readForEdit(name, options)
    if (seen.complete) return { record: seen.record, unread: [] }
    const read = async (items: readonly (string | number)[]): Promise<void> => {
      const advice = 'It may be an administrator; to remove it unread, give its index and includeAdmin: true.'
      seen = await readSelected(this.#api, seen, items, advice, options)
    }
    await read(selection.filter((item) => typeof item === 'string'))
    const unseen = selection.filter((item) => typeof item === 'number').filter((index) => !seen.record.at(index))
    try {
      await read(unseen)
      return { record: seen.record, unread: [] }
    } catch (error) {
      if (!options.includeAdmin || !isIncomplete(error)) throw error
    }
    const unread: number[] = []
    for (const index of unseen) {
      await read([index]).catch((error: unknown) => {
        if (!isIncomplete(error)) throw error
        unread.push(index)
      })
    }
    return { record: seen.record, unread }
  }

  async #add(name: string, drafts: readonly Draft[], seen: SeenForEdit, options: EditOptions): Promise<WriteResult> {
    let { record, complete } = seen
    const hidden = new Set<number>()
    for (let placing = 1; ; placing += 1) {
      const placed = place(drafts, [...indexesOf(record), ...hidden])
      try {
        return await this.#put(name, placed.map(newValue), false, options, placed, complete)
      } catch (error) {
        const taken = takenIndexes(error, placed)
        // An index that the caller chose is the caller's to change.
        const chosen = drafts.some(({ index }) => index !== undefined && taken.includes(index))
        if (taken.length === 0 || chosen || placing === mostPlacings) throw error
        // Of many values that cannot be seen, each would cost a placing: strides get longer.
        const stride = complete ? 1 : Math.min(1024, Math.max(1, 2 ** (placing - 3)))
        for (const index of taken) for (let i = 0; i < stride; i += 1) hidden.add(index + i)
        const again = await this.#api.readForEdit(name, options)
        // What was read by itself is not in what everybody may read.
        record = again.complete ? again.record : record.with(again.record, () => false)
        ;({ complete } = again)
      }
    }
  }

  async #put(
    handle: string,
    values: readonly Value[],
    overwrite: boolean,
    options: EditOptions,
    placed: readonly PlacedDraft[] = values,
    complete = true,
  ): Promise<WriteResult> {
    const indexes = values.map(({ index }) => index)
    return this.#write(putValues(handle, values, overwrite, placed, complete), indexes, options)
  }

  async #write(write: Write, indexes: readonly number[], options: EditOptions): Promise<WriteResult> {
    const { handle } = write
    // Without an index, the same requests would replace or delete the whole record.
    if (indexes.length === 0) return unchanged(handle, options)
    if (options.plan) return planned(handle, indexes, [this.#writer.plan(write)])
    await this.#writer.send(write, options)
    return { handle, outcome: 'changed', indexes }
  }
}

function checkPatch(patch: ValuePatch): void {
  if (typeof patch === 'object' && patch !== null && Object.keys(patch).length > 0) return
  throw new InvalidArgumentError('INVALID_VALUE', 'updateValue: nothing is given to change, such as { ttl: 60 }.')
}

/** What a patch makes of a value that is not known; undefined where it has to be known. References that are not given go. */
function wholeValue(index: number, { type, data, ttl, permissions, references }: ValuePatch): Value | undefined {
  if (type === undefined || data === undefined || ttl === undefined || permissions === undefined) return undefined
  return newValue({ ...toDraft({ type, data, ttl, permissions, references }), index: checkIndex(index) })
}

function isIncomplete(error: unknown): boolean {
  return HandleRecordError.isInstance(error) && error.code === 'INCOMPLETE_READ'
}

/** Which of the indexes hold a value already, when that is what the server says. */
function takenIndexes(error: unknown, placed: readonly PlacedDraft[]): number[] {
  if (!HandleResponseError.isInstance(error) || error.code !== 'VALUE_ALREADY_EXISTS') return []
  const named = Number(/conflict for (\d+)/.exec(error.message)?.[1])
  return Number.isInteger(named) ? [named] : placed.map(({ index }) => index)
}

function indexesOf(record: HandleRecord): number[] {
  return record.values.map(({ index }) => index)
}

function noSuchValue(handle: string, index: number): HandlekitError {
  return new HandleRecordError(
    'NO_SUCH_VALUE',
    `${handle} has no value at index ${index} that these credentials can read. addValues adds one.`,
    { handle, indexes: [index] },
  )
}
