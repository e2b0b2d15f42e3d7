import { parsePermissions } from '../record/permissions.ts'
import type { HandleValue } from '../record/value.ts'
import type { HandleService } from '../service.ts'

/** A handle that no store holds: it describes the server to its administrators. */
export const serverStatusHandle = '0.SITE/status'

export function serverStatus(service: HandleService): HandleValue[] {
  const prefixes = service.records.homedPrefixes()
  const status = `version=9.2.0\nprefixes=${prefixes.join(' ')}\nsessions=${service.sessions.opened}\n`
  return [
    statusValue(1, 'CNRI.SERVER_STATUS', status),
    statusValue(3, 'CNRI.REPLICATION_STATUS', JSON.stringify({ mirrors: [] })),
  ]
}

function statusValue(index: number, type: string, text: string): HandleValue {
  return {
    index,
    type,
    data: Buffer.from(text, 'utf8'),
    permissions: parsePermissions('1100'),
    ttl: { kind: 'relative', seconds: 86_400 },
    timestamp: 0,
    references: [],
  }
}
