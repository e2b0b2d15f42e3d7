import { BadRequest } from '../bad-request.ts'
import { asBoolean, asInteger, asObject, asText, member } from '../json/coerce.ts'
import { isJsonArray, JsonNumber, type Json } from '../json/lenient.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import type { ValueReference } from './value.ts'

/** The rights an HS_ADMIN value can grant: masks of its 12 bits (RFC 3651 3.2.1). */
export const adminRight = {
  addHandle: 0x001,
  deleteHandle: 0x002,
  addDerivedPrefix: 0x004,
  deleteDerivedPrefix: 0x008,
  modifyValue: 0x010,
  removeValue: 0x020,
  addValue: 0x040,
  modifyAdmin: 0x080,
  removeAdmin: 0x100,
  addAdmin: 0x200,
  readValue: 0x400,
  listHandles: 0x800,
} as const

const allAdminRights = 0xfff

/** What an HS_ADMIN value says: who (index 0: every index of that handle) may do what. */
export interface AdminRecord {
  readonly administrator: ValueReference
  readonly rights: number
  /** The old encoding, two bytes longer. */
  readonly legacyByteLength: boolean
}

export interface AdminJson {
  readonly handle: string
  readonly index: number
  readonly permissions: string
  readonly legacyByteLength?: true
}

/** Throws a RangeError when the bytes are not an HS_ADMIN value. */
export function decodeAdmin(bytes: Buffer): AdminRecord {
  const reader = new ByteReader(bytes)
  const rights = reader.uint16()
  const administrator = { handle: reader.text(), index: reader.int32() }
  return { administrator, rights, legacyByteLength: reader.remaining === 2 }
}

export function encodeAdmin(admin: AdminRecord): Buffer {
  const writer = new ByteWriter().uint16(admin.rights)
  writer.sized(admin.administrator.handle).int32(admin.administrator.index)
  return (admin.legacyByteLength ? writer.uint16(0) : writer).finish()
}

export function adminToJson(admin: AdminRecord): AdminJson {
  const json = { ...admin.administrator, permissions: formatAdminRights(admin.rights) }
  return admin.legacyByteLength ? { ...json, legacyByteLength: true } : json
}

export function adminFromJson(json: Json): AdminRecord {
  const object = asObject(json)
  return {
    administrator: { handle: asText(member(object, 'handle')), index: asInteger(member(object, 'index')) },
    rights: parseAdminRights(object.get('permissions')),
    legacyByteLength: asBoolean(object.get('legacyByteLength')),
  }
}

/** Twelve characters, the highest bit (list handles) first. */
export function formatAdminRights(rights: number): string {
  return (rights & allAdminRights).toString(2).padStart(12, '0')
}

/**
 * The forms of `permissions` that the real server takes: binary digits (missing high bits are 0), `"*"` or true for
 * all, false or nothing for none, an integer as a mask, or an array whose element 0 is bit 0.
 */
function parseAdminRights(json: Json | undefined): number {
  if (json === undefined || json === null || json === false) return 0
  if (json === true || json === '*') return allAdminRights
  if (json instanceof JsonNumber) return asInteger(json) & allAdminRights
  if (isJsonArray(json)) return json.reduce<number>((mask, item, bit) => (isTruthy(item) ? mask | (1 << bit) : mask), 0)
  if (typeof json !== 'string') throw new BadRequest('Unexpected permissions', 'com.google.gson.JsonParseException')
  return Number.parseInt(`0${json.slice(-12).replaceAll(/[^1]/g, '0')}`, 2)
}

function isTruthy(json: Json): boolean {
  if (json instanceof JsonNumber) return Number(json.digits) !== 0
  return json !== null && json !== false && json !== '' && json !== '0'
}
