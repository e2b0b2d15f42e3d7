import { InvalidArgumentError } from '../errors.ts'
import type { SearchServiceOptions } from '../handle/search-service.ts'
import type { CredentialsEntry } from './credentials-entry.ts'

/** What a file says about searching. */
export interface FileSearch {
  readonly options: SearchServiceOptions
  /** Undefined: those of the client. */
  readonly credentials: CredentialsEntry | undefined
  /** True: where the strategy is not given, the client does not search, rather than not be made. */
  readonly isOptional: boolean
  /** False: where only, and not as whom. The client does not search unless it is told. */
  readonly isComplete: boolean
}

/**
 * Reads the `reverselookup_…` settings. What they lack is that of the Handle server, as in B2HANDLE; but its user and its
 * password go to no other server.
 *
 * @param server Of the Handle server.
 * @param identified Whether the file has credentials for it.
 * @throws InvalidArgumentError `INVALID_FILE`
 */
export function readSearch(
  file: string,
  json: Readonly<Record<string, unknown>>,
  text: (name: string) => string | undefined,
  server: string | undefined,
  identified: boolean,
): FileSearch | undefined {
  const said = text('reverselookup_baseuri')
  const address = said === undefined || said.includes('://') ? said : `https://${said}`
  const [username, password] = [text('reverselookup_username'), text('reverselookup_password')]
  const isOwn = username !== undefined || password !== undefined
  const isSame = address === undefined || originOf(address) === originOf(server)
  const lent = (name: string): string | undefined => (isSame ? text(name) : undefined)
  if ((address ?? server) === undefined) return undefined
  const path = text('reverselookup_url_extension')?.replaceAll(/^\/*|\/+$/g, '')
  const fields = readFields(file, json['allowed_search_keys'])
  return {
    options: {
      ...(address !== undefined && { server: address }),
      ...(path !== undefined && { path: `/${path}` }),
      ...(fields !== undefined && { fields }),
    },
    credentials: isOwn ? ownCredentials(file, username ?? lent('username'), password ?? lent('password')) : undefined,
    // Most programs with such a file do not search.
    isOptional: true,
    isComplete: isOwn || (identified && isSame),
  }
}

function ownCredentials(file: string, username: string | undefined, password: string | undefined): CredentialsEntry {
  if (username !== undefined && password !== undefined) {
    return { where: file, content: { type: 'basic', username, password } }
  }
  const [has, lacks] = username === undefined ? ['password', 'username'] : ['username', 'password']
  throw new InvalidArgumentError('INVALID_FILE', `${file} has "reverselookup_${has}" and no "reverselookup_${lacks}".`)
}

/** An empty list allows everything, as there. */
function readFields(file: string, keys: unknown): readonly string[] | undefined {
  if (keys === undefined || keys === null) return undefined
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return keys
  throw new InvalidArgumentError('INVALID_FILE', `${file}: "allowed_search_keys" has to be a list of texts.`)
}

function originOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : URL.parse(address)?.origin
}
