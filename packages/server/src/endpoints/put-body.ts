import { BadRequest } from '../bad-request.ts'
import { hasJsonBody, jsonBody } from '../http/request.ts'
import { asText } from '../json/coerce.ts'
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/lenient.ts'
import { foldCase, foldPrefix } from '../record/names.ts'
import { valueFromJson } from '../record/value-json.ts'
import type { HandleValue } from '../record/value.ts'
import type { Call } from './endpoint.ts'

/**
 * The values in the body of a PUT: an array of them, an object with `values` and perhaps the `handle`, or just one
 * value. Throws BadRequest.
 */
export function valuesInBody(call: Call): HandleValue[] {
  const { request, service } = call
  if (!hasJsonBody(request)) {
    throw new BadRequest(`Unsupported media type ${request.headers['content-type'] ?? 'null'}`)
  }
  const json = jsonBody(request, service.settings.defaultCharset)
  if (isJsonArray(json)) return json.map(valueFromJson)
  if (isJsonObject(json) && json.has('values')) {
    requireSameHandle(call, json)
    return valuesOf(json.get('values'))
  }
  const isValue = isJsonObject(json) && ['index', 'type', 'data'].every((name) => json.has(name))
  if (!isValue) throw new BadRequest('Invalid JSON in PUT request')
  return [valueFromJson(json)]
}

function valuesOf(json: Json | undefined): HandleValue[] {
  if (json === null) return []
  if (!isJsonArray(json)) throw new BadRequest('Not a JSON Array', 'java.lang.IllegalStateException')
  return json.map(valueFromJson)
}

function requireSameHandle({ service, rest: handle }: Call, json: JsonObject): void {
  const inBody = json.get('handle')
  if (inBody === undefined) return
  const fold = service.records.caseSensitive ? foldPrefix : foldCase
  if (fold(asText(inBody)) !== fold(handle)) throw new BadRequest('Mismatched handle in PUT request')
}
