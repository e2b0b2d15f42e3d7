import { echo, Refusal, responseCode, type Reply } from '../http/reply.ts'
import { parseInteger } from '../json/coerce.ts'
import { adminRight } from '../record/admin.ts'
import { requireIdentity, requireRights } from './authorize.ts'
import { rightsToRemove, withIndex } from './changes.ts'
import type { Call } from './endpoint.ts'
import { requireHomed } from './homed.ts'

/** `DELETE /api/handles/{handle}`: the record, or with `index` single values (Technical Manual 14). */
export function deleteHandle(call: Call): Reply {
  const indexes = call.parameters.getAll('index').map(parseInteger)
  if (indexes.length === 0) deleteRecord(call)
  else deleteValues(call, indexes)
  return { status: 200, json: { responseCode: responseCode.success, ...echo(call.rest) } }
}

/** The prefix need not be homed here: a record may be left over from when it was. */
function deleteRecord(call: Call): void {
  const { service, rest: handle } = call
  requireIdentity(call, handle)
  const values = service.records.get(handle)
  if (!values) throw new Refusal(responseCode.handleNotFound, handle)
  requireRights(call, handle, values, adminRight.deleteHandle)
  service.records.delete(handle)
}

/** Removes all of the values, or none if one is missing. A record may be left empty. */
function deleteValues(call: Call, indexes: readonly number[]): void {
  const { service, rest: handle } = call
  requireHomed(call, handle, handle)
  requireIdentity(call, handle)
  const values = service.records.get(handle)
  if (!values) throw new Refusal(responseCode.handleNotFound, handle)
  if (!indexes.every((index) => withIndex(values, index))) throw new Refusal(responseCode.valuesNotFound, handle)
  const removed = values.filter(({ index }) => indexes.includes(index))
  const rights = removed.reduce((all, value) => all | rightsToRemove(value), 0)
  requireRights(call, handle, values, rights)
  service.records.put(
    handle,
    values.filter((value) => !removed.includes(value)),
  )
}
