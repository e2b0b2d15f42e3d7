import { randomUUID } from 'node:crypto'
import { BadRequest } from '../bad-request.ts'
import { echo, Refusal, responseCode, type Reply } from '../http/reply.ts'
import { parseInteger } from '../json/coerce.ts'
import { adminRight } from '../record/admin.ts'
import { parentPrefixHandle, prefixHandle, prefixOf } from '../record/names.ts'
import type { HandleValue } from '../record/value.ts'
import { hasRights, requireIdentity, requireRights } from './authorize.ts'
import { rightsToAdd, rightsToReplace, rightsToRewrite, stamped, withIndex } from './changes.ts'
import type { Call } from './endpoint.ts'
import { requireHomed } from './homed.ts'
import { valuesInBody } from './put-body.ts'

/** `PUT /api/handles/{handle}`: without `index` the whole record, with it single values (Technical Manual 14). */
export function putHandle(call: Call): Reply {
  const values = valuesInBody(call)
  const indexes = call.parameters.getAll('index')
  if (indexes.length === 0) return putRecord(call, values)
  requireSameIndexes(indexes, values)
  return putValues(call, values)
}

function putRecord(call: Call, values: readonly HandleValue[]): Reply {
  const { service, parameters, rest } = call
  const { records } = service
  requireHomed(call, rest, rest)
  requireGoodIndexes(rest, values)
  const handle = parameters.strictFlag('mintNewSuffix') ? mintHandle(call) : rest
  const old = records.get(handle)
  if (old && parameters.strictFlag('overwrite') === false) throw new Refusal(responseCode.handleAlreadyExists, handle)
  requireIdentity(call, handle)
  if (old) requireRightsToRewrite(call, handle, old, values)
  else if (!mayCreate(call, handle)) throw new Refusal(responseCode.invalidAdmin, handle)
  records.put(handle, stamped(old ?? [], values, service.settings.now()))
  return written(handle, old ? 200 : 201)
}

function putValues(call: Call, values: readonly HandleValue[]): Reply {
  const { service, parameters, rest: handle } = call
  requireHomed(call, handle, handle)
  if (values.length === 0) throw new Refusal(responseCode.invalidValue, handle, 'Value list was empty')
  requireGoodIndexes(handle, values)
  requireIdentity(call, handle)
  const old = service.records.get(handle)
  if (!old) throw new Refusal(responseCode.handleNotFound, handle)
  const existing = values.find(({ index }) => withIndex(old, index))
  if (existing && parameters.strictFlag('overwrite') === false) throw indexConflict(handle, existing.index)
  requireRights(call, handle, old, rightsToPut(old, values))
  const untouched = old.filter(({ index }) => !withIndex(values, index))
  const record = [...untouched, ...stamped(old, values, service.settings.now())]
  service.records.put(
    handle,
    record.sort((a, b) => a.index - b.index),
  )
  return written(handle, existing ? 200 : 201)
}

/** A value that the public may write needs no rights, but still somebody whom the server knows. */
function rightsToPut(old: readonly HandleValue[], values: readonly HandleValue[]): number {
  return values.reduce((all, value) => {
    const before = withIndex(old, value.index)
    if (before?.permissions.publicWrite) return all
    return all | (before ? rightsToReplace(before, value) : rightsToAdd(value))
  }, 0)
}

/**
 * Three ways lead to replacing a record: the rights to each single change; ADD_ADMIN alone; or the rights to delete the
 * record and to create it again.
 */
function requireRightsToRewrite(
  call: Call,
  handle: string,
  old: readonly HandleValue[],
  values: readonly HandleValue[],
): void {
  const rights = rightsToRewrite(old, values)
  if (hasRights(call, old, rights)) return
  if (hasRights(call, old, adminRight.addAdmin)) return
  if (hasRights(call, old, adminRight.deleteHandle) && mayCreate(call, handle)) return
  throw new Refusal(responseCode.invalidAdmin, handle)
}

function mayCreate(call: Call, handle: string): boolean {
  const { records, settings } = call.service
  const parent = parentPrefixHandle(handle)
  const admins = settings.allowNaAdmins ? (records.get(parent ?? prefixHandle(prefixOf(handle))) ?? []) : []
  return hasRights(call, admins, parent ? adminRight.addDerivedPrefix : adminRight.addHandle)
}

/** The text that was sent, and a random UUID after it (Technical Manual 14). */
function mintHandle({ service, rest }: Call): string {
  for (;;) {
    const handle = `${rest}${randomUUID()}`
    if (!service.records.get(handle)) return handle
  }
}

/** `various` stands for whatever indexes the body has. */
function requireSameIndexes(parameters: readonly string[], values: readonly HandleValue[]): void {
  if (parameters.includes('various')) return
  const wanted = new Set(parameters.map(parseInteger))
  const given = new Set(values.map(({ index }) => index))
  if (wanted.size === given.size && [...wanted].every((index) => given.has(index))) return
  throw new BadRequest('Mismatched indexes in PUT request')
}

function requireGoodIndexes(handle: string, values: readonly HandleValue[]): void {
  if (values.some(({ index }) => index <= 0)) {
    throw new Refusal(responseCode.invalidValue, handle, 'Value indexes must be positive')
  }
  const seen = new Set<number>()
  for (const { index } of values) {
    if (seen.has(index)) throw indexConflict(handle, index)
    seen.add(index)
  }
}

function indexConflict(handle: string, index: number): Refusal {
  return new Refusal(responseCode.valueAlreadyExists, handle, `Index conflict for ${index}`)
}

function written(handle: string, status: 200 | 201): Reply {
  return { status, json: { responseCode: responseCode.success, ...echo(handle) } }
}
