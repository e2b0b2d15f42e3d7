import { echo, Refusal, responseCode, type Reply } from '../http/reply.ts'
import { parseInteger } from '../json/coerce.ts'
import { adminRight } from '../record/admin.ts'
import { foldCase, withImpliedPrefix } from '../record/names.ts'
import { valueToJson } from '../record/value-json.ts'
import { isSelectedByType, type HandleValue } from '../record/value.ts'
import { hasRights, requireServerAdmin } from './authorize.ts'
import type { Call } from './endpoint.ts'
import { requireHomed } from './homed.ts'
import { serverStatus, serverStatusHandle } from './server-status.ts'

/** `GET /api/handles/{handle}` (Technical Manual 14.5.1). */
export function readHandle(call: Call): Reply {
  const { parameters, caller, rest: handle } = call
  const indexes = parameters.getAll('index').map(parseInteger)
  const types = parameters.getAll('type')
  const publicOnly = parameters.flag('publicOnly') ?? caller.identity === undefined
  const record = findRecord(call)
  const isSelected = (value: HandleValue): boolean =>
    (indexes.length === 0 && types.length === 0) ||
    indexes.includes(value.index) ||
    types.some((type) => isSelectedByType(value, type))
  const selected = record.values.filter(isSelected)
  const values = publicOnly ? selected.filter(isPublic) : readable(call, selected, record)
  if (values.length === 0) return { status: 200, json: { responseCode: 200, values: [], ...echo(handle) } }
  return { status: 200, json: { responseCode: 1, ...echo(handle), values: values.map(valueToJson) } }
}

interface FoundRecord {
  readonly values: readonly HandleValue[]
  readonly requireReader: () => void
}

function findRecord(call: Call): FoundRecord {
  const { service, rest: handle } = call
  if (handle === '') throw new Refusal(responseCode.invalidHandle, '', 'Empty handle invalid')
  if (foldCase(handle) === foldCase(serverStatusHandle)) {
    const requireReader = (): void => requireServerAdmin(call, handle, service.settings.serverAdmins)
    return { values: serverStatus(service), requireReader }
  }
  const name = withImpliedPrefix(handle)
  requireHomed(call, name, handle)
  const values = service.records.get(name)
  if (!values) throw new Refusal(responseCode.handleNotFound, handle)
  const requireReader = (): void => {
    if (!hasRights(call, values, adminRight.readValue)) throw new Refusal(responseCode.invalidAdmin, handle)
  }
  return { values, requireReader }
}

/**
 * All of the selected values, if the first that is not public may be read by the caller. Only that one decides: values
 * after it are given even if nobody may read them, as the real server does.
 */
function readable(call: Call, selected: readonly HandleValue[], record: FoundRecord): readonly HandleValue[] {
  const restricted = selected.find((value) => !isPublic(value))
  if (!restricted) return selected
  if (!restricted.permissions.adminRead) throw new Refusal(responseCode.insufficientPermissions, call.rest)
  const isOpen = call.service.settings.anonymousAdminFullAccess
  if (!call.caller.identity && !isOpen) throw new Refusal(responseCode.authenticationNeeded, call.rest)
  record.requireReader()
  return selected
}

function isPublic(value: HandleValue): boolean {
  return value.permissions.publicRead
}
