import type { PlannedRequest } from './writer.ts'

/** What came of a write. */
export interface WriteResult {
  /** The handle; the one that was made, where the server chose its name. */
  readonly handle: string
  /** `unchanged`: everything was as wanted already, and nothing was sent. `planned`: with `plan: true`. */
  readonly outcome: 'created' | 'replaced' | 'changed' | 'unchanged' | 'deleted' | 'planned'
  /** The indexes that were written or removed, or would be. */
  readonly indexes: readonly number[]
  /** With `plan: true`: the request that would be sent, the first of `requests`. None where nothing would change. */
  readonly request?: PlannedRequest
  /** With `plan: true`: all that would be sent, in their order. Only a few edits need two. */
  readonly requests?: readonly PlannedRequest[]
}

/** What comes of a change that changes nothing. */
export function unchanged(handle: string, { plan }: { readonly plan?: boolean | undefined }): WriteResult {
  return plan ? planned(handle, []) : { handle, outcome: 'unchanged', indexes: [] }
}

/** What comes of `plan: true`. */
export function planned(
  handle: string,
  indexes: readonly number[],
  requests: readonly PlannedRequest[] = [],
): WriteResult {
  const [request] = requests
  return { handle, outcome: 'planned', indexes, ...(request && { request, requests }) }
}
