import type { IncomingMessage, ServerResponse } from 'node:http'
import { basicChallenge, formatChallenge, wantsBasicChallenge } from '../auth/challenge.ts'
import type { HandleService } from '../service.ts'
import { ConnectionRefusal, ensureSession, type Caller } from './caller.ts'
import { readRequest, type ApiRequest } from './request.ts'
import { route, type Outcome } from './route.ts'
import { plainStyle, send } from './send.ts'
import { failureReply } from './standard-replies.ts'

/** Handles one request from its first byte to the last of its answer. */
export async function exchange(
  service: HandleService,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming)
  let outcome: Outcome
  try {
    outcome = await route(service, request)
  } catch (error) {
    if (error instanceof ConnectionRefusal && error.status === undefined) {
      incoming.socket.destroy()
      return
    }
    outcome = { reply: failureReply(error) }
  }
  const { caller, style = plainStyle } = outcome
  const reply = request.tls || outcome.reply.status !== 401 ? outcome.reply : { ...outcome.reply, status: 403 }
  const isChallenged = reply.status === 401 || outcome.isProofAsked
  const challenges = isChallenged && caller ? challengesFor(service, request, caller) : []
  send(request, response, reply, challenges, style)
  service.settings.onRequest?.({
    method: request.method,
    path: request.rawPath,
    secure: request.tls !== undefined,
    identity: caller?.identity && `${caller.identity.index}:${caller.identity.handle}`,
    status: reply.status,
  })
}

/** The `WWW-Authenticate` headers. A caller without a session gets one to answer the challenge in. */
function challengesFor(service: HandleService, request: ApiRequest, caller: Caller): readonly string[] {
  if (!request.tls) return []
  const session = ensureSession(service, caller)
  const handle = formatChallenge({ session, signature: caller.signature, error: caller.error })
  const requestedWith = request.headers['x-requested-with']
  const isBasic = wantsBasicChallenge(request.headers.authorization, requestedWith?.toString())
  return isBasic ? [basicChallenge, handle] : [handle]
}
