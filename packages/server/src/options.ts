import type { SeedDocument } from './seed.ts'
import type { ServerIdentity } from './tls/certificate.ts'

/** What {@link startHandleServer} takes. Everything has a default; the names in brackets are the real server's. */
export interface HandleServerOptions {
  /**
   * Records to start with: an object in the form of a seed file, or the path or URL of one. It is loaded only into an
   * empty store. Default: no records and no prefixes.
   */
  readonly seed?: SeedDocument | string | URL | undefined
  /** Path of an SQLite file that keeps the records; it is made when missing. Default: memory. */
  readonly data?: string | undefined
  /** 0 (default) takes a free port; false listens on none. */
  readonly httpsPort?: number | false | undefined
  /** 0 (default) takes a free port; false listens on none. */
  readonly httpPort?: number | false | undefined
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined

  /** The RSA key and certificate of the server. Default: those in the data file, else new ones, self-signed. */
  readonly tls?: ServerIdentity | undefined
  /** Whether the case of names matters (`case_sensitive`). Default: what the seed says, else false. */
  readonly caseSensitive?: boolean | undefined
  /** Seconds without use after which a session ends (`session_timeout_seconds`). Default: never. */
  readonly sessionTimeout?: number | undefined
  /**
   * When TLS asks for a client certificate (`https_client_auth`): `on-demand` (default) by renegotiation when a request
   * says `clientCert="true"`, `want` in the first handshake, `need` there and without one the connection ends.
   */
  readonly clientCertificates?: 'on-demand' | 'want' | 'need' | undefined
  /** TLS session tickets. Default true, as on the real server: with them, certificates on demand fail. */
  readonly sessionTickets?: boolean | undefined
  /** `index:handle` of identities or groups that run the server (`server_admins`). Default none. */
  readonly serverAdmins?: readonly string[] | undefined
  /** Lets server administrators do everything on every record (`server_admin_full_access`). Default false. */
  readonly serverAdminFullAccess?: boolean | undefined
  /** `index:handle` of identities that may list, home and unhome prefixes (`home_only_admins`). Default none. */
  readonly homeOnlyAdmins?: readonly string[] | undefined
  /** Refuses administration over HTTP, which the real server takes for lack of a native session (`require_sessions`). */
  readonly requireSessions?: boolean | undefined
  /** Whether handles can be listed (`allow_list_hdls`). Default true. */
  readonly allowListHandles?: boolean | undefined
  /** Whether the administrators of a prefix may create and list handles in it (`allow_na_admins`). Default true. */
  readonly allowNaAdmins?: boolean | undefined
  /** No permission checks at all, not even over plain HTTP (`anonymous_admin_full_access`). Default false. */
  readonly anonymousAdminFullAccess?: boolean | undefined
  /** Charset of JSON bodies that name none. Default `iso-8859-1`, as on the real server. */
  readonly defaultCharset?: 'iso-8859-1' | 'utf-8' | undefined

  /**
   * Who may search at `/hrls`, the reverse-lookup servlet, which shows private values as well. Default: false, there is
   * none. With `orderSeed`, each page is cut from another order of the results, as a database may do; the same seed
   * gives the same orders.
   */
  readonly search?:
    | { readonly username: string; readonly password: string; readonly orderSeed?: number | undefined }
    | false
    | undefined

  /** Lets a share (0 to 1) of TLS renegotiations never end, chosen by a seed, as some do on the real server. */
  readonly hangRenegotiations?: { readonly share: number; readonly seed: number } | undefined
  /** Called after each answer. */
  readonly onRequest?: ((info: RequestInfo) => void) | undefined
  /** The clock, in milliseconds since 1970: timestamps and the age of sessions. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** What {@link HandleServerOptions.onRequest} gets to know; never a secret. */
export interface RequestInfo {
  readonly method: string
  /** The path as sent, without the query. */
  readonly path: string
  readonly secure: boolean
  /** `index:handle` of who was authenticated, if anyone. */
  readonly identity: string | undefined
  readonly status: number
}

/** The options, with every default filled in, that handling a request depends on. */
export interface Settings {
  readonly sessionTimeout: number | undefined
  readonly clientCertificates: 'on-demand' | 'want' | 'need'
  readonly serverAdmins: readonly string[]
  readonly serverAdminFullAccess: boolean
  readonly homeOnlyAdmins: readonly string[]
  readonly requireSessions: boolean
  readonly allowListHandles: boolean
  readonly allowNaAdmins: boolean
  readonly anonymousAdminFullAccess: boolean
  readonly defaultCharset: 'iso-8859-1' | 'utf-8'
  readonly search:
    | { readonly username: string; readonly password: string; readonly orderSeed?: number | undefined }
    | false
  readonly hangRenegotiations: { readonly share: number; readonly seed: number } | undefined
  readonly onRequest: ((info: RequestInfo) => void) | undefined
  readonly now: () => number
}

export function settingsFrom(options: HandleServerOptions): Settings {
  return {
    sessionTimeout: options.sessionTimeout,
    clientCertificates: options.clientCertificates ?? 'on-demand',
    serverAdmins: options.serverAdmins ?? [],
    serverAdminFullAccess: options.serverAdminFullAccess ?? false,
    homeOnlyAdmins: options.homeOnlyAdmins ?? [],
    requireSessions: options.requireSessions ?? false,
    allowListHandles: options.allowListHandles ?? true,
    allowNaAdmins: options.allowNaAdmins ?? true,
    anonymousAdminFullAccess: options.anonymousAdminFullAccess ?? false,
    defaultCharset: options.defaultCharset ?? 'iso-8859-1',
    search: options.search ?? false,
    hangRenegotiations: options.hangRenegotiations,
    onRequest: options.onRequest,
    now: options.now ?? Date.now,
  }
}
