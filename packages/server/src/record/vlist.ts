import { asArray, asInteger, asObject, asText, member } from '../json/coerce.ts'
import type { Json } from '../json/lenient.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import type { ValueReference } from './value.ts'

/** Members of a group, the content of an HS_VLIST value. Throws a RangeError when the bytes are none. */
export function decodeVlist(bytes: Buffer): ValueReference[] {
  const reader = new ByteReader(bytes)
  return reader.list(() => ({ handle: reader.text(), index: reader.int32() }))
}

export function encodeVlist(members: readonly ValueReference[]): Buffer {
  const writer = new ByteWriter().int32(members.length)
  for (const { handle, index } of members) writer.sized(handle).int32(index)
  return writer.finish()
}

/** References as JSON has them: in HS_VLIST data, and in the `references` of a value. */
export function referencesFromJson(json: Json): ValueReference[] {
  return asArray(json).map((item) => {
    const object = asObject(item)
    return { handle: asText(member(object, 'handle')), index: asInteger(member(object, 'index')) }
  })
}
