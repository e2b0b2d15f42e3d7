import { BadRequest } from '../bad-request.ts'
import { asArray, asBoolean, asInteger, asObject, asText } from '../json/coerce.ts'
import { isJsonArray, isJsonObject, JsonNumber, type Json, type JsonObject } from '../json/lenient.ts'
import { decodeBase64 } from './base64.ts'
import { encodePublicKey, publicKeyFromJson } from './public-key.ts'
import { siteProtocols, type Site, type SiteAttribute, type SiteInterface, type SiteServer } from './site.ts'

/** Reads a site from JSON: the form that is sent, the names of `siteinfo.json`, and older capitalised names. */
export function siteFromJson(json: Json): Site {
  const object = asObject(json)
  const protocolVersion = text(pick(object, 'protocolVersion'), '2.11')
  if (!/^\d{1,3}\.\d{1,3}$/.test(protocolVersion)) throw new BadRequest(`Bad protocol version ${protocolVersion}`)
  return {
    version: integer(pick(object, 'version'), 1),
    protocolVersion,
    serialNumber: integer(pick(object, 'serialNumber'), 1),
    primarySite: asBoolean(pick(object, 'primarySite')),
    multiPrimary: asBoolean(pick(object, 'multiPrimary')),
    hashOption: integer(pick(object, 'hashOption'), 2),
    hashFilter: text(pick(object, 'hashFilter'), ''),
    attributes: attributesFromJson(pick(object, 'attributes')),
    servers: list(pick(object, 'servers', 'serverList')).map(serverFromJson),
  }
}

function serverFromJson(json: Json): SiteServer {
  const object = asObject(json)
  return {
    serverId: integer(pick(object, 'serverId'), 1),
    address: text(pick(object, 'address'), '0.0.0.0'),
    publicKey: keyBytes(pick(object, 'publicKey')),
    interfaces: list(pick(object, 'interfaces', 'interfaceList')).map(interfaceFromJson),
  }
}

function interfaceFromJson(json: Json): SiteInterface {
  const object = asObject(json)
  const protocol = text(pick(object, 'protocol'), '').toUpperCase()
  if (!siteProtocols.includes(protocol) && !/^\d{1,3}$/.test(protocol)) throw new BadRequest(`Bad protocol ${protocol}`)
  return {
    query: asBoolean(pick(object, 'query')),
    admin: asBoolean(pick(object, 'admin')),
    protocol,
    port: integer(pick(object, 'port'), 0),
  }
}

/** An array of names and values, or an object whose members are values or arrays of them. */
function attributesFromJson(json: Json | undefined): SiteAttribute[] {
  if (isJsonObject(json)) {
    return [...json].flatMap(([name, values]) =>
      (isJsonArray(values) ? values : [values]).map((value) => ({ name, value: asText(value) })),
    )
  }
  return list(json).map((item) => {
    const object = asObject(item)
    return { name: text(pick(object, 'name'), ''), value: text(pick(object, 'value'), '') }
  })
}

function keyBytes(json: Json | undefined): Buffer {
  if (json === undefined || json === null) return Buffer.alloc(0)
  if (typeof json === 'string') return Buffer.from(json, 'hex')
  const object = asObject(json)
  if (object.has('kty')) return encodePublicKey(publicKeyFromJson(object))
  const format = text(object.get('format'), '').toLowerCase()
  const value = object.get('value') ?? null
  if (format === 'key') return encodePublicKey(publicKeyFromJson(value))
  if (format === 'base64') return decodeBase64(asText(value))
  if (format === 'hex') return Buffer.from(asText(value), 'hex')
  throw new BadRequest(`Unknown public key format ${format}`)
}

/** The first member by one of the names, also when it is written with a capital. */
function pick(object: JsonObject, ...names: readonly string[]): Json | undefined {
  for (const name of names) {
    const found = object.get(name) ?? object.get(name.charAt(0).toUpperCase() + name.slice(1))
    if (found !== undefined) return found
  }
  return undefined
}

function list(json: Json | undefined): readonly Json[] {
  return json === undefined || json === null ? [] : asArray(json)
}

function text(json: Json | undefined, fallback: string): string {
  return json === undefined || json === null ? fallback : asText(json)
}

function integer(json: Json | undefined, fallback: number): number {
  return typeof json === 'string' || json instanceof JsonNumber ? asInteger(json) : fallback
}
