import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { CallOptions } from './api.ts'
import { checkIndex, encodeType } from './name.ts'

/** What {@link HandleClient.resolve} takes beside the handle. */
export interface ResolveOptions extends CallOptions {
  /** Only values at these indexes, or of these types. */
  readonly indexes?: readonly number[] | undefined
  /** Only values of these types, or at these indexes. A dot at the end (`'URL.'`) takes in what begins so. */
  readonly types?: readonly string[] | undefined
  /** True: past the caches of a resolver, from the server that is responsible. */
  readonly authoritative?: boolean | undefined
  /**
   * False: private values too. The server then refuses as a whole what the credentials may not read in part. Default:
   * true.
   */
  readonly publicOnly?: boolean | undefined
}

/** What most reads say. */
export const noOptions: ResolveOptions = {}

/** The query of a read, with its question mark; '' where there is none. */
export function resolveQuery(options: ResolveOptions, authenticated: boolean): string {
  // Servers answer an authenticated read with all values or, if one of them may not be read, with none.
  const publicOnly = authenticated ? 'publicOnly=true' : ''
  // Most reads say nothing more.
  if (options === noOptions) return publicOnly && `?${publicOnly}`
  checkOptions('resolve', options, ['indexes', 'types', 'authoritative', 'publicOnly', 'signal', 'timeout'])
  checkList('indexes', options.indexes)
  checkList('types', options.types)
  const parts = [
    ...(options.indexes ?? []).map((index) => `index=${checkIndex(index)}`),
    ...(options.types ?? []).map((type) => `type=${encodeType(type)}`),
    ...(options.authoritative ? ['auth=true'] : []),
    options.publicOnly === undefined ? publicOnly : `publicOnly=${options.publicOnly}`,
  ].filter((part) => part !== '')
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

/** To a server, none is all. */
function checkList(name: string, list: readonly unknown[] | undefined): void {
  if (list === undefined || (Array.isArray(list) && list.length > 0)) return
  throw new InvalidArgumentError(
    'INVALID_OPTION',
    `resolve: ${name} is a list with something in it. Leave it out to read all values.`,
  )
}
