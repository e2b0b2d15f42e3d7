import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Configuration, Provider } from 'oidc-provider'
import { onTestFinished } from 'vitest'

/** A request to the token endpoint. */
interface TokenRequest {
  readonly form: URLSearchParams
  readonly authorization: string | undefined
}

/** A login server that looks like sipgate's, with a certified OpenID provider behind it. */
export interface LoginServer {
  /** What goes into `loginUrl`. */
  readonly url: string
  readonly tokenRequests: readonly TokenRequest[]
  /** Every address that was asked for, with its query. */
  readonly urls: readonly string[]
  /** The scopes of an access token; false for none of this server's. */
  scopesOf(token: string): Promise<readonly string[] | false>
  revoke(accessToken: string): Promise<void>
  /** A refresh token, as a login brings. */
  newSession(scopes: readonly string[]): Promise<string>
}

export const client = { id: '2556404-0-1f2e', secret: 'canary-client-secret-0123456789' }
/** Registered, letter by letter; the provider takes any port of the loopback address (RFC 8252). */
const redirectUri = 'http://127.0.0.1:8080/oauth'

const configuration: Configuration = {
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      application_type: 'native',
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUri],
      response_types: ['code'],
    },
  ],
  // As Keycloak has them.
  routes: { authorization: '/protocol/openid-connect/auth', token: '/protocol/openid-connect/token' },
  scopes: ['openid', 'account:read', 'balance:read', 'sessions:sms:write'],
  rotateRefreshToken: true,
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  features: { devInteractions: { enabled: false } },
  interactions: { url: (context, { uid }) => `${context.oidc.issuer}/interaction/${uid}` },
  cookies: { keys: ['a cookie key'] },
  ttl: {
    AccessToken: 300,
    RefreshToken: 2_592_000,
    Grant: 2_592_000,
    Session: 3_600,
    Interaction: 3_600,
    IdToken: 300,
  },
}

export async function startLoginServer(realm: string): Promise<LoginServer> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/auth`
  const mount = `/auth/realms/${realm}`
  const provider = new Provider(`${url}/realms/${realm}`, configuration)
  const handle = provider.callback()
  const tokenRequests: TokenRequest[] = []
  const urls: string[] = []

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString('utf8')
    const path = request.url ?? ''
    urls.push(path)
    if (!path.startsWith(`${mount}/`)) return void response.writeHead(404).end()
    if (path.endsWith('/token')) {
      tokenRequests.push({ form: new URLSearchParams(body), authorization: request.headers.authorization })
    }
    // The provider reads a body that was read before from here, and where it is mounted.
    Object.assign(request, { body, originalUrl: path, url: path.slice(mount.length) })
    if (path.startsWith(`${mount}/interaction/`)) await agree(provider, request, response)
    else await handle(request, response)
  }
  server.on('request', (request, response) => {
    serve(request, response).catch(() => response.destroy())
  })

  return {
    url,
    tokenRequests,
    urls,
    async scopesOf(token) {
      const found = await provider.AccessToken.find(token)
      return found?.scope?.split(' ') ?? false
    },
    async revoke(accessToken) {
      const found = await provider.AccessToken.find(accessToken)
      await found?.destroy()
    },
    async newSession(scopes) {
      const registered = await provider.Client.find(client.id)
      if (!registered) throw new Error('The client is not registered.')
      const scope = scopes.join(' ')
      const grant = new provider.Grant({ accountId: 'w0', clientId: client.id })
      grant.addOIDCScope(scope)
      const grantId = await grant.save()
      const gty = 'authorization_code'
      return new provider.RefreshToken({ accountId: 'w0', client: registered, grantId, gty, scope }).save()
    },
  }
}

/** Stands for a person who agrees to everything. */
async function agree(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'w0' } })
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? 'w0', clientId: String(params['client_id']) })
  grant.addOIDCScope(String(params['scope']))
  const consent = { consent: { grantId: await grant.save() } }
  return provider.interactionFinished(request, response, consent, { mergeWithLastSubmission: true })
}

// The provider has much to say about its development settings.
for (const level of ['info', 'warn'] as const) {
  const say = console[level].bind(console)
  console[level] = (...what: unknown[]) => {
    if (!/oidc-provider (NOTICE|WARNING)/.test(String(what[0]))) say(...what)
  }
}
