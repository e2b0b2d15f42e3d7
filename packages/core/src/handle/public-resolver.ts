import { InvalidArgumentError } from '../errors.ts'

/** Reads every handle of the world, and writes none (Technical Manual, section 14.2). */
export const publicResolver = 'https://hdl.handle.net'

const hosts = new Set(['hdl.handle.net', 'doi.org', 'www.doi.org', 'dx.doi.org'])

export function isPublicResolver(origin: string): boolean {
  return hosts.has(new URL(origin).hostname.replace(/\.$/, ''))
}

/** What cannot be asked of a resolver. @param what "to change a handle" */
export function resolverOnlyReads(origin: string, what: string): InvalidArgumentError {
  return new InvalidArgumentError(
    'INVALID_OPTION',
    `${origin} only resolves handles: ${what}, make HandleClient with the server that holds the prefix, ` +
      "{ server: 'https://my.handle.server', credentials }.",
  )
}
