import { AuthError } from '@handlekit/core/credentials'
import { renewalTime } from '../expiry.ts'
import { bearerHeader } from '../token-text.ts'

/** The tokens of one session. Its text is what a store keeps. It never leaves this package in any other way. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** Milliseconds since 1970; undefined where the server did not tell. */
  readonly expiresAt: number | undefined
  readonly obtainedAt: number
  readonly scope: string | undefined
  /** Fingerprint of what the program was started with when the session began, its `refreshToken` for one. */
  readonly seed: string | undefined
}

/** Tokens in the shape that requests need. */
export interface Ready extends Tokens {
  /** Value of the `Authorization` header. */
  readonly header: string
  readonly renewAt: number
}

export function toReady(tokens: Tokens): Ready {
  const header = bearerHeader('oauth: the access token that the server gave', tokens.accessToken)
  return { ...tokens, header, renewAt: renewalTime(tokens.obtainedAt, tokens.expiresAt) }
}

const version = 1

export function toText(tokens: Tokens): string {
  const { accessToken, refreshToken, expiresAt, obtainedAt, scope, seed } = tokens
  return JSON.stringify({ version, accessToken, refreshToken, expiresAt, obtainedAt, scope, seed })
}

/**
 * @throws AuthError `STORE_FAILED` for a text that {@link toText} did not make. It is not shown: it may be a token all
 *   the same.
 */
export function fromText(text: string): Tokens {
  const kept = parse(text)
  const accessToken = textOf(kept, 'accessToken')
  const obtainedAt = numberOf(kept, 'obtainedAt')
  if (numberOf(kept, 'version') !== version || accessToken === undefined || obtainedAt === undefined) throw unreadable()
  return {
    accessToken,
    refreshToken: textOf(kept, 'refreshToken'),
    expiresAt: numberOf(kept, 'expiresAt'),
    obtainedAt,
    scope: textOf(kept, 'scope'),
    seed: textOf(kept, 'seed'),
  }
}

function parse(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The error of JSON.parse quotes the text.
  }
  if (typeof value !== 'object' || value === null) throw unreadable()
  return value
}

function unreadable(): AuthError {
  return new AuthError(
    'STORE_FAILED',
    'oauth: what the token store holds is not what this version keeps there. Log in again (login() replaces it), or ' +
      'give these credentials a store of their own.',
    { scheme: 'oauth' },
  )
}

function textOf(from: object, name: string): string | undefined {
  const value: unknown = Reflect.get(from, name)
  return typeof value === 'string' ? value : undefined
}

function numberOf(from: object, name: string): number | undefined {
  const value: unknown = Reflect.get(from, name)
  return typeof value === 'number' ? value : undefined
}
