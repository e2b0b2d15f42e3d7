import {
  allowInsecureRequests,
  type AuthorizationServer,
  type Client,
  clientCredentialsGrantRequest,
  clockTolerance,
  customFetch,
  processClientCredentialsResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  type TokenEndpointResponse,
} from 'oauth4webapi'
import type { FindServer } from './authorization-server.ts'
import { type ClientProof, type Proof, proofFor } from './client-authentication.ts'
import type { Endpoint } from './endpoint.ts'
import { authFailure, fromProtocol } from './failure.ts'
import type { Tokens } from './tokens.ts'

/** What every request to the authorization server is made of. */
export interface Engine {
  readonly clientId: string
  readonly proof: ClientProof
  readonly scopes: readonly string[]
  /** Sent along with every request to the token endpoint. */
  readonly parameters: Record<string, string>
  readonly findServer: FindServer
  readonly endpoint: Endpoint
  readonly now: () => number
  /** Waits for milliseconds. */
  readonly sleep: (time: number, signal: AbortSignal | undefined) => Promise<void>
}

/** What a request of oauth4webapi is given. */
export interface Call {
  readonly server: AuthorizationServer
  readonly client: Client
  readonly prove: Proof['prove']
  readonly http: { readonly [customFetch]: Endpoint; readonly [allowInsecureRequests]: true }
}

/**
 * Prepares a request to the authorization server, and says what went wrong in words that hold no secret.
 *
 * @param what Is said of a failure.
 * @param told What the server is told in confidence.
 */
export async function call<T>(
  engine: Engine,
  what: string,
  told: readonly string[],
  request: (call: Call) => Promise<T>,
): Promise<T> {
  const secrets = [...told]
  try {
    const server = await engine.findServer()
    const { prove, secrets: proofs } = await proofFor(server, engine.proof)
    secrets.push(...proofs)
    return await request({
      server,
      prove,
      client: { client_id: engine.clientId, [clockTolerance]: 30 },
      // The endpoint has its own, stricter idea of what is insecure.
      http: { [allowInsecureRequests]: true, [customFetch]: engine.endpoint },
    })
  } catch (error) {
    throw fromProtocol(what, error, secrets)
  }
}

/** The same for the token endpoint. The life of what it gives is counted from before it was asked. */
export async function ask(
  engine: Engine,
  what: string,
  told: readonly string[],
  request: (call: Call) => Promise<TokenEndpointResponse>,
): Promise<Tokens> {
  let obtainedAt = 0
  const answer = await call(engine, what, told, (prepared) => {
    obtainedAt = engine.now()
    return request(prepared)
  })
  if (answer.token_type !== 'bearer') {
    throw authFailure('AUTH_FAILED', `${what}: the token is not one of type 'bearer'.`)
  }
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAt: answer.expires_in === undefined ? undefined : obtainedAt + answer.expires_in * 1000,
    obtainedAt,
    scope: answer.scope,
    seed: undefined,
  }
}

/** RFC 6749, section 6. A response without a refresh token leaves the old one in force. */
export async function refresh(engine: Engine, refreshToken: string): Promise<Tokens> {
  const got = await ask(engine, 'the token could not be renewed', [refreshToken], async (prepared) => {
    const { server, client, prove, http } = prepared
    const options = { ...http, additionalParameters: engine.parameters }
    const answer = await refreshTokenGrantRequest(server, client, prove, refreshToken, options)
    return processRefreshTokenResponse(server, client, await essence(answer))
  })
  return { ...got, refreshToken: got.refreshToken ?? refreshToken }
}

/** RFC 6749, section 4.4. */
export function clientCredentials(engine: Engine): Promise<Tokens> {
  return ask(engine, 'no token was given to the client', [], async ({ server, client, prove, http }) => {
    const parameters = { ...engine.parameters, ...scopeOf(engine) }
    const answer = await clientCredentialsGrantRequest(server, client, prove, parameters, http)
    return processClientCredentialsResponse(server, client, await essence(answer))
  })
}

export function scopeOf({ scopes }: Engine): { scope?: string } {
  return scopes.length > 0 ? { scope: scopes.join(' ') } : {}
}

/**
 * Takes out of an answer what nobody here looks at and what could spoil it: an ID token that is not quite right (a clock
 * that is off), or an empty refresh token in place of none. By now the server has taken the old refresh token out of
 * service, so an answer that is refused is a session that is lost.
 */
export async function essence(answer: Response): Promise<Response> {
  if (answer.status !== 200) return answer
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined)
  if (typeof body !== 'object' || body === null) return answer
  const rest: Record<string, unknown> = { ...body }
  delete rest['id_token']
  if (rest['refresh_token'] === null || rest['refresh_token'] === '') delete rest['refresh_token']
  return new Response(JSON.stringify(rest), { status: 200, headers: answer.headers })
}
