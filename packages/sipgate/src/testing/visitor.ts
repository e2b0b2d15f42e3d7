import type { FakeLogin, FakeToken, FakeVerifier } from './options.ts'

/** Who asks, and what for. */
export interface Visitor {
  readonly scopes: readonly string[]
}

/** What the fake lets in. */
export interface Doors {
  readonly logins: readonly FakeLogin[]
  readonly tokens: readonly FakeToken[]
  readonly verify: FakeVerifier
}

/** Everything that a login with a password may do. */
const everything = ['all']

/** Who an Authorization header is from; undefined for nobody that the fake knows. */
export async function visitorOf(header: string | undefined, doors: Doors): Promise<Visitor | undefined> {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(header ?? '') ?? []
  if (/^bearer$/i.test(scheme)) {
    const granted = await doors.verify(value)
    return granted === false ? undefined : { scopes: granted === true ? everything : granted }
  }
  if (!/^basic$/i.test(scheme) || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  const [user, secret] = [pair.slice(0, colon), pair.slice(colon + 1)]
  if (doors.logins.some(({ email, password }) => email === user && password === secret)) return { scopes: everything }
  const known = doors.tokens.find(({ tokenId, token }) => tokenId === user && token === secret)
  return known && { scopes: known.scopes ?? everything }
}
