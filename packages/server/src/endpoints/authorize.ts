import { parseIdentity, type Identity } from '../auth/identity.ts'
import { Refusal, responseCode } from '../http/reply.ts'
import { decodeAdmin, type AdminRecord } from '../record/admin.ts'
import { foldPrefix, isSameIdentityName } from '../record/names.ts'
import { isOfType, type HandleValue, type ValueReference } from '../record/value.ts'
import { decodeVlist } from '../record/vlist.ts'
import type { Records } from '../store/records.ts'
import type { Call } from './endpoint.ts'

/** Refuses a request that needs to know who makes it, and does not. Every administration starts here. */
export function requireIdentity({ service, caller }: Call, subject: string): void {
  if (service.settings.anonymousAdminFullAccess) return
  if (service.settings.requireSessions) {
    const message = 'Sessions are required for administration on this server'
    throw new Refusal(responseCode.invalidCredential, subject, message)
  }
  if (!caller.identity) throw new Refusal(responseCode.authenticationNeeded, subject)
}

/** Refuses a caller whom no HS_ADMIN value of the record grants all of the rights. */
export function requireRights(call: Call, subject: string, values: readonly HandleValue[], rights: number): void {
  if (!hasRights(call, values, rights)) throw new Refusal(responseCode.invalidAdmin, subject)
}

/**
 * Whether one HS_ADMIN value of a record grants the caller all of the rights, or the server's settings do. Several
 * values do not add up. Where no right is needed, being known is enough.
 */
export function hasRights({ service, caller }: Call, values: readonly HandleValue[], rights: number): boolean {
  const { settings, records } = service
  if (settings.anonymousAdminFullAccess) return true
  const { identity } = caller
  if (!identity) return false
  if (rights === 0) return true
  if (settings.serverAdminFullAccess && isAnyOf(records, identity, settings.serverAdmins)) return true
  return values
    .flatMap(readAdmin)
    .filter((admin) => (admin.rights & rights) === rights)
    .some(({ administrator }) => isWithin(records, identity, administrator))
}

/** Refuses a caller who is not among the identities and groups that the settings name. */
export function requireServerAdmin(call: Call, subject: string, admins: readonly string[]): void {
  const { service, caller } = call
  if (service.settings.anonymousAdminFullAccess) return
  if (!caller.identity || !isAnyOf(service.records, caller.identity, admins)) {
    throw new Refusal(responseCode.invalidAdmin, subject)
  }
}

function isAnyOf(records: Records, identity: Identity, admins: readonly string[]): boolean {
  return admins.some((text) => isWithin(records, identity, parseIdentity(text)))
}

/** Whether an identity is the administrator, or a member of the group of that name, or of a group in it. */
function isWithin(records: Records, identity: Identity, administrator: ValueReference): boolean {
  const seen = new Set<string>()
  let level: readonly ValueReference[] = [administrator]
  while (level.length > 0) {
    if (level.some((reference) => isNamedBy(identity, reference))) return true
    level = level.flatMap((reference) => {
      const key = `${reference.index}:${foldPrefix(reference.handle)}`
      if (seen.has(key)) return []
      seen.add(key)
      return membersOf(records, reference)
    })
  }
  return false
}

function isNamedBy(identity: Identity, { handle, index }: ValueReference): boolean {
  return isSameIdentityName(handle, identity.handle) && (index === 0 || index === identity.index)
}

/** A group is the HS_VLIST at an index, public or not. Index 0 refers to any value, so it is no group. */
function membersOf(records: Records, { handle, index }: ValueReference): ValueReference[] {
  const value = (records.get(handle) ?? []).find((candidate) => candidate.index === index)
  if (!value || !isOfType(value, 'HS_VLIST')) return []
  try {
    return decodeVlist(value.data)
  } catch {
    return []
  }
}

function readAdmin(value: HandleValue): AdminRecord[] {
  if (!isOfType(value, 'HS_ADMIN')) return []
  try {
    return [decodeAdmin(value.data)]
  } catch {
    return []
  }
}
