import { Refusal, responseCode, type Reply } from '../http/reply.ts'
import { adminRight } from '../record/admin.ts'
import { isPrefixHandle, prefixHandle } from '../record/names.ts'
import { requireIdentity, requireRights } from './authorize.ts'
import type { Call } from './endpoint.ts'
import { page } from './paging.ts'

/** `GET /api/handles?prefix=…`: the handles under a prefix (Technical Manual 14). */
export function listHandles(call: Call, prefix: string): Reply {
  const { records, settings } = call.service
  const paging = page(call.parameters)
  if (!settings.allowListHandles) {
    const message = 'This server does not support the list handles operation.'
    throw new Refusal(responseCode.operationNotSupported, prefix, message)
  }
  const name = isPrefixHandle(prefix) ? prefix : prefixHandle(prefix)
  if (!records.isHomedPrefix(name)) {
    throw new Refusal(responseCode.serverNotResponsible, prefix, "That prefix doesn't live here")
  }
  requireIdentity(call, prefix)
  const admins = settings.allowNaAdmins ? (records.get(name) ?? []) : []
  requireRights(call, prefix, admins, adminRight.listHandles)
  const { totalCount, position, items } = paging(records.namesUnder(name.slice(prefixHandle('').length)))
  return {
    status: 200,
    json: { responseCode: responseCode.success, prefix, totalCount, ...position, handles: items },
  }
}
