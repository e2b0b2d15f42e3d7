/**
 * Sessions at a Handle server (Technical Manual, section 14.6), for the strategies that use one: opened once, carried by
 * every request, opened anew when the server has lost it, and ended when the client closes.
 */

import type { AuthorizeContext, ChallengeContext, Credentials, SendContext, SendResponse } from './credentials.ts'

/** A session that was opened, or that the next request opens. */
export interface HandleSession {
  readonly sessionId: string
  /** Value of the `Authorization` header of every request in it. */
  readonly authorization: string
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

/** An `Authorization: Handle` header; the values are quoted (handle-http-api 3.4.1). */
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
  readonly authenticated?: unknown
  readonly id?: unknown
  readonly error?: unknown
}

/** The hooks of a strategy whose requests carry a session. One session for each server. */
export function sessionHooks(
  strategy: SessionStrategy,
): Required<Pick<Credentials, 'authorize' | 'onChallenge' | 'close'>> {
  const sessions = new Map<string, HandleSession>()
  const opening = new Map<string, Promise<HandleSession>>()

  /** Not bound to the request that began it: others wait for it, too. */
  async function open(context: SendContext): Promise<HandleSession> {
    const key = keyOf(context)
    const running = opening.get(key) ?? strategy.open(context)
    opening.set(key, running)
    try {
      const session = await running
      sessions.set(key, session)
      return session
    } finally {
      opening.delete(key)
    }
  }

  return {
    authorize(context: AuthorizeContext) {
      const session = sessions.get(keyOf(context))
      if (session) return context.headers.set('authorization', session.authorization)
      return open(context).then(({ authorization }) => context.headers.set('authorization', authorization))
    },
    async onChallenge(context) {
      sessions.delete(keyOf(context))
      const answered = await strategy.answer?.(context)
      if (answered === false) return false
      if (answered) sessions.set(keyOf(context), answered)
      else await open(context)
      return true
    },
    async close(context) {
      const session = sessions.get(keyOf(context))
      sessions.delete(keyOf(context))
      if (!session) return
      const headers = { authorization: sessionHeader(session.sessionId) }
      await context.send({ method: 'DELETE', path: sessionsPath(context, 'this'), headers })
    },
  }
}

function keyOf({ origin, basePath }: SendContext): string {
  return origin + basePath
}
