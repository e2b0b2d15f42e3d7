import { createHash } from 'node:crypto'
import { authFailure, logInAgain } from './failure.ts'
import type { TokenStore } from './stores/token-store.ts'
import { fromText, type Ready, type Tokens, toReady, toText } from './tokens.ts'

/** How tokens are got when there are none that can be used. */
export interface Renewal {
  /**
   * Gets tokens.
   *
   * @param refreshToken The session's; undefined where there is none.
   * @throws AuthError `LOGIN_REQUIRED` when the server says that the session has ended.
   */
  renew(refreshToken: string | undefined): Promise<Tokens>
  /** Whether a session is needed to get tokens. A client that asks for itself needs none. */
  readonly needsSession: boolean
  /**
   * What the program was started with: the refresh token of a session; for a client that asks for itself, all that
   * makes its tokens what they are. Tokens that were begun with another are left alone.
   */
  readonly seed: () => string | undefined | Promise<string | undefined>
}

/** The tokens of one user or client, shared by all clients that these credentials are given to. */
export interface Session {
  /** Tokens that can be used now, where they are at hand. */
  readonly current: () => Ready | undefined
  /** Tokens that can be used, other than the refused one. However many wait for them, they are got once. */
  obtain(refused?: string): Promise<Ready>
  /** Puts the tokens of a login in place of all others. */
  begin(log: () => Promise<Tokens>): Promise<Ready>
  /** Waits for a renewal that is under way, so that what it brings is kept. */
  settled(): Promise<void>
}

/** While a token is still good, a renewal that failed is not tried again for this long, in milliseconds. */
const pauseAfterFailure = 3_000

export function openSession(store: TokenStore, renewal: Renewal, now: () => number): Session {
  let ready: Ready | undefined
  let renewing: Promise<Ready> | undefined
  /** Refresh tokens that the server has said to be worth nothing. Only a login brings another. */
  const ended = new Set<string>()
  let quietUntil = Number.NEGATIVE_INFINITY
  /** What was got and could not be kept: the store failed. Tried again before anything else. */
  let unkept: { readonly before: string | undefined; readonly text: string } | undefined

  const isFresh = (tokens: Ready): boolean => now() < tokens.renewAt
  const isGood = (tokens: Ready): boolean => tokens.expiresAt === undefined || now() < tokens.expiresAt

  /** Changes what is kept. What was got is stored before anybody gets to use it. */
  async function replace(make: (text: string | undefined) => Promise<Tokens>): Promise<Ready> {
    let result: Tokens | undefined
    let mine = unkept
    await store.update(async (text) => {
      if (mine && mine.before === text) {
        result = fromText(mine.text)
        return mine.text
      }
      result = await make(text)
      const next = toText(result)
      if (next === text) return undefined
      mine = { before: text, text: next }
      unkept = mine
      return next
    })
    if (unkept === mine) unkept = undefined
    if (!result) throw authFailure('STORE_FAILED', 'the token store did not call back.')
    return use(result)
  }

  function use(tokens: Tokens): Ready {
    ready = toReady(tokens)
    quietUntil = Number.NEGATIVE_INFINITY
    return ready
  }

  /** Under the lock: what another process has got in the meantime serves as well. */
  async function renew(refused: string | undefined, text: string | undefined): Promise<Tokens> {
    const seed = await renewal.seed()
    const kept = sessionIn(text, seed)
    if (kept && kept.accessToken !== refused && isFresh(toReady(kept))) return kept
    if (!renewal.needsSession) return { ...(await renewal.renew(undefined)), seed: markOf(seed) }
    const tried = [kept?.refreshToken, kept && kept.seed === markOf(seed) ? undefined : seed]
    const known = tried.filter((token) => token !== undefined)
    const refreshToken = known.find((token) => !ended.has(token))
    if (refreshToken === undefined) {
      throw authFailure(
        'LOGIN_REQUIRED',
        `${known.length > 0 ? 'the session has ended' : 'nobody is logged in'}. ${logInAgain}`,
      )
    }
    try {
      const got = await renewal.renew(refreshToken)
      return { ...got, seed: refreshToken === kept?.refreshToken ? kept.seed : markOf(seed) }
    } catch (error) {
      if (isFinal(error)) {
        ended.add(refreshToken)
        ready = undefined
      }
      throw error
    }
  }

  async function start(refused: string | undefined): Promise<Ready> {
    const before = ready
    if (refused === undefined && !before && !unkept) {
      const kept = await restore()
      if (kept) return kept
    }
    try {
      return await replace((text) => renew(refused, text))
    } catch (error) {
      // Renewed ahead of time, and in vain: the token at hand is good for a while.
      if (refused !== undefined || !before || isFinal(error) || !isGood(before) || unkept) throw error
      quietUntil = now() + pauseAfterFailure
      return before
    }
  }

  /** What is kept, if it can be used as it is: then there is nothing to lock. */
  async function restore(): Promise<Ready | undefined> {
    const kept = sessionIn(await store.read(), await renewal.seed())
    if (!kept || (kept.refreshToken !== undefined && ended.has(kept.refreshToken))) return undefined
    const tokens = toReady(kept)
    return isFresh(tokens) ? use(tokens) : undefined
  }

  return {
    current() {
      if (!ready || isFresh(ready)) return ready
      return now() < quietUntil && isGood(ready) ? ready : undefined
    },
    async obtain(refused) {
      for (;;) {
        const joined = renewing !== undefined
        renewing ??= start(refused).finally(() => {
          renewing = undefined
        })
        const tokens = await renewing
        if (!joined || tokens.accessToken !== refused) return tokens
      }
    },
    async begin(log) {
      const tokens = await log()
      const seed = markOf(await renewal.seed())
      unkept = undefined
      return replace(async () => ({ ...tokens, seed }))
    },
    async settled() {
      await renewing?.catch(() => undefined)
    },
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'LOGIN_REQUIRED'
}

/** What is kept, unless it was begun with another seed than the one given now. */
function sessionIn(text: string | undefined, seed: string | undefined): Tokens | undefined {
  if (text === undefined) return undefined
  const kept = fromText(text)
  return seed === undefined || kept.seed === undefined || kept.seed === markOf(seed) ? kept : undefined
}

/** Tells two seeds apart without keeping them. */
function markOf(seed: string | undefined): string | undefined {
  return seed === undefined ? undefined : createHash('sha256').update(seed).digest('base64url').slice(0, 22)
}
