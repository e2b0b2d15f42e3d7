import { oauth, type OAuthCredentials, type OAuthOptions } from '@handlekit/auth-bearer/oauth'
import { InvalidArgumentError } from '@handlekit/core'
import { checkOptions, checkSecret, type Secret } from '@handlekit/core/strategy'

/** What {@link sipgateOAuth} takes. */
export interface SipgateOAuthOptions extends Pick<
  OAuthOptions,
  'refreshToken' | 'redirectUris' | 'store' | 'timeout' | 'fetch' | 'now'
> {
  /** From https://console.sipgate.com: '2556404-0-…', with ':sipgate-apps' at its end where that is its realm. */
  readonly clientId: string
  readonly clientSecret: Secret
  /**
   * Where the client is registered. Most are in 'third-party', some in 'sipgate-apps'; in the wrong realm sipgate says
   * "Client not found".
   */
  readonly realm: 'third-party' | 'sipgate-apps' | (string & {})
  /** What to ask for: `['account:read', 'sessions:sms:write']`. Add 'openid' for an ID token. */
  readonly scopes: readonly string[]
  /** The login server. Default: 'https://login.sipgate.com/auth'. */
  readonly loginUrl?: string | undefined
}

const names: readonly (keyof SipgateOAuthOptions)[] = [
  'clientId',
  'clientSecret',
  'realm',
  'scopes',
  'loginUrl',
  'refreshToken',
  'redirectUris',
  'store',
  'timeout',
  'fetch',
  'now',
]

/**
 * OAuth 2 as sipgate does it (Keycloak): the access token lives for five minutes, the refresh token for thirty days, and
 * each refresh puts a new one in its place. So `store` should be one that lasts, such as `fileTokenStore`.
 *
 * A person logs in once with `login()`, which needs `redirectUris`, registered letter by letter; or a `refreshToken` is
 * given. See `oauth` of auth-bearer for its life cycle and errors.
 *
 * @example
 * const credentials = sipgateOAuth({ clientId, clientSecret, realm: 'third-party', scopes: ['account:read'],
 *   redirectUris: ['http://localhost:8080/oauth'], store: fileTokenStore({ path }) })
 *
 * @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION`, `INVALID_URL`, `INSECURE_URL` or `UNKNOWN_OPTION`
 */
export function sipgateOAuth(options: SipgateOAuthOptions): OAuthCredentials {
  checkOptions('sipgateOAuth', options, names)
  const { realm, loginUrl = 'https://login.sipgate.com/auth', ...rest } = options
  if (typeof realm !== 'string' || !/^[\w.-]+$/.test(realm) || /^\.+$/.test(realm)) {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      "sipgateOAuth: realm is where the client is registered: 'third-party', or 'sipgate-apps'.",
    )
  }
  checkSecret('sipgateOAuth: clientSecret', rest.clientSecret)
  const issuer = `${loginUrl.replace(/\/+$/, '')}/realms/${realm}`
  const protocol = `${issuer}/protocol/openid-connect`
  return oauth({
    ...rest,
    issuer,
    endpoints: { token: `${protocol}/token`, authorization: `${protocol}/auth` },
    clientAuthentication: 'post',
  })
}
