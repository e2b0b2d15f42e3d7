import { HandleRecordError, type HandlekitError } from '../errors.ts'
import { sameData } from './data.ts'
import { type Draft, type PlacedDraft, privateIfSecret } from './draft.ts'
import { sameType, type ValueReference } from './name.ts'
import type { HandleRecord, HandleValue } from './record.ts'

/** A value as it is written: the server sets the timestamp. */
export type Value = Omit<HandleValue, 'timestamp'>

/**
 * Whether a record has these values, as they are given; undefined where that cannot be seen.
 *
 * @param complete False: private values are not among those read.
 * @param nothingElse True: it must not have others.
 */
export function holds(
  record: HandleRecord,
  placed: readonly PlacedDraft[],
  complete: boolean,
  nothingElse: boolean,
): boolean | undefined {
  const indexes = new Set(placed.map(({ index }) => index))
  if (nothingElse && record.values.some(({ index }) => !indexes.has(index))) return false
  const found = placed.map((draft) => {
    const value = record.at(draft.index)
    if (value) return isUnchanged(value, { ...value, ...draft })
    return !complete && draft.permissions?.[2] === '0' ? undefined : false
  })
  if (found.includes(false)) return false
  return found.includes(undefined) ? undefined : true
}

/** What of the wanted values differs from the record, and what it does not have. */
export function compare(record: HandleRecord, drafts: readonly Draft[]): { changed: Value[]; missing: Draft[] } {
  const changed: Value[] = []
  const missing: Draft[] = []
  const spoken = new Set(drafts.flatMap(({ index }) => index ?? []))
  for (const [type, group] of groupByType(drafts)) {
    const existing = record.getAll(type).filter(({ index }) => !spoken.has(index))
    if (group.length < existing.length) throw ambiguous(record.handle, type, existing)
    group.forEach((draft, place) => {
      const current = existing[place]
      if (!current) missing.push(draft)
      else keepIfChanged(current, { ...draft, type: current.type })
    })
  }
  for (const draft of drafts) {
    if (draft.index === undefined) continue
    const current = record.at(draft.index)
    if (current) keepIfChanged(current, draft)
    else missing.push(draft)
  }
  return { changed, missing }

  function keepIfChanged(current: HandleValue, draft: Draft): void {
    const next = { ...current, ...privateIfSecret(draft.type, current.type), ...draft, index: current.index }
    if (!isUnchanged(current, next)) changed.push(next)
  }
}

/** Those without an index, by type as the Handle System compares them. */
function groupByType(drafts: readonly Draft[]): Map<string, Draft[]> {
  const groups = new Map<string, Draft[]>()
  for (const draft of drafts) {
    if (draft.index !== undefined) continue
    const type = [...groups.keys()].find((known) => sameType(known, draft.type)) ?? draft.type
    groups.set(type, [...(groups.get(type) ?? []), draft])
  }
  return groups
}

/** Whether writing `next` in place of `current` would change nothing. */
export function isUnchanged(current: Value, next: Value): boolean {
  return (
    current.type === next.type &&
    current.ttl === next.ttl &&
    current.permissions === next.permissions &&
    sameReferences(current.references, next.references) &&
    sameData(current.data, next.data)
  )
}

function sameReferences(one: readonly ValueReference[], other: readonly ValueReference[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ handle, index }, place) => handle === other[place]?.handle && index === other[place].index)
  )
}

function ambiguous(handle: string, type: string, existing: readonly HandleValue[]): HandlekitError {
  const indexes = existing.map(({ index }) => index)
  return new HandleRecordError(
    'AMBIGUOUS_TYPE',
    `${handle} has ${existing.length} values of the type ${type} (${listed(indexes)}), and fewer are given. Say which ` +
      'one is meant, with updateValue or an index; give as many; or remove some first.',
    { handle, indexes },
  )
}

/** Indexes, for a sentence. */
export function listed(indexes: readonly number[]): string {
  return `${indexes.length === 1 ? 'index' : 'indexes'} ${indexes.join(', ')}`
}
