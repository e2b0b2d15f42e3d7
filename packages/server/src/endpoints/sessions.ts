import type { HandleParameters } from '../auth/authorization-header.ts'
import { ensureSession, signIfAsked, type Caller } from '../http/caller.ts'
import { emptyReply, type Reply } from '../http/reply.ts'
import type { HandleService } from '../service.ts'

/** A request to `/api/sessions`, whose credentials have been looked at. */
export interface SessionCall {
  readonly service: HandleService
  readonly method: string
  /** What follows `/api/sessions/`. */
  readonly rest: string
  readonly caller: Caller
  readonly parameters: HandleParameters
}

const allowOfCollection = 'POST, TRACE, OPTIONS'

export function sessionsAllow(rest: string): string {
  return rest === '' ? allowOfCollection : 'GET, HEAD, POST, PUT, DELETE, TRACE, OPTIONS'
}

/** `/api/sessions`: opening, proving, showing and ending a session (Technical Manual 14). */
export function handleSessions(call: SessionCall): Reply {
  const { method, rest } = call
  if (rest === '') return method === 'POST' ? openSession(call) : emptyReply(405, { Allow: allowOfCollection })
  if (rest !== 'this') return emptyReply(403)
  if (call.caller.hasUnknownSession) return emptyReply(403)
  return method === 'DELETE' ? endSession(call) : showSession(call)
}

/** Opens a session, even when credentials that came along are not good. */
function openSession({ service, caller, parameters }: SessionCall): Reply {
  if (parameters.has('sessionid')) return emptyReply(400)
  const session = ensureSession(service, caller)
  if (caller.identity) session.identity = caller.identity
  signIfAsked(service, caller, parameters)
  return { status: 201, headers: { Location: '/api/sessions/this' }, json: sessionJson(caller) }
}

/** Credentials of the request have already been tried; a session that was proved before stays so if they are bad. */
function showSession({ service, caller, parameters }: SessionCall): Reply {
  signIfAsked(service, caller, parameters)
  const isProved = caller.identity !== undefined || caller.session?.identity !== undefined
  return { status: caller.isRefused && !isProved ? 401 : 200, json: sessionJson(caller) }
}

function endSession({ service, caller }: SessionCall): Reply {
  if (!caller.session) return emptyReply(403)
  service.sessions.end(caller.session)
  return emptyReply(204)
}

function sessionJson({ session, signature, identity, error }: Caller): object {
  const proved = identity ?? session?.identity
  const json = {
    ...(session ? { sessionId: session.id, nonce: session.nonce.toString('base64') } : {}),
    ...signature,
    ...(proved ? { authenticated: true, id: proved.text } : {}),
    ...(error === undefined ? {} : { error }),
  }
  return Object.keys(json).length === 0 ? { authenticated: false } : json
}
