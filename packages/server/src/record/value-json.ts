import { BadRequest } from '../bad-request.ts'
import { asInteger, asObject, asText, member } from '../json/coerce.ts'
import { JsonNumber, type Json } from '../json/lenient.ts'
import { dataFromJson, dataToJson, type ValueDataJson } from './data-format.ts'
import { formatPermissions, parsePermissions, usualPermissions } from './permissions.ts'
import { formatTime, parseTime } from './time.ts'
import type { HandleValue, TimeToLive, ValueReference } from './value.ts'
import { referencesFromJson } from './vlist.ts'

/** A handle value as the HTTP API shows it (Technical Manual 14). */
export interface HandleValueJson {
  readonly index: number
  readonly type: string
  readonly data: ValueDataJson
  /** Four characters: admin read, admin write, public read, public write; left out when `1110`. */
  readonly permissions?: string
  /** Seconds, or the time (ISO 8601) until which the value may be cached. */
  readonly ttl: number | string
  /** ISO 8601; left out when unknown. */
  readonly timestamp?: string
  readonly references?: readonly ValueReference[]
}

const usualPermissionsText = formatPermissions(usualPermissions)
const usualTtl: TimeToLive = { kind: 'relative', seconds: 86_400 }

export function valueToJson(value: HandleValue): HandleValueJson {
  const permissions = formatPermissions(value.permissions)
  return {
    index: value.index,
    type: value.type,
    data: dataToJson(value),
    ...(permissions === usualPermissionsText ? {} : { permissions }),
    ttl: value.ttl.kind === 'relative' ? value.ttl.seconds : formatTime(value.ttl.seconds),
    ...(value.timestamp === 0 ? {} : { timestamp: formatTime(value.timestamp) }),
    ...(value.references.length === 0 ? {} : { references: value.references }),
  }
}

/** Reads a value. Its timestamp is read too; a write over HTTP replaces it. Unknown properties are ignored. */
export function valueFromJson(json: Json): HandleValue {
  const object = asObject(json)
  const permissions = object.get('permissions')
  const timestamp = object.get('timestamp')
  const references = object.get('references')
  return {
    index: asInteger(member(object, 'index')),
    type: asText(member(object, 'type')),
    data: dataFromJson(member(object, 'data')),
    permissions: permissions === undefined ? usualPermissions : parsePermissions(asText(permissions)),
    ttl: ttlFromJson(object.get('ttl')),
    timestamp: timestamp === undefined ? 0 : parseTime(asText(timestamp)),
    references: references === undefined ? [] : referencesFromJson(references),
  }
}

function ttlFromJson(json: Json | undefined): TimeToLive {
  if (json === undefined) return usualTtl
  if (json instanceof JsonNumber) return { kind: 'relative', seconds: asInteger(json) }
  if (typeof json === 'string') return { kind: 'absolute', seconds: parseTime(json) }
  throw new BadRequest('Unexpected ttl', 'com.google.gson.JsonParseException')
}
