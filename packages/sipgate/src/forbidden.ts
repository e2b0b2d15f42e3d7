import type { ForbiddenMeaning } from './errors.ts'

/** What is known about a request that was answered with 403. */
export interface Denied {
  readonly endpoint: string
  /** What the endpoint needs; undefined where that is not known. */
  readonly scopes: readonly string[] | undefined
  /** What the token has, where the client was told. */
  readonly granted: readonly string[] | undefined
  /** Whether the request names an extension, a user or a number of the account. */
  readonly namesExtension: boolean
  readonly body: unknown
}

/** sipgate's own words, where it says which of the four it is. Seldom: most answers are empty. */
const sayings: readonly (readonly [ForbiddenMeaning, RegExp])[] = [
  ['NEO_ACCOUNT', /classic pbx/i],
  ['NOT_BOOKED', /not (been )?booked|nicht gebucht/i],
  ['SCOPE_MISSING', /\bscopes?\b/i],
  ['EXTENSION_DENIED', /\bextension\b|given parameters/i],
]

/** Endpoints of features that have to be booked. */
const booked = [/\/sipgateio\b/, / \/log\/webhooks$/, / \/sessions\/(sms|fax)\b/, / \/autorecordings\//]

/** The meanings that a 403 may have: one where the answer or the endpoint leaves no other. */
export function meaningsOf(denied: Denied): ForbiddenMeaning[] {
  const text = textOf(denied.body)
  const said = sayings.find(([, pattern]) => pattern.test(text))
  if (said) return [said[0]]
  const { endpoint, scopes, namesExtension } = denied
  const hasScope = whetherGranted(denied)
  if (hasScope === false) return ['SCOPE_MISSING']
  const possible: ForbiddenMeaning[] = []
  if (hasScope === undefined) possible.push('SCOPE_MISSING')
  // Of an endpoint that is not known, anything may be true.
  if (namesExtension || !scopes) possible.push('EXTENSION_DENIED')
  if (!scopes || booked.some((pattern) => pattern.test(endpoint))) possible.push('NOT_BOOKED')
  return possible
}

/** Whether the token has a scope that the endpoint takes; undefined where that cannot be told. */
function whetherGranted({ scopes, granted }: Denied): boolean | undefined {
  if (scopes?.length === 0) return true
  if (!granted) return undefined
  if (granted.includes('all') && !scopes?.includes('internal')) return true
  return scopes?.some((scope) => granted.includes(scope))
}

/** The texts in a body: the whole of it, or what the members say that API errors have. */
function textOf(body: unknown, depth = 4): string {
  if (typeof body === 'string') return body
  if (typeof body !== 'object' || body === null || depth === 0) return ''
  return Object.values(body)
    .map((member) => textOf(member, depth - 1))
    .join('\n')
}
