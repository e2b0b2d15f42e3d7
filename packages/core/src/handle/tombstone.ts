import { HandlePermissionError, HandleRecordError, InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { HandleApi } from './api.ts'
import { holds } from './compare.ts'
import { sameData } from './data.ts'
import { type Draft, newValue, place, toDrafts, type ValueInput } from './draft.ts'
import { editOptions, type EditOptions } from './edits.ts'
import { isOfType, parseHandle, sameType } from './name.ts'
import { encodeValue, type HandleRecord, type HandleValue } from './record.ts'
import { planned, unchanged, type WriteResult } from './result.ts'
import { selector, type ValueSelection } from './selection.ts'
import type { Write, Writer } from './writer.ts'

/** What {@link HandleClient.tombstone} takes beside the handle. */
export interface TombstoneOptions extends EditOptions {
  /** A page that tells what became of the object. Default: the handle leads nowhere. */
  readonly url?: string | undefined
  /** What became of it, in words, as a value of the type TOMBSTONE. Default: that it was withdrawn, unless a `url` is given. */
  readonly note?: string | undefined
  /** What stays besides the administrators: all values of a type (text), those at an index (a number). */
  readonly keep?: ValueSelection | undefined
}

const usualNote = 'The object that this handle named has been withdrawn.'

/** Puts a notice in place of a record's values, in one request. */
export async function tombstone(
  api: HandleApi,
  writer: Writer,
  handle: string,
  options: TombstoneOptions,
): Promise<WriteResult> {
  checkOptions('tombstone', options, [...editOptions, 'url', 'note', 'keep'])
  const { name } = parseHandle(handle)
  const notice = toDrafts(noticeOf(options))
  const isKept = selector(options.keep ?? [])

  const record = await readAll(api, name, options)
  const kept = record.values.filter((value) => isOfType(value.type, 'HS_ADMIN') || isKept(value))
  // A notice that stands there already stays where and as it is.
  const present = kept.concat(record.values.filter((value) => !kept.includes(value) && isNotice(value, notice)))
  const missing = notice.filter(({ type, data }) => !present.some((value) => isNotice(value, [{ type, data }])))
  const placed = place(
    missing,
    present.map(({ index }) => index),
  )
  const values = [...present, ...placed.map(newValue)].sort((a, b) => a.index - b.index)
  const indexes = [
    ...placed.map(({ index }) => index),
    ...record.values.filter(({ index }) => !values.some((value) => value.index === index)).map(({ index }) => index),
  ].sort((a, b) => a - b)
  if (indexes.length === 0) return unchanged(name, options)

  const write: Write = {
    method: 'PUT',
    handle: name,
    query: '?overwrite=true',
    values: values.map(encodeValue),
    happened: (seen, complete) => (seen ? holds(seen, values, complete, true) : false),
  }
  if (options.plan) return planned(name, indexes, [writer.plan(write)])
  await writer.send(write, options)
  return { handle: name, outcome: 'replaced', indexes }
}

/** @throws HandleRecordError `INCOMPLETE_READ`: what is not read would be lost, administrators included. */
async function readAll(api: HandleApi, handle: string, options: TombstoneOptions): Promise<HandleRecord> {
  try {
    return await api.read(handle, '?publicOnly=false', options)
  } catch (cause) {
    if (!HandlePermissionError.isInstance(cause) || cause.code !== 'PERMISSION_DENIED') throw cause
    throw new HandleRecordError(
      'INCOMPLETE_READ',
      `${handle} has values that these credentials may not read, and administrators may be among them. They would be ` +
        'lost, so nothing was written. The right that is missing is READ_VALUE; addValues can add a notice without it.',
      { cause, handle, indexes: [] },
    )
  }
}

function noticeOf({ url, note }: TombstoneOptions): ValueInput[] {
  if (note !== undefined && (typeof note !== 'string' || note === '')) {
    throw new InvalidArgumentError('INVALID_VALUE', 'tombstone: the note is a text.')
  }
  if (url !== undefined && !URL.canParse(url)) {
    throw new InvalidArgumentError('INVALID_VALUE', 'tombstone: the url is an absolute address, such as https://….')
  }
  const text = note ?? (url === undefined ? usualNote : undefined)
  return [
    ...(url === undefined ? [] : [{ type: 'URL', data: url }]),
    ...(text === undefined ? [] : [{ type: 'TOMBSTONE', data: text }]),
  ]
}

function isNotice({ type, data }: HandleValue, notice: readonly Draft[]): boolean {
  return notice.some((draft) => sameType(draft.type, type) && sameData(draft.data, data))
}
