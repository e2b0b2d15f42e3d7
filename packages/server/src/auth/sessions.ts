import { randomBytes, sign, type KeyObject } from 'node:crypto'
import type { Identity } from './identity.ts'

/** A session over HTTP: a challenge that stays the same for its life, and who answered it, if anyone has. */
export interface Session {
  readonly id: string
  readonly nonce: Buffer
  identity: Identity | undefined
  /** The last `Authorization` header that was accepted here; the same bytes again need no new proof. */
  acceptedHeader: string | undefined
  lastUsed: number
}

/** More open sessions than this end the ones unused for longest, so that a server left running does not fill up. */
const mostSessions = 100_000

/** The open sessions, in memory only, as on the real server. */
export class Sessions {
  /** How many were ever opened. */
  opened = 0
  private readonly open = new Map<string, Session>()
  private readonly now: () => number
  private readonly timeout: number | undefined

  /** The timeout is in seconds without use; undefined is never. */
  constructor(now: () => number, timeout: number | undefined) {
    this.now = now
    this.timeout = timeout
  }

  create(): Session {
    const session: Session = {
      id: newSessionId(),
      nonce: randomBytes(16),
      identity: undefined,
      acceptedHeader: undefined,
      lastUsed: this.now(),
    }
    this.opened += 1
    this.open.set(session.id, session)
    const [oldest] = this.open.keys()
    if (this.open.size > mostSessions && oldest !== undefined) this.open.delete(oldest)
    return session
  }

  /** Finding a session counts as using it. */
  find(id: string): Session | undefined {
    const session = this.open.get(id)
    if (!session) return undefined
    this.open.delete(id)
    const now = this.now()
    if (this.timeout !== undefined && now - session.lastUsed >= this.timeout * 1000) return undefined
    session.lastUsed = now
    this.open.set(id, session) // at the end: the first are those unused for longest
    return session
  }

  end(session: Session): void {
    this.open.delete(session.id)
  }
}

/** Lower-case letters and digits, about 128 random bits, as Jetty makes them. */
function newSessionId(): string {
  return BigInt(`0x${randomBytes(16).toString('hex')}`).toString(36)
}

/** How a server proves itself to a client: its signature over the nonce and the client's own (Technical Manual 14). */
export interface ServerSignature {
  readonly serverAlg: 'SHA-256'
  readonly serverSignature: string
}

export function signServerChallenge(key: KeyObject, session: Session, cnonce: Buffer): ServerSignature {
  const signature = sign('sha256', Buffer.concat([session.nonce, cnonce]), key)
  return { serverAlg: 'SHA-256', serverSignature: signature.toString('base64') }
}
