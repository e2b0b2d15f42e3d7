import type { Records } from '../store/records.ts'
import type { Authorization, HandleParameters } from './authorization-header.ts'
import { checkBasic } from './basic.ts'
import { checkAnswer, isAnswer } from './challenge-response.ts'
import { UnresolvableIdentity, type Identity } from './identity.ts'
import type { Session } from './sessions.ts'
import { accepted, noCredentials, refused, type Verdict } from './verdict.ts'

/** What a request shows to prove who makes it. */
export interface Proofs {
  readonly authorization: Authorization
  /** From the header, and at the sessions endpoint also from the body and the query. */
  readonly parameters: HandleParameters
  readonly session: Session | undefined
  /** Of the verified client certificate of the connection. */
  readonly certificate: Identity | undefined
}

/**
 * Finds out who makes a request. Credentials in the request are tried alone; else counts who the session belongs to,
 * else the client certificate. What is accepted is kept in the session, if there is one.
 */
export function authenticate(records: Records, proofs: Proofs): Verdict {
  const { session } = proofs
  const verdict = checkCredentials(records, proofs)
  if (verdict.outcome === 'accepted' && session) {
    session.identity = verdict.identity
    session.acceptedHeader = answerHeader(proofs.authorization)
  }
  if (verdict.outcome !== 'none') return verdict
  if (session?.identity) return accepted(session.identity)
  if (session && proofs.certificate) session.identity = proofs.certificate
  return proofs.certificate ? accepted(proofs.certificate) : noCredentials
}

function checkCredentials(records: Records, { authorization, parameters, session }: Proofs): Verdict {
  if (authorization.scheme === 'unknown') return refused()
  try {
    if (authorization.scheme === 'basic') return checkBasic(records, authorization.credentials)
    if (!isAnswer(parameters)) return noCredentials
    const header = answerHeader(authorization)
    const isRepeated = header !== undefined && header === session?.acceptedHeader
    if (isRepeated && session?.identity) return accepted(session.identity)
    return checkAnswer(records, session, parameters)
  } catch (error) {
    if (!(error instanceof UnresolvableIdentity)) throw error
    return refused('Exception (net.handle.hdllib.HandleException) verifying identity')
  }
}

/** The header, if it is one that answers a challenge by itself: the same bytes are accepted again in its session. */
function answerHeader(authorization: Authorization): string | undefined {
  return authorization.scheme === 'handle' && isAnswer(authorization.parameters) ? authorization.header : undefined
}
