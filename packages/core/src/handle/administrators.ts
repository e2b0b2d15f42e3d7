import { HandleNotFoundError, HandlePermissionError, HandleResponseError } from '../errors.ts'
import type { CallOptions, HandleApi } from './api.ts'
import { isOfType, sameHandle, type ValueReference } from './name.ts'
import type { HandleRecord } from './record.ts'

/** A record as far as it could be read. */
export interface SeenRecord {
  /** Undefined: there is no such handle, or none that could be read. */
  readonly record: HandleRecord | undefined
  /** Why there may be administrators or groups in it that were not seen; undefined: all of them were. */
  readonly unread: string | undefined
  /** All values that could be read, where `record` has only those that decide. */
  readonly visible?: HandleRecord
}

/** Something that could not be read, so that what depends on it stays open. */
export interface UnreadRecord {
  readonly handle: string
  readonly why: string
}

/** Whether an identity is meant by a reference, itself or as a member of a group. */
export interface Membership {
  /** From the reference to the member that is the identity, groups between them; undefined: none was found. */
  readonly via: readonly ValueReference[] | undefined
  /** What could not be read on the way: it may hold the identity. Empty where it was found. */
  readonly unread: readonly UnreadRecord[]
  /** References to the same handle that do not match, for their index or the case of their letters. */
  readonly near: readonly ValueReference[]
}

/** What decides about rights: HS_ADMIN and HS_VLIST with their sub-types. */
const decisive = 'type=HS_ADMIN.&type=HS_VLIST.'

/** Reads each record once. */
export class RecordReader {
  readonly #api: HandleApi
  readonly #options: CallOptions
  readonly #most: number
  readonly #seen = new Map<string, Promise<SeenRecord>>()

  constructor(api: HandleApi, most: number, options: CallOptions) {
    this.#api = api
    this.#most = most
    this.#options = options
  }

  /**
   * The record that the question is about, all of it where possible.
   *
   * @throws Every error but that the handle does not exist.
   */
  readFirst(handle: string): Promise<SeenRecord> {
    return this.#once(handle, async () => {
      const whole = await this.#read(handle, '')
      if (whole.unread === undefined || !whole.record || !this.#api.credentials) return whole
      // A private value that decides nothing must not hide those that do.
      const record = await this.#unlessRefused(handle, `?${decisive}&publicOnly=false`)
      return record ? { record, unread: undefined, visible: whole.record } : whole
    })
  }

  /** A group or a prefix. What keeps it from being read is told, not thrown, unless no other would be read either. */
  read(handle: string): Promise<SeenRecord> {
    const tooMany = this.#seen.size >= this.#most
    return this.#once(handle, async () => {
      if (!handle.includes('/')) return unread('its name has no slash')
      if (tooMany) return unread(`more than ${this.#most} records would have to be read`)
      try {
        return await this.#read(handle, `${decisive}&`)
      } catch (error) {
        if (!HandleResponseError.isInstance(error)) throw error
        return unread(error.code === 'WRONG_SERVER' ? 'it is kept at another server' : error.message)
      }
    })
  }

  #once(handle: string, read: () => Promise<SeenRecord>): Promise<SeenRecord> {
    const key = foldPrefix(handle)
    const known = this.#seen.get(key)
    if (known) return known
    const seen = read()
    this.#seen.set(key, seen)
    return seen
  }

  async #read(handle: string, query: string): Promise<SeenRecord> {
    try {
      // Without credentials nothing proves that the answer is complete: resolvers leave private values out unsaid.
      const all = this.#api.credentials && (await this.#unlessRefused(handle, `?${query}publicOnly=false`))
      if (all) return { record: all, unread: undefined }
      const record = await this.#api.read(handle, '?publicOnly=true', this.#options)
      return {
        record,
        unread: this.#api.credentials
          ? 'it has private values that these credentials may not read'
          : 'without credentials, it may have private values that are not seen',
      }
    } catch (error) {
      if (HandleNotFoundError.isInstance(error)) return { record: undefined, unread: undefined }
      throw error
    }
  }

  async #unlessRefused(handle: string, query: string): Promise<HandleRecord | undefined> {
    try {
      return await this.#api.read(handle, query, this.#options)
    } catch (error) {
      if (HandlePermissionError.isInstance(error)) return undefined
      throw error
    }
  }
}

function unread(why: string): SeenRecord {
  return { record: undefined, unread: why }
}

/**
 * Looks for an identity as servers do: at the reference itself, then in the group (HS_VLIST) of that index, then in the
 * groups in it, level by level, each once. A reference with index 0 is no group.
 */
export async function findMember(
  reader: RecordReader,
  identity: ValueReference,
  from: ValueReference,
): Promise<Membership> {
  const seen = new Set<string>()
  const unread = new Map<string, UnreadRecord>()
  const near: ValueReference[] = []
  let level: ValueReference[][] = [[from]]
  while (level.length > 0) {
    const groups: { path: ValueReference[]; reference: ValueReference }[] = []
    for (const path of level) {
      const reference = path.at(-1)
      if (!reference) continue
      if (names(reference, identity)) return { via: path, unread: [], near: [] }
      if (sameHandle(reference.handle, identity.handle)) near.push(reference)
      const key = `${reference.index}:${foldPrefix(reference.handle)}`
      if (reference.index === 0 || seen.has(key)) continue
      seen.add(key)
      groups.push({ path, reference })
    }
    const members = await Promise.all(groups.map(({ reference }) => membersOf(reader, reference)))
    level = []
    for (const [place, group] of groups.entries()) {
      const found = members[place]
      if (found === undefined) continue
      if (Array.isArray(found)) level.push(...found.map((member) => [...group.path, member]))
      else unread.set(group.reference.handle, { handle: group.reference.handle, why: found.why })
    }
  }
  return { via: undefined, unread: [...unread.values()], near }
}

async function membersOf(
  reader: RecordReader,
  { handle, index }: ValueReference,
): Promise<ValueReference[] | { why: string }> {
  const { record, unread: why } = await reader.read(handle)
  const value = record?.at(index)
  if (!value) return why === undefined ? [] : { why }
  if (!isOfType(value.type, 'HS_VLIST')) return []
  if (value.data.format === 'vlist') return value.data.value.map(reference)
  return value.data.format === 'unknown' ? { why: `its value at index ${index} has an unknown form` } : []
}

function reference({ handle, index }: ValueReference): ValueReference {
  return { handle, index }
}

/** Whether a reference means an identity: index 0 stands for every index. */
function names({ handle, index }: ValueReference, identity: ValueReference): boolean {
  return sameAdministrator(handle, identity.handle) && (index === 0 || index === identity.index)
}

/**
 * Whether two names are the same where rights are decided: the prefix in any case, the suffix exactly, and names that
 * begin with `0.` in any case. So servers compare that ignore case otherwise, too.
 */
export function sameAdministrator(one: string, other: string): boolean {
  return foldPrefix(one) === foldPrefix(other)
}

function foldPrefix(name: string): string {
  const end = name.startsWith('0.') ? name.length : Math.max(name.indexOf('/'), 0)
  return name.slice(0, end).replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()) + name.slice(end)
}
