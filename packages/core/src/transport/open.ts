import type { Api, Credentials } from '../credentials.ts'
import { InvalidArgumentError } from '../errors.ts'
import type { HeaderRecord } from './headers.ts'
import type { RequestEvent } from './observe.ts'
import { parseProxy } from './proxy.ts'
import { parseServerUrl } from './server-url.ts'
import { checkTrust, type Trust } from './trust.ts'
import { Transport } from './transport.ts'

/** How a client reaches its server; the same for every client. */
export interface ConnectOptions {
  /** Milliseconds for one call, repetitions included. Default: 30 000. */
  readonly timeout?: number | undefined
  /** How often a request that is safe to repeat is sent again. Default: 2. */
  readonly retries?: number | undefined
  /** The most connections at a time. Default: 16. */
  readonly connections?: number | undefined
  /** Whom to trust. Default: the certificate authorities that Node.js trusts. */
  readonly trust?: Trust | undefined
  /**
   * Talks to whoever answers, and gives them the credentials: for trying things out, on a network of your own. A server
   * that a redirect leads to is verified all the same.
   */
  readonly allowUntrustedServer?: boolean | undefined
  /** Allows http to other machines: everyone on the way can read what is sent. Loopback is always allowed. */
  readonly allowInsecureHttp?: boolean | undefined
  /**
   * Address of an HTTP proxy that connections go through: 'http://proxy.example.org:3128', with a user and a password in it
   * where it wants some. It sees nothing of what https carries. Default: none, whatever the environment says.
   */
  readonly proxy?: string | undefined
  /** What the program calls itself to servers: 'my-program/1.0'. Default: 'handlekit' alone. */
  readonly userAgent?: string | undefined
  /** Told of every request when it is over, to log or to measure. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined
}

/** The names in {@link ConnectOptions}, for clients that pass them on. */
export const connectOptionNames: readonly (keyof ConnectOptions)[] = [
  'timeout',
  'retries',
  'connections',
  'trust',
  'allowUntrustedServer',
  'allowInsecureHttp',
  'proxy',
  'userAgent',
  'onRequest',
]

/**
 * Checks what a client was given, and makes its transport of it. Opens no connection.
 *
 * @throws InvalidArgumentError
 */
export function openTransport(
  where: string,
  urlOption: string,
  url: unknown,
  api: Api,
  options: ConnectOptions & { readonly credentials?: Credentials | undefined },
  headers: HeaderRecord,
): { transport: Transport; basePath: string } {
  const { timeout = 30_000, retries = 2, connections = 16, trust, credentials, userAgent, onRequest } = options
  const { allowInsecureHttp = false, allowUntrustedServer = false } = options
  const { origin, basePath } = parseServerUrl(`${where}: ${urlOption}`, url, allowInsecureHttp)
  checkNumber(`${where}: timeout`, timeout, 1)
  checkNumber(`${where}: retries`, retries, 0)
  checkNumber(`${where}: connections`, connections, 1)
  checkTrust(where, trust)
  checkCredentials(where, credentials)
  const proxy = parseProxy(`${where}: proxy`, options.proxy)
  if (userAgent !== undefined && !(typeof userAgent === 'string' && /^[!-~]+( [!-~]+)*$/.test(userAgent))) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where}: userAgent is text such as 'my-program/1.0'.`)
  }
  if (onRequest !== undefined && typeof onRequest !== 'function') {
    throw new InvalidArgumentError('INVALID_OPTION', `${where}: onRequest is a function.`)
  }
  const transport = new Transport({
    origin,
    basePath,
    api,
    credentials,
    headers: { 'user-agent': userAgent === undefined ? 'handlekit' : `${userAgent} handlekit`, ...headers },
    timeout,
    retries,
    allowInsecureHttp,
    onRequest,
    connection: { trust, allowUntrustedServer, connections, proxy },
  })
  return { transport, basePath }
}

function checkNumber(where: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > 2 ** 31 - 1) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where} has to be a whole number, at least ${least}.`)
  }
}

function checkCredentials(where: string, credentials: unknown): void {
  if (credentials === undefined) return
  if (credentials instanceof Promise) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where}: credentials is a promise. Write \`await\` before it.`)
  }
  const scheme: unknown = typeof credentials === 'object' && credentials !== null && Reflect.get(credentials, 'scheme')
  if (typeof scheme !== 'string') {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `${where}: credentials has to come from a strategy, such as basicAuth({ username, password }).`,
    )
  }
}

/** Says once for each client that it was told to trust anybody. */
export function warnOfUntrusted({ origin }: Transport, { allowUntrustedServer }: ConnectOptions): void {
  if (!allowUntrustedServer || origin.startsWith('http:')) return
  process.emitWarning(`${origin} is not verified: whoever answers there gets the credentials.`, {
    type: 'SecurityWarning',
    code: 'HANDLEKIT_UNTRUSTED_SERVER',
  })
}
