/** An e-mail address and its password. */
export interface FakeLogin {
  readonly email: string
  readonly password: string
}

/** A personal access token. */
export interface FakeToken {
  readonly tokenId: string
  readonly token: string
  /** Default: `['all']`. */
  readonly scopes?: readonly string[] | undefined
}

/** Says whether a bearer token is good, or for which scopes it is. */
export type FakeVerifier = (token: string) => boolean | readonly string[] | Promise<boolean | readonly string[]>

/** What {@link startFakeSipgate} takes. */
export interface FakeSipgateOptions {
  /** Who may log in. Default: one, which `login` of the fake tells. */
  readonly logins?: readonly FakeLogin[] | undefined
  /** Default: one, which `token` of the fake tells. */
  readonly tokens?: readonly FakeToken[] | undefined
  /** Default: one access token, which `accessToken` of the fake tells. A function may ask a real OAuth server. */
  readonly accessTokens?: readonly string[] | FakeVerifier | undefined
  /** 'neo': the endpoints of the classic PBX are denied. Default: 'classic'. */
  readonly product?: 'classic' | 'neo' | undefined
  /** Key and certificate in PEM: it then speaks https. Default: http, on the loopback address only. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined
  /** Default: one that is free. */
  readonly port?: number | undefined
}
