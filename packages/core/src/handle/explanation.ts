import { type AdminPermission, adminPermissions } from './admin.ts'
import type { UnreadRecord } from './administrators.ts'
import { listed } from './compare.ts'
import type { ValueReference } from './name.ts'

/** `unknown`: it depends on something that could not be read. */
export type Verdict = 'yes' | 'no' | 'unknown'

/** Something that can be done with a handle or below its prefix. */
export type HandleOperation =
  | 'readPrivateValues'
  | 'addValues'
  | 'changeValues'
  | 'removeValues'
  | 'addAdmins'
  | 'changeAdmins'
  | 'removeAdmins'
  | 'deleteHandle'
  | 'createHandles'
  | 'listHandles'

/** The right that an operation needs, the record whose HS_ADMIN values grant it, and the operation in words. */
const operations: Readonly<Record<HandleOperation, readonly [AdminPermission, 'handle' | 'prefix', string]>> = {
  readPrivateValues: ['READ_VALUE', 'handle', 'read private values'],
  addValues: ['ADD_VALUE', 'handle', 'add values'],
  changeValues: ['MODIFY_VALUE', 'handle', 'change values'],
  removeValues: ['REMOVE_VALUE', 'handle', 'remove values'],
  // Servers take ADD_ADMIN alone for the right to replace everything.
  addAdmins: ['ADD_ADMIN', 'handle', 'add administrators, or replace the whole record'],
  changeAdmins: ['MODIFY_ADMIN', 'handle', 'change administrators'],
  removeAdmins: ['REMOVE_ADMIN', 'handle', 'remove administrators'],
  deleteHandle: ['DELETE_HANDLE', 'handle', 'delete the handle'],
  createHandles: ['ADD_HANDLE', 'prefix', 'create handles below the prefix'],
  listHandles: ['LIST_HANDLES', 'prefix', 'list the handles below the prefix'],
}

/** One HS_ADMIN value, and whether it is for the identity. */
export interface AdminValue {
  readonly at: ValueReference
  /** Whom it names; undefined where it could not be understood. */
  readonly administrator: ValueReference | undefined
  readonly permissions: readonly AdminPermission[] | undefined
  /** Whether the administrator is the identity, or a group with it. */
  readonly includes: Verdict
  /** The steps from this value to the identity: this value, the administrator, a member, a member of that, … */
  readonly via: readonly ValueReference[] | undefined
  /** What could not be read on the way. */
  readonly unread: readonly UnreadRecord[]
  /** References that almost match: another index, or other letters in the suffix. */
  readonly near: readonly ValueReference[]
}

/** Whether the identity may do something, and why. */
export interface OperationExplanation {
  readonly operation: HandleOperation
  readonly allowed: Verdict
  /** The right that it needs. */
  readonly needs: AdminPermission
  /** The record whose HS_ADMIN values decide. */
  readonly on: string
  /** The steps from the HS_ADMIN value that grants it to the identity. */
  readonly via: readonly ValueReference[] | undefined
  /** A sentence. */
  readonly why: string
  /** If it is not allowed: the HS_ADMIN values to look at. Changing one of them, or the group it names, would allow it. */
  readonly change: readonly ValueReference[]
}

/** A record whose HS_ADMIN values count. */
export interface AdministeredRecord {
  readonly name: string
  readonly exists: boolean
  /** Why there may be more HS_ADMIN values than were seen; undefined: there are none. */
  readonly unread: string | undefined
  readonly admins: readonly AdminValue[]
}

/** @internal What an explanation is made of. */
export interface Findings {
  readonly handle: string
  readonly prefix: string
  readonly identity: ValueReference
  readonly exists: boolean
  readonly records: { readonly handle: AdministeredRecord; readonly prefix: AdministeredRecord }
  readonly openIndexes: readonly number[]
}

/**
 * Who may do what, as far as records tell. Three things they do not tell: who administers the server itself and may do
 * everything, whether it ignores administrators of prefixes (`allow_na_admins`), and that it may remember those of a
 * prefix until their ttl ends.
 */
export class PermissionExplanation {
  readonly handle: string
  /** Without `0.NA/`. */
  readonly prefix: string
  readonly identity: ValueReference
  /** False: there is no such handle; then only what concerns the prefix can be allowed. */
  readonly exists: boolean
  /** Rights on the handle that are certain, with the steps that lead to each. */
  readonly rights: readonly { readonly permission: AdminPermission; readonly via: readonly ValueReference[] }[]
  readonly operations: Readonly<Record<HandleOperation, OperationExplanation>>
  /** The HS_ADMIN values of the handle and of its prefix. */
  readonly records: { readonly handle: AdministeredRecord; readonly prefix: AdministeredRecord }
  /** Indexes of the values that any authenticated user may change. */
  readonly openIndexes: readonly number[]
  /** What could not be read. */
  readonly unread: readonly UnreadRecord[]

  /** @internal It comes from {@link HandleClient.explainPermissions}. */
  constructor(findings: Findings) {
    const { handle, prefix, identity, exists, records, openIndexes } = findings
    this.handle = handle
    this.prefix = prefix
    this.identity = identity
    this.exists = exists
    this.records = records
    this.openIndexes = openIndexes
    this.rights = adminPermissions.flatMap((permission) => {
      const via = grant(records.handle, [permission])?.via
      return via ? [{ permission, via }] : []
    })
    const explain = (operation: HandleOperation): OperationExplanation => explainOperation(findings, operation)
    this.operations = {
      readPrivateValues: explain('readPrivateValues'),
      addValues: explain('addValues'),
      changeValues: explain('changeValues'),
      removeValues: explain('removeValues'),
      addAdmins: explain('addAdmins'),
      changeAdmins: explain('changeAdmins'),
      removeAdmins: explain('removeAdmins'),
      deleteHandle: explain('deleteHandle'),
      createHandles: explain('createHandles'),
      listHandles: explain('listHandles'),
    }
    this.unread = unreadOf(records)
  }

