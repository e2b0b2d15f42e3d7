import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { grantedBy } from './admin.ts'
import { findMember, RecordReader, type SeenRecord, type UnreadRecord } from './administrators.ts'
import type { CallOptions, HandleApi } from './api.ts'
import { type AdminValue, PermissionExplanation } from './explanation.ts'
import { isOfType, parseHandle, parseReference, type ValueReference } from './name.ts'
import type { HandleValue } from './record.ts'

/** What {@link HandleClient.explainPermissions} takes beside the handle and the identity. */
export interface ExplainOptions extends CallOptions {
  /** How many records are read at most; what lies beyond is unknown. Default: 1000. */
  readonly maxRecords?: number | undefined
}

/** Reads what decides about the rights of an identity, and explains it. Changes nothing. */
export async function explainPermissions(
  api: HandleApi,
  handle: string,
  identity: string | ValueReference,
  options: ExplainOptions,
): Promise<PermissionExplanation> {
  checkOptions('explainPermissions', options, ['maxRecords', 'signal', 'timeout'])
  const { maxRecords = 1000 } = options
  if (!Number.isSafeInteger(maxRecords) || maxRecords < 2) {
    throw new InvalidArgumentError('INVALID_OPTION', 'explainPermissions: maxRecords is a whole number, at least 2.')
  }
  const { name, prefix, suffix } = parseHandle(handle)
  const who = parseReference(identity)
  const prefixHandle = /^0\.NA$/i.test(prefix) ? name : `0.NA/${prefix}`
  const reader = new RecordReader(api, maxRecords, options)

  const own = await reader.readFirst(name)
  const ofPrefix = prefixHandle === name ? own : await reader.read(prefixHandle)
  const [admins, prefixAdmins] = await Promise.all([
    adminsOf(reader, who, name, own),
    adminsOf(reader, who, prefixHandle, ofPrefix),
  ])
  return new PermissionExplanation({
    handle: name,
    prefix: prefixHandle === name ? suffix : prefix,
    identity: who,
    exists: own.record !== undefined,
    records: {
      handle: { name, exists: own.record !== undefined, unread: own.unread, admins },
      prefix: {
        name: prefixHandle,
        exists: ofPrefix.record !== undefined,
        unread: ofPrefix.unread,
        admins: prefixAdmins,
      },
    },
    openIndexes: ((own.visible ?? own.record)?.values ?? []).filter(isOpen).map(({ index }) => index),
  })
}

async function adminsOf(
  reader: RecordReader,
  identity: ValueReference,
  handle: string,
  { record }: SeenRecord,
): Promise<AdminValue[]> {
  const values = (record?.values ?? []).filter((value) => isOfType(value.type, 'HS_ADMIN'))
  const admins = await Promise.all(values.map((value) => adminOf(reader, identity, handle, value)))
  return admins.flat()
}

async function adminOf(
  reader: RecordReader,
  identity: ValueReference,
  handle: string,
  { index, data }: HandleValue,
): Promise<AdminValue[]> {
  const at = { handle, index }
  if (data.format === 'unknown') {
    const unread: UnreadRecord[] = [{ handle, why: `its HS_ADMIN at index ${index} has an unknown form` }]
    return [
      { at, administrator: undefined, permissions: undefined, includes: 'unknown', via: undefined, unread, near: [] },
    ]
  }
  // What is no administrator's entry to the server grants nothing.
  if (data.format !== 'admin') return []
  const administrator = { handle: data.value.handle, index: data.value.index }
  const { via, unread, near } = await findMember(reader, identity, administrator)
  return [
    {
      at,
      administrator,
      permissions: grantedBy(data.value.permissions),
      includes: via ? 'yes' : unread.length > 0 ? 'unknown' : 'no',
      via: via && [at, ...via],
      unread,
      near,
    },
  ]
}

/** Whether the public may write a value: then everybody may whom the server knows. */
function isOpen({ permissions }: HandleValue): boolean {
  return permissions[3] === '1'
}
