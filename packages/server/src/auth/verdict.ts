import type { Identity } from './identity.ts'

/** What became of the credentials of a request. */
export type Verdict =
  /** There were none. */
  | { readonly outcome: 'none' }
  | { readonly outcome: 'accepted'; readonly identity: Identity }
  /** The error, if any, is told to the client. */
  | { readonly outcome: 'refused'; readonly error: string | undefined }

export const noCredentials: Verdict = { outcome: 'none' }

export function accepted(identity: Identity): Verdict {
  return { outcome: 'accepted', identity }
}

export function refused(error?: string): Verdict {
  return { outcome: 'refused', error }
}
