import type { SendContext } from '@handlekit/core/credentials'

/** What identifies a client: the function that each of its contexts carries. */
type Client = SendContext['send']

/** As long as a request that was sent with an earlier token may still be under way, in milliseconds. */
const underWay = 60_000
/** A token that is refused this soon was mostly not the one that was refused, in milliseconds. */
const justNow = 10_000

interface Use {
  token: string
  /** When the token was first used, and when the one before it was last used, by this client. */
  since: number
  earlier: number
}

/** Remembers with which token each client last sent a request: a challenge does not tell which one was refused. */
export interface Usage {
  note(client: Client, token: string, now: number): void
  /** The token that a challenge to this client is about; undefined where none was used. */
  last(client: Client): string | undefined
  /**
   * A challenge was answered: what this client sent before, it sends again by itself. From here on a refusal is one of
   * this token.
   */
  settle(client: Client, token: string, now: number): void
  /**
   * True: the client has just changed from another token to this one, so that the 401 that arrives now may well be for
   * the other.
   */
  mayBeLate(client: Client, now: number, life: number): boolean
}

export function trackUsage(): Usage {
  const uses = new WeakMap<Client, Use>()
  return {
    note(client, token, now) {
      const use = uses.get(client)
      if (!use) uses.set(client, { token, since: now, earlier: Number.NEGATIVE_INFINITY })
      else if (use.token !== token) uses.set(client, { token, since: now, earlier: now })
    },
    settle(client, token, now) {
      uses.set(client, { token, since: now, earlier: Number.NEGATIVE_INFINITY })
    },
    last: (client) => uses.get(client)?.token,
    mayBeLate(client, now, life) {
      const use = uses.get(client)
      if (!use || now - use.earlier > underWay) return false
      return now - use.since < Math.min(justNow, life / 10)
    },
  }
}
