import { BadRequest } from '../bad-request.ts'
import { asText, member } from '../json/coerce.ts'
import { isJsonObject, type Json } from '../json/lenient.ts'
import { adminFromJson, adminToJson, decodeAdmin, encodeAdmin, type AdminJson } from './admin.ts'
import { decodeBase64 } from './base64.ts'
import {
  decodePublicKey,
  encodePublicKey,
  publicKeyFromJson,
  publicKeyToJson,
  type PublicKeyJson,
} from './public-key.ts'
import { siteFromJson } from './site-json.ts'
import { decodeSite, encodeSite, siteToJson, type SiteJson } from './site.ts'
import { looksBinary } from './text.ts'
import { isOfType, type HandleValue, type ValueReference } from './value.ts'
import { decodeVlist, encodeVlist, referencesFromJson } from './vlist.ts'

/** The `data` of a value as the HTTP API shows it (Technical Manual 14). */
export type ValueDataJson =
  | { readonly format: 'string'; readonly value: string }
  | { readonly format: 'base64'; readonly value: string }
  | { readonly format: 'admin'; readonly value: AdminJson }
  | { readonly format: 'vlist'; readonly value: readonly ValueReference[] }
  | { readonly format: 'site'; readonly value: SiteJson }
  | { readonly format: 'key'; readonly value: PublicKeyJson }

/** The type of a value decides the format; bytes that do not fit it are shown as text or Base64, as all others are. */
export function dataToJson(value: HandleValue): ValueDataJson {
  const structured = structuredTypes.find(({ types }) => types.some((type) => isOfType(value, type)))
  try {
    if (structured) return structured.toJson(value.data)
  } catch {
    // Not what the type promises.
  }
  if (looksBinary(value.data)) return { format: 'base64', value: value.data.toString('base64') }
  return { format: 'string', value: value.data.toString('utf8') }
}

const structuredTypes: readonly { types: readonly string[]; toJson: (bytes: Buffer) => ValueDataJson }[] = [
  { types: ['HS_ADMIN'], toJson: (bytes) => ({ format: 'admin', value: adminToJson(decodeAdmin(bytes)) }) },
  { types: ['HS_VLIST'], toJson: (bytes) => ({ format: 'vlist', value: decodeVlist(bytes) }) },
  {
    types: ['HS_SITE', 'HS_SITE.PREFIX', 'HS_NA_DELEGATE'],
    toJson: (bytes) => ({ format: 'site', value: siteToJson(decodeSite(bytes)) }),
  },
  { types: ['HS_PUBKEY'], toJson: (bytes) => ({ format: 'key', value: publicKeyToJson(decodePublicKey(bytes)) }) },
]

/** The format, not the type, decides how `data` is read. A bare string, number or boolean is its own text. */
export function dataFromJson(json: Json): Buffer {
  if (!isJsonObject(json)) {
    if (json === null || Array.isArray(json)) throw new BadRequest('Bad data', 'com.google.gson.JsonParseException')
    return Buffer.from(asText(json), 'utf8')
  }
  const format = asText(member(json, 'format')).toLowerCase()
  const read = formatReaders.get(format)
  if (!read) throw new BadRequest(`Unknown data format ${format}`, 'com.google.gson.JsonParseException')
  return read(member(json, 'value'))
}

const formatReaders: ReadonlyMap<string, (json: Json) => Buffer> = new Map([
  ['string', (json) => Buffer.from(asText(json), 'utf8')],
  ['base64', (json) => decodeBase64(asText(json))],
  ['hex', (json) => decodeHex(asText(json))],
  ['admin', (json) => encodeAdmin(adminFromJson(json))],
  ['vlist', (json) => encodeVlist(referencesFromJson(json))],
  ['site', (json) => encodeSite(siteFromJson(json))],
  ['key', (json) => encodePublicKey(publicKeyFromJson(json))],
])

function decodeHex(text: string): Buffer {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw new BadRequest('Not hexadecimal', 'com.google.gson.JsonParseException')
  return Buffer.from(text, 'hex')
}
