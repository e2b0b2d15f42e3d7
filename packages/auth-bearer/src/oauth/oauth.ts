import type { Credentials } from '@handlekit/core/credentials'
import { checkOptions, InvalidArgumentError, readSecret } from '@handlekit/core/strategy'
import { setTimeout as pause } from 'node:timers/promises'
import { discoveredServer, knownServer } from './authorization-server.ts'
import { tokenIn } from '../token-text.ts'
import { openInBrowser } from './browser.ts'
import { type DeviceLoginOptions, type DevicePrompt, loginOnDevice } from './device.ts'
import { makeEndpoint } from './endpoint.ts'
import { authFailure, logInAgain } from './failure.ts'
import { clientCredentials, type Engine, refresh } from './grants.ts'
import { checkLogin, loginInBrowser, type LoginOptions } from './login.ts'
import { checkOAuthOptions, type OAuthOptions } from './options.ts'
import { openSession, type Renewal, type Session } from './session.ts'
import { memoryTokenStore } from './stores/memory.ts'
import type { Ready } from './tokens.ts'

/** What a login brought. The tokens themselves are in the store. */
export interface LoginResult {
  /** What was granted: it may be less than what was asked for. */
  readonly scopes: readonly string[]
  /** When the access token ends, in milliseconds since 1970. It is renewed before. */
  readonly expiresAt: number | undefined
  /** False: the server gave no refresh token, so the session ends with the access token. */
  readonly renewable: boolean
}

/** {@link Credentials} whose tokens come from an OAuth 2 server. */
export interface OAuthCredentials extends Credentials {
  /**
   * Lets a person log in with a browser on this machine, and begins a new session with what that brings.
   *
   * @throws AuthError `LOGIN_REFUSED`, `LOGIN_TIMEOUT`, `PORT_IN_USE`, `GRANT_NOT_OFFERED`,
   *   `TOKEN_SERVER_UNAVAILABLE`, `AUTH_FAILED`; InvalidArgumentError `INVALID_OPTION`
   */
  login(options?: LoginOptions): Promise<LoginResult>
  /**
   * The same with a browser on any other device, for where there is none here (RFC 8628).
   *
   * @throws AuthError as login(); `GRANT_NOT_OFFERED` where the server's discovery does not offer it.
   */
  loginOnAnotherDevice(options?: DeviceLoginOptions): Promise<LoginResult>
}

/**
 * OAuth 2: gets tokens, renews them shortly before they end (30 s, or a tenth of their life), and keeps them in a store
 * that may be shared with other processes.
 *
 * One object may serve several clients: they share the session, and its one renewal at a time. The requests to the
 * authorization server go another way than the client's own: the client's credentials and connections stay out of it.
 *
 * Errors at a request, all of them AuthError: `LOGIN_REQUIRED` when there is no session, or when the server has ended
 * it (then nothing is asked until a new login, in this process or in another that shares the store);
 * `TOKEN_SERVER_UNAVAILABLE` when no answer came, or 429 or 5xx: try later; `STORE_FAILED`, `STORE_LOCKED`;
 * `AUTH_FAILED` for everything else, with what the server said.
 *
 * @example
 * const credentials = oauth({ issuer, clientId, clientSecret, redirectUris, store: fileTokenStore({ path }) })
 * await credentials.login()
 * const api = new HttpClient({ baseUrl, credentials })
 *
 * @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION`, `INVALID_URL`, `INSECURE_URL` or `UNKNOWN_OPTION`
 */
export function oauth(options: OAuthOptions): OAuthCredentials {
  checkOAuthOptions(options)
  const { clientId, grant = 'session', redirectUris = [], store = memoryTokenStore() } = options
  const engine = engineOf(options)
  const { now } = engine
  const session: Session = openSession(store, renewalOf(options, engine), now)

  const asResult = ({ scope, expiresAt, refreshToken }: Ready): LoginResult => ({
    // A server that says nothing has granted what was asked for (RFC 6749, section 5.1).
    scopes: scope?.split(' ') ?? engine.scopes,
    expiresAt,
    renewable: refreshToken !== undefined,
  })
  const checkGrant = (): void => {
    if (grant === 'session') return
    throw new InvalidArgumentError('INVALID_OPTION', "oauth: with grant: 'client_credentials' nobody logs in.")
  }

  return Object.freeze<OAuthCredentials>({
    scheme: 'oauth',
    identity: clientId,
    authorize({ headers }) {
      const use = (tokens: Ready): void => headers.set('authorization', tokens.header)
      const current = session.current()
      return current ? use(current) : session.obtain().then(use)
    },
    async onChallenge({ sent }) {
      const refused = tokenIn(sent.get('authorization'))
      const current = session.current()
      // A late answer to an older token: there is a newer one already.
      if (current && current.accessToken !== refused) return true
      return (await session.obtain(refused)).accessToken !== refused
    },
    close: () => session.settled(),
    async login(how = {}) {
      checkOptions('login', how, ['openUrl', 'timeout', 'signal', 'parameters'])
      checkGrant()
      const { openUrl = openInBrowser, timeout = 300_000, signal, parameters = {} } = how
      checkLogin(timeout, parameters)
      if (redirectUris.length === 0) {
        throw new InvalidArgumentError('INVALID_OPTION', 'oauth: login() needs redirectUris, registered at the server.')
      }
      const plan = { redirectUris, openUrl, timeout, signal, parameters }
      return asResult(await session.begin(() => loginInBrowser(engine, plan)))
    },
    async loginOnAnotherDevice(how = {}) {
      checkOptions('loginOnAnotherDevice', how, ['show', 'signal'])
      checkGrant()
      const { show = showOnTerminal, signal } = how
      return asResult(await session.begin(() => loginOnDevice(engine, show, signal)))
    },
  })
}

function engineOf(options: OAuthOptions): Engine {
  const { clientId, issuer, endpoints, fetch = globalThis.fetch, timeout = 30_000, now = Date.now } = options
  const { clientSecret, clientAuthentication, privateKey, scopes = [], parameters = {} } = options
  const endpoint = makeEndpoint(fetch, timeout)
  return {
    clientId,
    proof: { clientSecret, clientAuthentication, privateKey },
    scopes: [...scopes],
    parameters: { ...parameters },
    findServer: endpoints ? knownServer(issuer, endpoints) : discoveredServer(issuer ?? '', endpoint),
    endpoint,
    now,
    sleep: options.sleep ?? sleepFor,
  }
}

async function sleepFor(time: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(time, undefined, signal && { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

function renewalOf(options: OAuthOptions, engine: Engine): Renewal {
  const { grant, refreshToken, issuer, endpoints } = options
  if (grant === 'client_credentials') {
    const { clientId, scopes, parameters } = engine
    const seed = (): string => JSON.stringify([clientId, issuer, endpoints?.token, scopes, parameters])
    return { needsSession: false, seed, renew: () => clientCredentials(engine) }
  }
  return {
    needsSession: true,
    seed: () => (refreshToken === undefined ? undefined : readSecret('oauth: refreshToken', refreshToken)),
    async renew(token) {
      if (token === undefined) throw authFailure('LOGIN_REQUIRED', `nobody is logged in. ${logInAgain}`)
      return refresh(engine, token)
    },
  }
}

function showOnTerminal({ url, userCode, urlWithCode }: DevicePrompt): void {
  const short = urlWithCode === undefined ? '' : `, or open ${urlWithCode}`
  process.stderr.write(`To log in, open ${url} on any device and enter the code ${userCode}${short}\n`)
}
