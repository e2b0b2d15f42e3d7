import type { KeyObject } from 'node:crypto'
import type { ClientCertificates } from './auth/client-certificates.ts'
import type { Sessions } from './auth/sessions.ts'
import type { Settings } from './options.ts'
import type { Site } from './record/site.ts'
import type { Records } from './store/records.ts'

/** What every request is handled with. */
export interface HandleService {
  readonly settings: Settings
  readonly records: Records
  readonly sessions: Sessions
  readonly certificates: ClientCertificates
  /** The private half of the key in the site. */
  readonly signingKey: KeyObject
  /** Known once the ports are. */
  readonly site: () => Site
}
