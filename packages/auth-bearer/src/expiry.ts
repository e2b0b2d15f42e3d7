/** Longest time before its end at which a token is replaced, in milliseconds. */
const longestMargin = 30_000

/**
 * When a token is to be renewed: 30 s before its end, or a tenth of its life where that is shorter, so that a request
 * that is under way when the token ends was sent with a good one, and a token of 300 s is still used for 270.
 *
 * All times are milliseconds since 1970.
 */
export function renewalTime(obtainedAt: number, expiresAt: number | undefined): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY
  const life = Math.max(0, expiresAt - obtainedAt)
  return expiresAt - Math.min(longestMargin, life / 10)
}
