import { withImpliedPrefix } from '../record/names.ts'
import type { HandleValue } from '../record/value.ts'
import type { Records } from '../store/records.ts'

/** Who makes a request: a key at an index of a handle. Index 0 is "one of its keys". */
export interface Identity {
  readonly index: number
  readonly handle: string
  /** As sessions show it: `300:21.T12345/USER01`, or the text that the client sent. */
  readonly text: string
}

/** Reads `index:handle`; without digits before the first colon the whole text is the handle, and the index 0. */
export function parseIdentity(text: string): Identity {
  const match = /^(\d+):(.*)$/s.exec(text)
  return match ? { index: Number(match[1]), handle: match[2] ?? '', text } : { index: 0, handle: text, text }
}

export function identityOf(index: number, handle: string): Identity {
  return { index, handle, text: `${index}:${handle}` }
}

/** The keys of an identity belong to a prefix that this server does not hold, and the real one could not reach. */
export class UnresolvableIdentity extends Error {
  override readonly name = 'UnresolvableIdentity'
}

/**
 * The values of exactly one type that an identity may be proved with, in order of their index; none if the handle or
 * the index does not exist. Whether they are public does not matter. Throws {@link UnresolvableIdentity}.
 */
export function valuesOf(records: Records, identity: Identity, type: string): readonly HandleValue[] {
  return resolve(records, identity.handle)
    .filter((value) => value.type === type && (identity.index === 0 || identity.index === value.index))
    .sort((a, b) => a.index - b.index)
}

function resolve(records: Records, handle: string): readonly HandleValue[] {
  const name = withImpliedPrefix(handle)
  // A prefix that nobody registered is "not found" to the real server, where other foreign names are errors.
  const isElsewhere = !records.isHomed(name) && !/^0\.na\//i.test(name)
  if (isElsewhere) throw new UnresolvableIdentity(`No service for ${name}`)
  return records.get(name) ?? []
}
