import { AuthError, type ChallengeContext, type SendContext, type SendResponse } from '@handlekit/core/credentials'
import {
  handleHeader,
  type HandleSession,
  sessionHeader,
  sessionIn,
  type SessionObject,
  sessionsPath,
  verifyServerSignature,
} from '@handlekit/core/session'
import { randomBytes } from 'node:crypto'
import type { Prover } from './prover.ts'

/** Which request carries the answer. */
export type Handshake = 'in-band' | 'sessions'

/** What a server asks. */
interface Challenge {
  readonly sessionId: string
  /** In Base64. */
  readonly nonce: string
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' }

/** Asks for challenges and answers them. */
export class Challenger {
  readonly #identity: string
  readonly #prover: Prover
  readonly #handshake: Handshake

  constructor(identity: string, prover: Prover, handshake: Handshake) {
    this.#identity = identity
    this.#prover = prover
    this.#handshake = handshake
  }

  /** @throws AuthError `AUTH_FAILED` when the server has no sessions, `AUTH_REJECTED` when it refuses the answer. */
  async open(context: SendContext): Promise<HandleSession> {
    const cnonce = randomBytes(16)
    const answer = await context.send({
      method: 'POST',
      path: sessionsPath(context),
      headers: jsonHeaders,
      // Asked for a signature of its own only where there is a key to check it with: it costs the server one.
      body: JSON.stringify(context.siteKey === undefined ? {} : { cnonce: cnonce.toString('base64') }),
    })
    const challenge = challengeIn(sessionIn(answer) ?? {})
    if (!challenge) throw this.#failed('AUTH_FAILED', noSessions(context, answer), answer)
    verifyServerSignature(context, answer, cnonce)
    const proof = await this.#prove(challenge)
    if (this.#handshake === 'in-band') return this.#inBand(challenge, proof)
    await this.#authenticate(context, { ...proof, ...challenge })
    return { sessionId: challenge.sessionId, authorization: sessionHeader(challenge.sessionId) }
  }

  /** Uses the challenge that comes with a 401: the session that it replaces is not known any more. */
  async answer(context: ChallengeContext): Promise<HandleSession | false | undefined> {
    const parameters = context.challenges.find(({ scheme }) => scheme.toLowerCase() === 'handle')?.parameters ?? {}
    if (parameters['error'] !== undefined) return false
    const challenge = challengeIn(parameters)
    // A challenge that was not asked for says nothing about who gave it.
    if (!challenge || this.#handshake !== 'in-band' || context.siteKey !== undefined) return undefined
    return this.#inBand(challenge, await this.#prove(challenge))
  }

  /** The same header for every request: the server checks it once, and knows it again. */
  #inBand(challenge: Challenge, proof: Readonly<Record<string, string>>): HandleSession {
    const { sessionId } = challenge
    const id = encodeURIComponent(this.#identity)
    return { sessionId, authorization: handleHeader({ version: '0', sessionId, ...proof, id }) }
  }

  async #prove({ nonce }: Challenge): Promise<Readonly<Record<string, string>>> {
    const cnonce = randomBytes(16)
    const data = Buffer.concat([Buffer.from(nonce, 'base64'), cnonce])
    const { alg, signature, parameters } = await this.#prover.prove(data)
    return {
      id: this.#identity,
      type: this.#prover.type,
      cnonce: cnonce.toString('base64'),
      alg,
      signature: Buffer.from(signature).toString('base64'),
      ...parameters,
    }
  }

  /** A server that refuses an answer in a session that knows somebody already says 200, with an error. */
  async #authenticate(context: SendContext, body: Readonly<Record<string, string>>): Promise<void> {
    const answer = await context.send({
      method: 'PUT',
      path: sessionsPath(context, 'this'),
      headers: jsonHeaders,
      body: JSON.stringify({ version: '0', ...body }),
    })
    const { authenticated, id, error } = sessionIn(answer) ?? {}
    if (authenticated === true && error === undefined && id === this.#identity) return
    const said = typeof error === 'string' ? error : `it knows us as ${typeof id === 'string' ? id : 'nobody'}`
    const text =
      `${context.origin} did not accept the answer of ${this.#identity}: ${said}. Check that the ${this.#prover.type} ` +
      'at that index is the one of this key or secret.'
    throw this.#failed('AUTH_REJECTED', text, answer)
  }

  #failed(code: 'AUTH_FAILED' | 'AUTH_REJECTED', text: string, { status }: SendResponse): AuthError {
    return new AuthError(code, text, { scheme: 'session', identity: this.#identity, status })
  }
}

function challengeIn({ sessionId, nonce }: SessionObject): Challenge | undefined {
  return typeof sessionId === 'string' && typeof nonce === 'string' ? { sessionId, nonce } : undefined
}

function noSessions({ origin }: SendContext, { status }: SendResponse): string {
  const https = origin.startsWith('http:') ? ' Sessions work over https only.' : ''
  return `${origin} offers no session (${status}).${https} Is it a Handle server, of version 8 or newer?`
}