  /**
   * Whether one HS_ADMIN value of the handle grants all of these rights, as a request needs that does several things at
   * once: values do not add up.
   */
  allows(...permissions: readonly AdminPermission[]): Verdict {
    return verdict(this.records.handle, permissions)
  }

  /** For people: a line for each thing that can be done, and what could not be read. */
  get text(): string {
    const rows = Object.values(this.operations).map(
      ({ operation, allowed, why }) => `  ${allowed.padEnd(8)} ${operations[operation][2]}: ${why}`,
    )
    const open =
      this.openIndexes.length > 0
        ? [`Any authenticated user may change the values at ${listed(this.openIndexes)}.`]
        : []
    const unread = this.unread.map(({ handle, why }) => `Not read: ${handle}: ${why}.`)
    return [`${shown(this.identity)} and ${this.handle}:`, ...rows, ...open, ...unread].join('\n')
  }

  toString(): string {
    return this.text
  }
}

function grant({ admins }: AdministeredRecord, needed: readonly AdminPermission[]): AdminValue | undefined {
  return admins.find((admin) => admin.includes === 'yes' && grants(admin, needed) === 'yes')
}

function grants({ permissions }: AdminValue, needed: readonly AdminPermission[]): Verdict {
  if (!permissions) return 'unknown'
  return needed.every((permission) => permissions.includes(permission)) ? 'yes' : 'no'
}

function verdict(record: AdministeredRecord, needed: readonly AdminPermission[]): Verdict {
  if (grant(record, needed)) return 'yes'
  if (record.unread !== undefined) return 'unknown'
  return record.admins.some((admin) => admin.includes === 'unknown' && grants(admin, needed) !== 'no')
    ? 'unknown'
    : 'no'
}

function explainOperation({ records, identity }: Findings, operation: HandleOperation): OperationExplanation {
  const [needs, where] = operations[operation]
  const record = records[where]
  const allowed = verdict(record, [needs])
  const via = grant(record, [needs])?.via
  const change = allowed === 'no' ? blamed(record, needs).map(({ at }) => at) : []
  const why =
    allowed === 'yes'
      ? `${needs}, by the HS_ADMIN ${(via ?? []).map(shown).join(' > ')}`
      : allowed === 'no'
        ? whyNot(record, needs, identity)
        : whyUnknown(record, needs, identity)
  return { operation, allowed, needs, on: record.name, via, why, change }
}

/** The HS_ADMIN values of which one would have to change: those of the identity, else those with the right, else any. */
function blamed({ admins }: AdministeredRecord, needs: AdminPermission): readonly AdminValue[] {
  const own = admins.filter(({ includes }) => includes === 'yes')
  if (own.length > 0) return own
  const granting = admins.filter((admin) => grants(admin, [needs]) === 'yes')
  return granting.length > 0 ? granting : admins
}

function whyNot(record: AdministeredRecord, needs: AdminPermission, identity: ValueReference): string {
  const { name, exists, admins } = record
  if (!exists) return `there is no handle ${name}`
  if (admins.length === 0)
    return `${name} has no HS_ADMIN value, so that nobody may; only who runs the server can add one`
  const blame = blamed(record, needs)
  const places = listed(blame.map(({ at }) => at.index))
  if (blame.some(({ includes }) => includes === 'yes')) {
    return `the HS_ADMIN of ${name} for ${shown(identity)} (${places}) does not grant ${needs}`
  }
  const granting = blame.filter((admin) => grants(admin, [needs]) === 'yes')
  if (granting.length === 0) return `no HS_ADMIN of ${name} grants ${needs} (${places})`
  const whom = granting.flatMap(({ administrator }) => (administrator ? shown(administrator) : [])).join(', ')
  return `the HS_ADMIN of ${name} with ${needs} (${places}) is for ${whom}, not for ${shown(identity)}${nearMiss(granting, identity)}`
}

function nearMiss(admins: readonly AdminValue[], identity: ValueReference): string {
  const [near] = admins.flatMap((admin) => admin.near)
  if (!near) return ''
  const reason = near.index === identity.index ? 'upper and lower case count after the slash' : 'the index counts'
  return `; ${shown(near)} is somebody else, as ${reason}`
}

function whyUnknown(record: AdministeredRecord, needs: AdminPermission, identity: ValueReference): string {
  const granting = record.admins.filter((admin) => grants(admin, [needs]) !== 'no')
  const depends = granting.flatMap((admin) => admin.unread).map(({ handle }) => handle)
  const handles = new Set(record.unread === undefined ? depends : [record.name, ...depends])
  return `${needs} depends on ${[...handles].join(', ')}, which could not be read${nearMiss(granting, identity)}`
}

function unreadOf({ handle, prefix }: Findings['records']): UnreadRecord[] {
  const all = new Map<string, UnreadRecord>()
  for (const { name, unread, admins } of [handle, prefix]) {
    if (unread !== undefined) all.set(name, { handle: name, why: unread })
    for (const admin of admins) for (const item of admin.unread) if (!all.has(item.handle)) all.set(item.handle, item)
  }
  return [...all.values()]
}

/** A reference as people write it: '300:21.T12345/USER01'. */
function shown({ handle, index }: ValueReference): string {
  return `${index}:${handle}`
}
