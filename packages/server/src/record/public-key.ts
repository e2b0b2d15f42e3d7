import { createPublicKey, type KeyObject } from 'node:crypto'
import { BadRequest } from '../bad-request.ts'
import { asObject, asText, member } from '../json/coerce.ts'
import type { Json, JsonObject } from '../json/lenient.ts'
import { bitString, objectIdentifier, sequence, unsignedInteger } from '../tls/der.ts'
import { decodeBase64 } from './base64.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

/** An RSA or DSA public key; the numbers are unsigned big-endian, without leading zeros. */
export type PublicKey =
  | { readonly kty: 'RSA'; readonly n: Buffer; readonly e: Buffer }
  | { readonly kty: 'DSA'; readonly y: Buffer; readonly p: Buffer; readonly q: Buffer; readonly g: Buffer }

/** A public key as a JWK: RFC 7517 for RSA, and the Handle System's own form for DSA. */
export type PublicKeyJson =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'DSA'; readonly y: string; readonly p: string; readonly q: string; readonly g: string }

/** Reads the bytes of an HS_PUBKEY value. Throws when they are none. */
export function decodePublicKey(bytes: Buffer): PublicKey {
  const reader = new ByteReader(bytes)
  const algorithm = reader.text()
  reader.uint16() // flags, never used
  const number = (): Buffer => unsigned(reader.sized())
  if (algorithm === 'RSA_PUB_KEY') {
    const e = number()
    return { kty: 'RSA', n: number(), e }
  }
  if (algorithm === 'DSA_PUB_KEY') {
    const [q, p, g, y] = [number(), number(), number(), number()]
    return { kty: 'DSA', y, p, q, g }
  }
  throw new RangeError(`Unknown key algorithm ${algorithm}`)
}

export function encodePublicKey(key: PublicKey): Buffer {
  const writer = new ByteWriter().sized(`${key.kty}_PUB_KEY`).uint16(0)
  const numbers = key.kty === 'RSA' ? [key.e, key.n] : [key.q, key.p, key.g, key.y]
  for (const number of numbers) writer.sized(signed(number))
  return writer.finish()
}

export function publicKeyToJson(key: PublicKey): PublicKeyJson {
  const text = (number: Buffer): string => number.toString('base64url')
  if (key.kty === 'RSA') return { kty: 'RSA', n: text(key.n), e: text(key.e) }
  return { kty: 'DSA', y: text(key.y), p: text(key.p), q: text(key.q), g: text(key.g) }
}

export function publicKeyFromJson(json: Json): PublicKey {
  const object = asObject(json)
  const number = numberReader(object)
  const kty = asText(member(object, 'kty')).toUpperCase()
  if (kty === 'RSA') return { kty, n: number('n'), e: number('e') }
  if (kty === 'DSA') return { kty, y: number('y'), p: number('p'), q: number('q'), g: number('g') }
  throw new BadRequest(`Unsupported key type ${kty}`, 'com.google.gson.JsonParseException')
}

/** The key in a form that node:crypto verifies with. Throws when the numbers make no key. */
export function toKeyObject(key: PublicKey): KeyObject {
  if (key.kty === 'RSA') return createPublicKey({ key: { ...publicKeyToJson(key) }, format: 'jwk' })
  const parameters = sequence(unsignedInteger(key.p), unsignedInteger(key.q), unsignedInteger(key.g))
  const algorithm = sequence(objectIdentifier('1.2.840.10040.4.1'), parameters)
  const spki = sequence(algorithm, bitString(unsignedInteger(key.y)))
  return createPublicKey({ key: spki, format: 'der', type: 'spki' })
}

function numberReader(object: JsonObject): (name: string) => Buffer {
  return (name) => unsigned(decodeBase64(asText(member(object, name))))
}

function unsigned(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first === -1 ? Buffer.of(0) : bytes.subarray(first)
}

/** Two's complement: a leading zero keeps the number positive. */
function signed(number: Buffer): Buffer {
  return (number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), number]) : number
}
