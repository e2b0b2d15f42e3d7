import {
  AuthError,
  HandlekitError,
  type SendContext,
  type SendResponse,
  type TlsIdentity,
} from '@handlekit/core/credentials'
import { type HandleSession, sessionHeader, sessionIn, sessionsPath } from '@handlekit/core/session'
import { whyEnded, whyHung, whyNotKnown } from './explain.ts'

/** What a session is opened with. */
export interface Opening {
  readonly identity: string | undefined
  /** Milliseconds for one try. */
  readonly timeout: number
  /** What to present, where it is not what the client's connections present. */
  readonly tls: TlsIdentity | undefined
}

/** Asks the server to ask for the certificate (Technical Manual, section 14.6). */
const askForCertificate = 'Handle clientCert="true"'

/** A tenth to a fifth of the second handshakes on new connections never end. Six in a row, about one in 30,000. */
const mostTries = 6

/**
 * Opens a session that the certificate authenticates. Each try is on a connection of its own, and is safe to repeat:
 * it writes nothing.
 *
 * @throws AuthError `AUTH_REJECTED` with the likely reason; `AUTH_FAILED` when no try came to an end.
 * @throws TransportError when the server cannot be reached.
 */
export async function openWithCertificate(context: SendContext, opening: Opening): Promise<HandleSession> {
  const { identity, timeout, tls } = opening
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await context.send({
        method: 'POST',
        path: sessionsPath(context),
        headers: { authorization: askForCertificate },
        newConnection: true,
        timeout,
        tls,
      })
      return sessionOf(context, answer, identity)
    } catch (error) {
      if (!HandlekitError.isInstance(error) || AuthError.isInstance(error)) throw error
      if (error.code === 'TIMEOUT' && tries < mostTries) continue
      const why = error.code === 'TIMEOUT' ? whyHung(context, tries) : whyEnded(context, error, identity)
      if (why === undefined) throw error
      const code = error.code === 'TIMEOUT' ? 'AUTH_FAILED' : 'AUTH_REJECTED'
      throw new AuthError(code, why, { cause: error, scheme: 'cert', identity })
    }
  }
}

/** @throws AuthError `AUTH_REJECTED` */
function sessionOf(context: SendContext, answer: SendResponse, identity: string | undefined): HandleSession {
  if (answer.status === 404 || answer.status === 405) {
    return {
      sessionId: undefined,
      authorization: askForCertificate,
      hint:
        'This server has no sessions, so that each connection asks for the certificate by itself; that sometimes hangs, ' +
        'and a second try may do.',
    }
  }
  const { sessionId, authenticated, error } = sessionIn(answer) ?? {}
  if (authenticated === true && error === undefined && typeof sessionId === 'string') {
    return { sessionId, authorization: sessionHeader(sessionId) }
  }
  const { status } = answer
  throw new AuthError('AUTH_REJECTED', whyNotKnown(context, answer, identity), { scheme: 'cert', identity, status })
}
