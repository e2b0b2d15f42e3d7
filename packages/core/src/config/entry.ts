import type { HandleClientOptions } from '../handle/client.ts'
import type { CredentialsEntry } from './credentials-entry.ts'
import type { FileSearch } from './flat-search.ts'

/** What a credentials file says, before a strategy has looked at it. */
export interface Entry {
  readonly client: HandleClientOptions
  /** Undefined: the file is for reading only. */
  readonly credentials: CredentialsEntry | undefined
  readonly search?: FileSearch | undefined
  /** What the file says besides. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Names that mean nothing to this version. */
  readonly unknown: readonly string[]
}
