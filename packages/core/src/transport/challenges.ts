import type { Challenge } from '../credentials.ts'

// RFC 9110, sections 5.6.2, 5.6.4 and 11.2, read with the tolerance that a client owes a server.
const piece =
  /[\s,]*(?:(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s,"=]+))(?=[\s,]|$)|(?<scheme>[!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \t]+(?<token68>[A-Za-z0-9\-._~+/]+=*)(?=[ \t]*(?:,|$)))?(?=[\s,]|$))/gy

/**
 * Reads the challenges of a `WWW-Authenticate` header, joined ones included (RFC 9110, section 11.6.1). What cannot be
 * read ends the reading: the challenges before it are given.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: [string, string][]; token68: string | undefined }[] = []
  for (const { groups = {} } of header.matchAll(piece)) {
    const { name, quoted, bare, scheme, token68 } = groups
    if (scheme !== undefined) {
      challenges.push({ scheme, parameters: [], token68 })
    } else if (name !== undefined) {
      const last = challenges.at(-1)
      if (!last) break
      last.parameters.push([name, quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? ''])
    }
  }
  return challenges.map(({ scheme, parameters, token68 }) => ({
    scheme,
    parameters: Object.fromEntries(parameters),
    ...(token68 !== undefined && { token68 }),
  }))
}
