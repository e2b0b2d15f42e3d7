import type { Credentials } from '@handlekit/core/credentials'
import { checkOptions, checkSecret, InvalidArgumentError } from '@handlekit/core/strategy'
import { renewalTime } from './expiry.ts'
import { bearerHeader, tokenIn } from './token-text.ts'

/** Says why a token is wanted. */
export interface TokenRequest {
  /** The token that the server has just refused with a 401; undefined when there is none, or when it has expired. */
  readonly rejected?: string | undefined
}

/** A token that tells when it ends. */
export interface BearerToken {
  readonly token: string
  /** A Date, or milliseconds since 1970. */
  readonly expiresAt?: Date | number | undefined
}

/** Gives a token. Called when one is needed, once at a time. */
export type TokenSource = (request: TokenRequest) => string | BearerToken | Promise<string | BearerToken>

/** What {@link bearerAuth} takes. */
export interface BearerAuthOptions {
  /**
   * The token, or a function that gives it: called at the first request, shortly before the token ends (if it tells
   * when: 30 s, or a tenth of its life), and once after a 401, with the refused token in `rejected`.
   */
  readonly token: string | TokenSource
  /** The time, in milliseconds since 1970. Default: `Date.now`. For tests. */
  readonly now?: (() => number) | undefined
}

/**
 * A bearer token in the `Authorization` header (RFC 6750, section 2.1).
 *
 * @example
 * new HttpClient({ baseUrl, credentials: bearerAuth({ token: 'k3y' }) })
 *
 * @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION` or `UNKNOWN_OPTION`; for a token that a function gives,
 *   at the request that needs it.
 */
export function bearerAuth(options: BearerAuthOptions): Credentials {
  checkOptions('bearerAuth', options, ['token', 'now'])
  const { token, now = Date.now } = options
  checkSecret('bearerAuth: token', token)
  if (typeof token === 'function') return fromSource(token, now)
  const header = bearerHeader('bearerAuth: token', token)
  return Object.freeze<Credentials>({
    scheme: 'bearer',
    authorize({ headers }) {
      headers.set('authorization', header)
    },
  })
}

interface Held {
  readonly token: string
  readonly header: string
  readonly renewAt: number
}

function fromSource(source: TokenSource, now: () => number): Credentials {
  let held: Held | undefined
  let asking: Promise<Held> | undefined

  async function ask(rejected: string | undefined): Promise<Held> {
    held = toHeld(await source({ rejected }), now())
    return held
  }

  /** A token other than the rejected one, if the source has one. However many wait for it, the source is asked once. */
  async function another(rejected: string | undefined): Promise<Held> {
    for (;;) {
      const joined = asking !== undefined
      asking ??= ask(rejected).finally(() => {
        asking = undefined
      })
      const got = await asking
      if (!joined || got.token !== rejected) return got
    }
  }

  return Object.freeze<Credentials>({
    scheme: 'bearer',
    authorize({ headers }) {
      const use = (one: Held): void => headers.set('authorization', one.header)
      return held && now() < held.renewAt ? use(held) : another(undefined).then(use)
    },
    async onChallenge({ sent }) {
      const rejected = tokenIn(sent.get('authorization'))
      // A late answer to an older token: there is a newer one already.
      if (held && held.token !== rejected) return true
      return (await another(rejected)).token !== rejected
    },
  })
}

function toHeld(given: unknown, now: number): Held {
  const where = 'bearerAuth: what token() gave'
  const whole = typeof given === 'object' && given !== null
  const token: unknown = whole ? Reflect.get(given, 'token') : given
  const expiresAt: unknown = whole ? Reflect.get(given, 'expiresAt') : undefined
  const header = bearerHeader(where, token)
  const end = toTime(where, expiresAt)
  return { token: header.slice('Bearer '.length), header, renewAt: renewalTime(now, end) }
}

function toTime(where: string, expiresAt: unknown): number | undefined {
  if (expiresAt === undefined || expiresAt === null) return undefined
  const time = expiresAt instanceof Date ? expiresAt.getTime() : expiresAt
  if (typeof time !== 'number' || Number.isNaN(time)) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where}: expiresAt is a Date, or milliseconds since 1970.`)
  }
  if (time < 100_000_000_000) {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `${where}: expiresAt lies in the distant past. It is in milliseconds since 1970; are these seconds?`,
    )
  }
  return time
}
