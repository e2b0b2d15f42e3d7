import { BadRequest } from '../bad-request.ts'
import { isJsonArray, isJsonObject, JsonNumber, type Json, type JsonObject } from './lenient.ts'

/** The member of an object, or a refusal that names it. */
export function member(object: JsonObject, name: string): Json {
  const json = object.get(name)
  if (json === undefined) throw new BadRequest(`Missing ${name}`, 'com.google.gson.JsonParseException')
  return json
}

export function asObject(json: Json | undefined): JsonObject {
  if (!isJsonObject(json)) throw new BadRequest('Not a JSON Object', 'java.lang.IllegalStateException')
  return json
}

export function asArray(json: Json | undefined): readonly Json[] {
  if (!isJsonArray(json)) throw new BadRequest('Not a JSON Array', 'java.lang.IllegalStateException')
  return json
}

/** Text of a string, number or boolean; like Gson, also of an array that holds just one. */
export function asText(json: Json): string {
  const primitive = unwrap(json)
  if (typeof primitive === 'string') return primitive
  if (typeof primitive === 'boolean') return String(primitive)
  if (primitive instanceof JsonNumber) return primitive.digits
  throw new BadRequest('Not a JSON Primitive', 'java.lang.UnsupportedOperationException')
}

/** A 32-bit integer as Gson coerces it: `"7"` is 7, 1.5 is 1, and a number that is too large wraps. */
export function asInteger(json: Json): number {
  const primitive = unwrap(json)
  if (primitive instanceof JsonNumber) return wrapToInt32(primitive.digits)
  return parseInteger(asText(primitive))
}

export function asBoolean(json: Json | undefined): boolean {
  return json !== undefined && asText(json).toLowerCase() === 'true'
}

/** Java's `Integer.parseInt`: digits with an optional sign, in the range of 32 bits. */
export function parseInteger(text: string): number {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= -(2 ** 31) && number < 2 ** 31)) {
    throw new BadRequest(`For input string: "${text}"`, 'java.lang.NumberFormatException')
  }
  return number
}

function unwrap(json: Json): Json {
  return isJsonArray(json) && json.length === 1 ? unwrap(json[0] ?? null) : json
}

function wrapToInt32(digits: string): number {
  const whole = /^-?\d+$/.test(digits) ? BigInt(digits) : truncated(Number(digits))
  return Number(BigInt.asIntN(32, whole))
}

function truncated(number: number): bigint {
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n
}
