/**
 * Sessions at a Handle server (Technical Manual, section 14.6), for the strategies that use one: opened once, carried by
 * every request, opened anew when the server has lost it, and ended when the client closes.
 */

import { verify } from 'node:crypto'
import {
  AuthError,
  type AuthorizeContext,
  type ChallengeContext,
  type Credentials,
  type SendContext,
  type SendResponse,
} from './credentials.ts'

/** A session that was opened, or that the next request opens. */
export interface HandleSession {
  /** Undefined where the server has no sessions, and every request proves who it is from. */
  readonly sessionId: string | undefined
  /** Value of the `Authorization` header of every request in it. */
  readonly authorization: string
  /** What helps to understand it when such a request gets no answer. */
  readonly hint?: string | undefined
}

/** What differs between strategies. */
export interface SessionStrategy {
  /** Opens a session. Called by one request while the others wait. */
  open(context: SendContext): Promise<HandleSession>
  /**
   * After a 401 to a request in a session: makes another of its challenges, without a further question. Undefined: they
   * are of no use, and a session is opened; false: the server refuses who we are, and another session would not help.
   */
  answer?(context: ChallengeContext): Promise<HandleSession | false | undefined>
}

/** The value of the header that carries a session. */
export function sessionHeader(sessionId: string): string {
  return handleHeader({ version: '0', sessionId })
}

/** An `Authorization: Handle` header; the values are quoted (Technical Manual, section 14.6). */
export function handleHeader(parameters: Readonly<Record<string, string>>): string {
  const parts = Object.entries(parameters).map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, '\\$&')}"`)
  return `Handle ${parts.join(', ')}`
}

/** Path of the sessions of a server; `this` is the one that the request belongs to. */
export function sessionsPath({ basePath }: SendContext, which = ''): string {
  return `${basePath}/api/sessions${which && `/${which}`}`
}

/** The session object of an answer (section 14.6.2); undefined where it is none. */
export function sessionIn(answer: SendResponse): SessionObject | undefined {
  try {
    const json: unknown = answer.json()
    return typeof json === 'object' && json !== null ? json : undefined
  } catch {
    return undefined
  }
}

/** What a server tells of a session. */
export interface SessionObject {
  readonly sessionId?: unknown
  readonly nonce?: unknown
  readonly serverAlg?: unknown
  readonly serverSignature?: unknown
  readonly authenticated?: unknown
  readonly id?: unknown
  readonly error?: unknown
}

/** The hooks of a strategy whose requests carry a session. One session for each client. */
export function sessionHooks(
  strategy: SessionStrategy,
): Required<Pick<Credentials, 'authorize' | 'onChallenge' | 'close'>> {
  // A client is known by its own way to send.
  const sessions = new WeakMap<SendContext['send'], HandleSession>()
  const opening = new WeakMap<SendContext['send'], Promise<HandleSession>>()

  /** Not bound to the request that began it: others wait for it, too. */
  async function open(context: SendContext): Promise<HandleSession> {
    const { send } = context
    const running = opening.get(send) ?? strategy.open(context)
    opening.set(send, running)
    try {
      const session = await running
      sessions.set(send, session)
      return session
    } finally {
      opening.delete(send)
    }
  }

  return {
    authorize(context: AuthorizeContext) {
      const session = sessions.get(context.send)
      return session ? carry(session, context) : open(context).then((opened) => carry(opened, context))
    },
    async onChallenge(context) {
      sessions.delete(context.send)
      const answered = await strategy.answer?.(context)
      if (answered === false) return false
      if (answered) sessions.set(context.send, answered)
      else await open(context)
      return true
    },
    async close(context) {
      const session = sessions.get(context.send)
      sessions.delete(context.send)
      if (session?.sessionId === undefined) return
      const headers = { authorization: sessionHeader(session.sessionId) }
      await context.send({ method: 'DELETE', path: sessionsPath(context, 'this'), headers })
    },
  }
}

function carry({ authorization, hint }: HandleSession, context: AuthorizeContext): void {
  context.headers.set('authorization', authorization)
  if (hint !== undefined) context.hint(hint)
}

/**
 * Checks that it is the site's own key that answers: over the nonce of the server and the one that was sent
 * (Technical Manual, section 14.6). Without a site key there is nothing to check.
 *
 * @throws AuthError `SERVER_REFUSED`
 */
export function verifyServerSignature(context: SendContext, answer: SendResponse, cnonce: Uint8Array): void {
  if (context.siteKey === undefined) return
  const { nonce, serverAlg, serverSignature } = sessionIn(answer) ?? {}
  const digest =
    typeof serverAlg === 'string' ? serverDigests.get(serverAlg.replaceAll('-', '').toUpperCase()) : undefined
  if (digest !== undefined && typeof nonce === 'string' && typeof serverSignature === 'string') {
    const data = Buffer.concat([Buffer.from(nonce, 'base64'), cnonce])
    if (verify(digest, data, context.siteKey, Buffer.from(serverSignature, 'base64'))) return
  }
  throw new AuthError(
    'SERVER_REFUSED',
    `${context.origin} could not prove that it has the key of its site: its signature is ` +
      `${serverSignature === undefined ? 'missing' : 'not of that key'}. Nothing was sent to it.`,
    { status: answer.status },
  )
}

const serverDigests: ReadonlyMap<string, string> = new Map([
  ['SHA256', 'sha256'],
  ['SHA1', 'sha1'],
])
