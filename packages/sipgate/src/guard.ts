import { InvalidArgumentError } from '@handlekit/core'
import type { Target } from './endpoint.ts'
import type { Query } from './query.ts'

/**
 * `DELETE /history` without ids deletes the whole history. So it is not sent without, however its path is written.
 *
 * @throws InvalidArgumentError `INVALID_VALUE`
 */
export function refuseToDeleteEverything({ method, path }: Target, query: Query | undefined): void {
  if (method !== 'DELETE' || plain(path) !== '/history') return
  const ids = [query?.['id']].flat()
  if (ids.length > 0 && ids.every((id) => typeof id === 'string' && id.trim() !== '')) return
  throw new InvalidArgumentError(
    'INVALID_VALUE',
    'DELETE /history needs the ids of what to delete: without, or with an empty one, sipgate deletes the whole history.',
  )
}

/** A path in the way in which a forgiving server reads it. */
function plain(path: string): string {
  const segments = decode(path)
    .split('/')
    .map((segment) => segment.replace(/;.*/s, '').toLowerCase())
  return `/${segments.filter((name) => name !== '').join('/')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
