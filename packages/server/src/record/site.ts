import { isIPv4, isIPv6 } from 'node:net'
import { BadRequest } from '../bad-request.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { decodePublicKey, publicKeyToJson, type PublicKeyJson } from './public-key.ts'

/** What an HS_SITE value says about a service: its servers and how to reach them (RFC 3651 3.2.2). */
export interface Site {
  readonly version: number
  readonly protocolVersion: string
  readonly serialNumber: number
  readonly primarySite: boolean
  readonly multiPrimary: boolean
  /** 0: handles are spread over the servers by prefix, 1: by suffix, 2: by the whole handle. */
  readonly hashOption: number
  readonly hashFilter: string
  readonly attributes: readonly SiteAttribute[]
  readonly servers: readonly SiteServer[]
}

export interface SiteAttribute {
  readonly name: string
  readonly value: string
}

export interface SiteServer {
  readonly serverId: number
  readonly address: string
  /** In the encoding of HS_PUBKEY. */
  readonly publicKey: Buffer
  readonly interfaces: readonly SiteInterface[]
}

export interface SiteInterface {
  readonly query: boolean
  readonly admin: boolean
  /** A name of {@link siteProtocols}, or a number in digits. */
  readonly protocol: string
  readonly port: number
}

/** A site as the HTTP API shows it, for example at `/api/site`. */
export interface SiteJson extends Omit<Site, 'hashOption' | 'hashFilter' | 'servers'> {
  readonly hashOption?: number
  readonly hashFilter?: string
  readonly servers: readonly SiteServerJson[]
}

export interface SiteServerJson extends Omit<SiteServer, 'publicKey'> {
  readonly publicKey:
    | { readonly format: 'key'; readonly value: PublicKeyJson }
    | { readonly format: 'base64'; readonly value: string }
}

export const siteProtocols: readonly string[] = ['UDP', 'TCP', 'HTTP', 'HTTPS']

/** Throws when the bytes are not an HS_SITE value. */
export function decodeSite(bytes: Buffer): Site {
  const reader = new ByteReader(bytes)
  const version = reader.uint16()
  const protocolVersion = `${reader.uint8()}.${reader.uint8()}`
  const serialNumber = reader.uint16()
  const flags = reader.uint8()
  return {
    version,
    protocolVersion,
    serialNumber,
    primarySite: (flags & 0x80) !== 0,
    multiPrimary: (flags & 0x40) !== 0,
    hashOption: reader.uint8(),
    hashFilter: reader.text(),
    attributes: reader.list(() => ({ name: reader.text(), value: reader.text() })),
    servers: reader.list(() => ({
      serverId: reader.int32(),
      address: formatAddress(reader.raw(16)),
      publicKey: reader.sized(),
      interfaces: reader.list(() => readInterface(reader)),
    })),
  }
}

export function encodeSite(site: Site): Buffer {
  const [major = 2, minor = 0] = site.protocolVersion.split('.').map(Number)
  const writer = new ByteWriter().uint16(site.version).uint8(major).uint8(minor).uint16(site.serialNumber)
  writer.uint8((site.primarySite ? 0x80 : 0) | (site.multiPrimary ? 0x40 : 0))
  writer.uint8(site.hashOption).sized(site.hashFilter)
  writer.int32(site.attributes.length)
  for (const { name, value } of site.attributes) writer.sized(name).sized(value)
  writer.int32(site.servers.length)
  for (const server of site.servers) {
    writer.int32(server.serverId).raw(parseAddress(server.address)).sized(server.publicKey)
    writer.int32(server.interfaces.length)
    for (const { query, admin, protocol, port } of server.interfaces) {
      writer
        .uint8((admin ? 1 : 0) | (query ? 2 : 0))
        .uint8(protocolNumber(protocol))
        .int32(port)
    }
  }
  return writer.finish()
}

export function siteToJson(site: Site): SiteJson {
  const { hashOption, hashFilter, attributes, servers, ...always } = site
  return {
    ...always,
    ...(hashOption === 2 ? {} : { hashOption }),
    ...(hashFilter === '' ? {} : { hashFilter }),
    attributes,
    servers: servers.map(({ serverId, address, publicKey, interfaces }) => ({
      serverId,
      address,
      publicKey: publicKeyJson(publicKey),
      interfaces,
    })),
  }
}

function publicKeyJson(bytes: Buffer): SiteServerJson['publicKey'] {
  try {
    return { format: 'key', value: publicKeyToJson(decodePublicKey(bytes)) }
  } catch {
    return { format: 'base64', value: bytes.toString('base64') }
  }
}

function readInterface(reader: ByteReader): SiteInterface {
  const use = reader.uint8()
  const protocol = reader.uint8()
  return {
    query: (use & 2) !== 0,
    admin: (use & 1) !== 0,
    protocol: siteProtocols[protocol] ?? String(protocol),
    port: reader.int32(),
  }
}

function protocolNumber(protocol: string): number {
  const known = siteProtocols.indexOf(protocol.toUpperCase())
  return known === -1 ? Number(protocol) : known
}

/** Sixteen bytes; an IPv4 address is the last four of them. */
function parseAddress(address: string): Buffer {
  const bytes = Buffer.alloc(16)
  if (isIPv4(address)) {
    bytes.set(address.split('.').map(Number), 12)
    return bytes
  }
  if (!isIPv6(address)) throw new BadRequest(`Not an IP address: ${address}`)
  // The URL parser writes an IPv6 address in its shortest form: only `::` is left to expand.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
  for (const [i, group] of all.entries()) bytes.writeUInt16BE(group, i * 2)
  return bytes
}

function formatAddress(bytes: Buffer): string {
  if (bytes.subarray(0, 12).every((byte) => byte === 0)) return [...bytes.subarray(12)].join('.')
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
