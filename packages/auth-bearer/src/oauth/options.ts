import { checkOptions, checkSecret, InvalidArgumentError, isLoopback, type Secret } from '@handlekit/core/strategy'
import type { OAuthEndpoints } from './authorization-server.ts'
import type { ClientProof, OAuthPrivateKey } from './client-authentication.ts'
import { type Fetch, isSafe } from './endpoint.ts'
import type { TokenStore } from './stores/token-store.ts'

/** What {@link oauth} takes. Either `issuer` or `endpoints` says where the authorization server is. */
export interface OAuthOptions extends ClientProof {
  readonly clientId: string
  /**
   * Proves who the client is, together with `clientId`; a function gives it late, at each request. Without this and
   * without `privateKey` the client is public.
   */
  readonly clientSecret?: Secret | undefined
  /** How the secret is sent: in a Basic header or in the body. Default: what the server says; 'basic' else. */
  readonly clientAuthentication?: 'basic' | 'post' | undefined
  /** In place of a secret: the client signs who it is (RFC 7523). */
  readonly privateKey?: OAuthPrivateKey | undefined
  /** The server's name, from which its endpoints are discovered (OpenID Connect Discovery, RFC 8414). */
  readonly issuer?: string | undefined
  /** Where the server is, in place of discovery. `issuer` may be given as well: what the server says is compared with it. */
  readonly endpoints?: OAuthEndpoints | undefined
  /**
   * 'session' (the default): a person has logged in, with login(), or wherever `refreshToken` is from.
   * 'client_credentials': the client asks for itself (RFC 6749, section 4.4).
   */
  readonly grant?: 'session' | 'client_credentials' | undefined
  /** Begins the session, where the store has none that was begun with it. With rotation it works once: see `store`. */
  readonly refreshToken?: Secret | undefined
  readonly scopes?: readonly string[] | undefined
  /** Sent with every request to the token endpoint, for instance `{ audience: '…' }` or `{ resource: '…' }`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /**
   * Where login() comes back to: addresses on this machine, registered at the server letter by letter. The first whose
   * port is free is used. A port 0 stands for any, for servers that allow it (RFC 8252, section 7.3).
   */
  readonly redirectUris?: readonly string[] | undefined
  /** Keeps the tokens. Default: memory, and then a new start needs a new login. */
  readonly store?: TokenStore | undefined
  /** Milliseconds for one request to the authorization server. Default: 30 000. */
  readonly timeout?: number | undefined
  /** The way to the authorization server. Default: the global `fetch`. For proxies and CAs of one's own. */
  readonly fetch?: Fetch | undefined
  /** The time, in milliseconds since 1970. Default: `Date.now`. For tests. */
  readonly now?: (() => number) | undefined
  /** Waits, between two questions of a login on another device. For tests. */
  readonly sleep?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<void>) | undefined
}

const names = [
  'clientId',
  'clientSecret',
  'clientAuthentication',
  'privateKey',
  'issuer',
  'endpoints',
  'grant',
  'refreshToken',
  'scopes',
  'parameters',
  'redirectUris',
  'store',
  'timeout',
  'fetch',
  'now',
  'sleep',
] as const

/** @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION`, `INVALID_URL`, `INSECURE_URL`, `UNKNOWN_OPTION` */
export function checkOAuthOptions(options: OAuthOptions): void {
  checkOptions('oauth', options, names)
  const { clientId, issuer, endpoints, grant, scopes, parameters, timeout } = options
  if (typeof clientId !== 'string' || clientId === '') throw invalid('clientId names the client at the server.')
  if (issuer === undefined && !endpoints) throw invalid('either issuer or endpoints says where the server is.')
  if (issuer !== undefined) checkAddress('issuer', issuer)
  if (endpoints) checkEndpoints(endpoints)
  checkProof(options)
  checkChoice('grant', grant, ['session', 'client_credentials'])
  if (options.refreshToken !== undefined) checkSecret('oauth: refreshToken', options.refreshToken)
  if (grant === 'client_credentials' && options.refreshToken !== undefined) {
    throw invalid("a client that asks for itself (grant: 'client_credentials') has no refreshToken.")
  }
  if (scopes?.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    throw invalid("scopes is a list, one scope each: ['account:read', 'sms:write'] (RFC 6749, section 3.3).")
  }
  const reserved = Object.keys(parameters ?? {}).find((name) =>
    /^(grant_type|client_|code|refresh_token|scope)/.test(name),
  )
  if (reserved !== undefined) throw invalid(`parameters may not hold '${reserved}': oauth sets it.`)
  for (const uri of options.redirectUris ?? []) checkRedirectUri(uri)
  if (timeout !== undefined && !(timeout > 0 && timeout < 2 ** 31)) throw invalid('timeout is in milliseconds.')
}

function checkProof({ clientSecret, clientAuthentication, privateKey, issuer, endpoints }: OAuthOptions): void {
  checkChoice('clientAuthentication', clientAuthentication, ['basic', 'post'])
  if (clientSecret !== undefined) checkSecret('oauth: clientSecret', clientSecret)
  else if (clientAuthentication !== undefined) throw invalid('clientAuthentication needs a clientSecret.')
  if (!privateKey) return
  checkOptions('oauth: privateKey', privateKey, ['key', 'id', 'algorithm'])
  checkSecret('oauth: privateKey.key', privateKey.key)
  checkChoice('privateKey.algorithm', privateKey.algorithm, ['RS256', 'PS256'])
  if (clientSecret !== undefined) throw invalid('either clientSecret or privateKey, not both.')
  if (endpoints && issuer === undefined) throw invalid('privateKey needs the issuer: what is signed is meant for it.')
}

function checkEndpoints(endpoints: OAuthEndpoints): void {
  checkOptions('oauth: endpoints', endpoints, ['token', 'authorization', 'deviceAuthorization'])
  checkAddress('endpoints.token', endpoints.token)
  if (endpoints.authorization !== undefined) checkAddress('endpoints.authorization', endpoints.authorization)
  if (endpoints.deviceAuthorization !== undefined) {
    checkAddress('endpoints.deviceAuthorization', endpoints.deviceAuthorization)
  }
}

function checkAddress(name: string, address: unknown): void {
  const url = typeof address === 'string' ? URL.parse(address) : null
  if (!url) throw new InvalidArgumentError('INVALID_URL', `oauth: ${name} is an address, with https:// before it.`)
  if (isSafe(url)) return
  throw new InvalidArgumentError(
    'INSECURE_URL',
    `oauth: ${name} has to be https (or http to this machine), without a user in it: secrets go there.`,
  )
}

function checkRedirectUri(uri: unknown): void {
  const url = typeof uri === 'string' ? URL.parse(uri) : null
  if (url?.protocol === 'http:' && isLoopback(url.hostname) && url.search === '' && url.hash === '') return
  throw invalid("redirectUris are addresses on this machine, such as 'http://localhost:8080/oauth'.")
}

function checkChoice(name: string, given: string | undefined, allowed: readonly string[]): void {
  if (given === undefined || allowed.includes(given)) return
  throw invalid(`${name} is one of: ${allowed.join(', ')}.`)
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('INVALID_OPTION', `oauth: ${message}`)
}
