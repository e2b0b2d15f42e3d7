import {
  authorizationCodeGrantRequest,
  type AuthorizationServer,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from 'oauth4webapi'
import { InvalidArgumentError } from '@handlekit/core/strategy'
import { noIssuer } from './authorization-server.ts'
import { checkEndpoint } from './endpoint.ts'
import { authFailure } from './failure.ts'
import { ask, type Engine, essence, scopeOf } from './grants.ts'
import { listenForRedirect, type Redirect } from './loopback.ts'
import type { Tokens } from './tokens.ts'

/** How a person logs in at this machine. */
export interface LoginOptions {
  /**
   * Shows the page to the person. Default: opens the system's browser, and where there is none writes the address to
   * standard error. The address holds no secret of the client.
   */
  readonly openUrl?: ((url: string) => void | Promise<void>) | undefined
  /** Milliseconds until the person has to be through. Default: 300 000. */
  readonly timeout?: number | undefined
  /** Ends the wait; login() then fails with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Added to the address of the page, for instance `{ prompt: 'consent' }`. Seen by everybody who sees the address. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** What belongs to one login and to no other. */
interface Attempt {
  readonly state: string
  readonly verifier: string
  readonly nonce: string | undefined
}

const own = new Set([
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
])

/** @throws InvalidArgumentError `INVALID_OPTION` */
export function checkLogin(timeout: number, parameters: Readonly<Record<string, string>>): void {
  if (!(timeout > 0 && timeout < 2 ** 31)) {
    throw new InvalidArgumentError('INVALID_OPTION', 'login: timeout is in milliseconds.')
  }
  const wrong = Object.keys(parameters).find((name) => own.has(name))
  if (wrong === undefined) return
  throw new InvalidArgumentError(
    'INVALID_OPTION',
    `login: parameters may not hold '${wrong}': login sets it, or must not.`,
  )
}

/** What login() makes of its options. */
interface LoginPlan {
  readonly redirectUris: readonly string[]
  readonly openUrl: (url: string) => void | Promise<void>
  readonly timeout: number
  readonly signal: AbortSignal | undefined
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * Authorization code with PKCE S256, state, and the issuer's name where the server sends it (RFC 6749, 7636, 8252,
 * 9207). The server on this machine listens before the page is shown, and ends with the login.
 */
export async function loginInBrowser(engine: Engine, plan: LoginPlan): Promise<Tokens> {
  const { openUrl, timeout, signal } = plan
  const server = await engine.findServer()
  const page = authorizationEndpoint(server)
  const attempt: Attempt = {
    state: generateRandomState(),
    verifier: generateRandomCodeVerifier(),
    nonce: wantsIdToken(engine, server) ? generateRandomNonce() : undefined,
  }
  const listener = await listenForRedirect(plan.redirectUris)
  try {
    const { redirectUri } = listener
    const parameters = { ...plan.parameters, ...(await requestOf(engine, attempt, redirectUri)) }
    for (const [name, value] of Object.entries(parameters)) page.searchParams.set(name, value)
    const waiting = listener.wait({ state: attempt.state, timeout, signal })
    // Whatever shows the page may be busy with it until the very end, so the way back is not waited for after it.
    const redirect = await Promise.race([waiting, show(openUrl, page).then(() => waiting)])
    return await finish(redirect, exchange(engine, redirect.parameters, redirectUri, attempt))
  } finally {
    listener.close()
  }
}

/** What the page is asked for (RFC 6749, section 4.1.1; RFC 7636, section 4.3). */
async function requestOf(
  engine: Engine,
  { state, nonce, verifier }: Attempt,
  redirectUri: string,
): Promise<Record<string, string>> {
  return {
    response_type: 'code',
    client_id: engine.clientId,
    redirect_uri: redirectUri,
    ...scopeOf(engine),
    state,
    ...(nonce !== undefined && { nonce }),
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
}

async function show(openUrl: (url: string) => void | Promise<void>, page: URL): Promise<void> {
  await openUrl(page.href)
}

/** The person sees the end on the page: so it is only answered when the tokens are there, or will not be. */
async function finish(redirect: Redirect, exchanging: Promise<Tokens>): Promise<Tokens> {
  let said = 'You are not logged in. The program that asked you to has the reason.'
  try {
    const tokens = await exchanging
    said = 'You are logged in.'
    return tokens
  } finally {
    await redirect.answer(said)
  }
}

function exchange(engine: Engine, given: URLSearchParams, redirectUri: string, attempt: Attempt): Promise<Tokens> {
  const { state, verifier, nonce } = attempt
  const told = [verifier, state, given.get('code') ?? '']
  return ask(engine, 'the login failed', told, async ({ server, client, prove, http }) => {
    const options = { ...http, additionalParameters: engine.parameters }
    const parameters = new URLSearchParams(given)
    if (server.issuer === noIssuer) parameters.delete('iss')
    const valid = validateAuthResponse(server, client, parameters, state)
    const answer = await authorizationCodeGrantRequest(server, client, prove, valid, redirectUri, verifier, options)
    const checked = nonce === undefined ? await essence(answer) : answer
    return processAuthorizationCodeResponse(
      server,
      client,
      checked,
      nonce === undefined ? {} : { expectedNonce: nonce },
    )
  })
}

function authorizationEndpoint(server: AuthorizationServer): URL {
  if (server.authorization_endpoint === undefined) {
    throw authFailure('GRANT_NOT_OFFERED', 'the server has no page to log in at, as far as it says or was told here.')
  }
  return checkEndpoint('the address of the page to log in at', server.authorization_endpoint)
}

/** Without the issuer's name there is nothing to compare an ID token with. */
function wantsIdToken({ scopes }: Engine, server: AuthorizationServer): boolean {
  return scopes.includes('openid') && server.issuer !== noIssuer
}
