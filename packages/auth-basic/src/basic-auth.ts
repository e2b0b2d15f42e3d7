import type { Api, Credentials } from '@handlekit/core/credentials'
import { checkOptions, checkSecret, InvalidArgumentError, readSecret, type Secret } from '@handlekit/core/strategy'

/** What {@link basicAuth} takes. */
export interface BasicAuthOptions {
  /** At a Handle server the index and the handle of the secret key, '300:foo/bar'; elsewhere a user, or a token's id. */
  readonly username: string
  /** The password, or a function that gives it: called when it is first needed, and again after a 401. */
  readonly password: Secret
}

/**
 * HTTP Basic (RFC 7617), in UTF-8.
 *
 * A Handle server takes the user percent-encoded, because its own colon would end it, and the password as it is. Every
 * other server takes both as they are. The client tells which of the two it talks to.
 *
 * @example
 * new HandleClient({ server, credentials: basicAuth({ username: '300:foo/bar', password: 'mypassword123' }) })
 *
 * @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION` or `UNKNOWN_OPTION`. A colon in the user is refused at
 *   the first request to a server that is no Handle server.
 */
export function basicAuth(options: BasicAuthOptions): Credentials {
  checkOptions('basicAuth', options, ['username', 'password'])
  const { username, password } = options
  checkText('basicAuth: username', username)
  checkSecret('basicAuth: password', password)
  if (typeof password === 'string') checkText('basicAuth: password', password)

  /** The password as far as it is known, and with it one header for each kind of server. */
  let known = typeof password === 'string' ? password : undefined
  let headers: Partial<Record<Api, string>> = {}
  let reading: Promise<string> | undefined

  /** Reads the password; however many requests wait for it, once at a time. */
  function read(): Promise<string> {
    reading ??= readNow().finally(() => {
      reading = undefined
    })
    return reading
  }

  async function readNow(): Promise<string> {
    const secret = await readSecret('basicAuth: password', password)
    checkText('basicAuth: password', secret)
    if (secret !== known) headers = {}
    known = secret
    return secret
  }

  function headerFor(api: Api, secret: string): string {
    headers[api] ??= basicHeader(api, username, secret)
    return headers[api]
  }

  return Object.freeze<Credentials>({
    scheme: 'basic',
    identity: username,
    authorize({ api, headers: sent }) {
      const use = (secret: string): void => sent.set('authorization', headerFor(api, secret))
      return known === undefined ? read().then(use) : use(known)
    },
    // A password that was read may have been changed since; one that was passed may not.
    ...(typeof password === 'function' && {
      async onChallenge({ api, sent }) {
        const refused = known
        // A late answer to an older password: there is a newer one already.
        if (refused !== undefined && sent.get('authorization') !== headerFor(api, refused)) return true
        return (await read()) !== refused
      },
    }),
  })
}

/** The value of the header. */
function basicHeader(api: Api, username: string, password: string): string {
  if (api !== 'handle' && username.includes(':')) {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `basicAuth: the username '${username}' holds a colon. Basic ends the username at the first colon (RFC 7617), so ` +
        'the server would read another user and another password. Only Handle servers know a way around that.',
    )
  }
  const user = api === 'handle' ? encodeURIComponent(username) : username
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`
}

/** @throws InvalidArgumentError `INVALID_OPTION`; it does not show the text. */
function checkText(where: string, text: unknown): void {
  if (typeof text !== 'string' || text === '' || !text.isWellFormed()) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where} has to be text, and not empty.`)
  }
  if (/\p{Cc}/u.test(text)) {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `${where} holds a control character, which Basic does not allow (RFC 7617). A line break at its end? Trim it.`,
    )
  }
}
