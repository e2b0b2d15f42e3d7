import { InvalidArgumentError } from '../errors.ts'
import { parseReference, type ValueReference } from './name.ts'
import { type AdminData, encodePermissions } from './admin.ts'
import type { WireData } from './wire.ts'

/** A public key as in HS_PUBKEY: a JSON Web Key with unpadded base64url numbers (RFC 7517; DSA is the server's own). */
export interface KeyData {
  readonly kty: string
  readonly [member: string]: unknown
}

/** Site information as in HS_SITE: where the servers of a service are, and with which keys. */
export interface SiteData {
  readonly [member: string]: unknown
}

/**
 * What a value holds, by format. `unknown` is a format that this version does not know: `raw` is the server's JSON, and
 * goes back as it came.
 */
export type HandleData =
  | { readonly format: 'string'; readonly value: string }
  | { readonly format: 'base64'; readonly value: Uint8Array }
  | { readonly format: 'hex'; readonly value: Uint8Array }
  | { readonly format: 'admin'; readonly value: AdminData }
  | { readonly format: 'vlist'; readonly value: readonly ValueReference[] }
  | { readonly format: 'site'; readonly value: SiteData }
  | { readonly format: 'key'; readonly value: KeyData }
  | { readonly format: 'unknown'; readonly raw: unknown }

/** What may be given for a value's data: text, bytes, or data with its format. */
export type DataInput = string | Uint8Array | HandleData

/** Reads the `data` of a value as the server sends it. What does not fit its format is kept as it came. */
export function decodeData(wire: WireData): HandleData {
  const { format, value } = wire
  switch (format) {
    case 'string':
      if (typeof value === 'string') return { format, value }
      break
    case 'base64':
    case 'hex':
      if (typeof value === 'string') return { format, value: new Uint8Array(Buffer.from(value, format)) }
      break
    case 'admin':
      if (isAdmin(value)) return { format, value }
      break
    case 'vlist':
      if (Array.isArray(value) && value.every(isReference)) return { format, value }
      break
    case 'site':
      if (isObject(value)) return { format, value }
      break
    case 'key':
      if (isKey(value)) return { format, value }
      break
  }
  return { format: 'unknown', raw: wire }
}

/** The `data` of a value as the server takes it. */
export function encodeData(data: HandleData): unknown {
  if (data.format === 'unknown') return data.raw
  const { format, value } = data
  return { format, value: format === 'base64' || format === 'hex' ? Buffer.from(value).toString(format) : value }
}

/**
 * Checks what a caller gave, and gives it its format.
 *
 * @throws InvalidArgumentError `INVALID_VALUE`, `INVALID_HANDLE` or `INVALID_INDEX`
 */
export function toData(where: string, input: DataInput): HandleData {
  if (typeof input === 'string') return { format: 'string', value: checkText(where, input) }
  if (input instanceof Uint8Array) return { format: 'base64', value: input }
  if (!isObject(input) || typeof input.format !== 'string') {
    throw new InvalidArgumentError(
      'INVALID_VALUE',
      `${where}: the data of a value is text, bytes, or { format, value }, not ${describe(input)}.`,
    )
  }
  return checkFormat(where, input)
}

function checkFormat(where: string, data: HandleData): HandleData {
  const wrong = (wanted: string): InvalidArgumentError =>
    new InvalidArgumentError('INVALID_VALUE', `${where}: data of the format '${data.format}' takes ${wanted}.`)
  switch (data.format) {
    case 'string':
      if (typeof data.value !== 'string') throw wrong('text')
      checkText(where, data.value)
      return data
    case 'base64':
    case 'hex':
      if (!(data.value instanceof Uint8Array)) throw wrong('bytes (Uint8Array)')
      return data
    case 'admin':
      if (!isObject(data.value)) throw wrong('{ handle, index, permissions }')
      return {
        format: 'admin',
        value: { ...parseReference(data.value), permissions: encodePermissions(data.value.permissions) },
      }
    case 'vlist':
      if (!Array.isArray(data.value)) throw wrong('a list of { handle, index }')
      return { format: 'vlist', value: data.value.map(parseReference) }
    case 'site':
      if (!isObject(data.value)) throw wrong('an object')
      return data
    case 'key':
      if (!isKey(data.value)) throw wrong('a JSON Web Key')
      return data
    case 'unknown':
      return data
    default:
      throw new InvalidArgumentError(
        'INVALID_VALUE',
        `${where}: there is no data format '${String(Reflect.get(data, 'format'))}'.`,
      )
  }
}

/** Whether two values hold the same; text and bytes are the same when their bytes are. */
export function sameData(one: HandleData, other: HandleData): boolean {
  const [a, b] = [bytesOf(one), bytesOf(other)]
  if (a && b) return Buffer.compare(a, b) === 0
  return canonical(encodeData(one)) === canonical(encodeData(other))
}

function bytesOf(data: HandleData): Uint8Array | undefined {
  if (data.format === 'string') return Buffer.from(data.value, 'utf8')
  if (data.format === 'base64' || data.format === 'hex') return data.value
  return undefined
}

/** JSON with its members in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, item: unknown) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  )
}

function checkText(where: string, text: string): string {
  if (text.isWellFormed()) return text
  throw new InvalidArgumentError('INVALID_VALUE', `${where}: the text is not well-formed Unicode. Pass bytes instead.`)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isKey(value: unknown): value is KeyData {
  return isObject(value) && typeof value['kty'] === 'string'
}

function isReference(value: unknown): value is ValueReference {
  return isObject(value) && typeof value['handle'] === 'string' && Number.isInteger(value['index'])
}

function isAdmin(value: unknown): value is AdminData {
  return isReference(value) && 'permissions' in value && typeof value.permissions === 'string'
}

function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
