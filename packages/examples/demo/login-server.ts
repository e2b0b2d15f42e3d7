import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { Provider } from 'oidc-provider'

/** A login server in this process: a certified OpenID provider, at the addresses where sipgate has its own. */
export interface LoginServer {
  /** What goes into `loginUrl`. */
  readonly url: string
  readonly realm: string
  readonly client: { readonly clientId: string; readonly clientSecret: string }
  /** A refresh token, as a person's login brings one. */
  logIn(scopes: readonly string[]): Promise<string>
  /** The scopes of an access token; false for one that is not of this server. */
  scopesOf(token: string): Promise<readonly string[] | false>
  close(): void
}

export async function startLoginServer(): Promise<LoginServer> {
  const [realm, clientId, clientSecret] = ['third-party', 'demo-client', 'a secret of the demo']
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/auth`
  const mount = `/auth/realms/${realm}`
  const provider = quietly(
    () =>
      new Provider(`${url}/realms/${realm}`, {
        clients: [
          {
            client_id: clientId,
            client_secret: clientSecret,
            token_endpoint_auth_method: 'client_secret_post',
            grant_types: ['authorization_code', 'refresh_token'],
            application_type: 'native',
            redirect_uris: ['http://127.0.0.1:8080/oauth'],
            response_types: ['code'],
          },
        ],
        routes: { authorization: '/protocol/openid-connect/auth', token: '/protocol/openid-connect/token' },
        scopes: ['account:read'],
        rotateRefreshToken: true,
        issueRefreshToken: async () => true,
        findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
        features: { devInteractions: { enabled: false } },
        cookies: { keys: ['a cookie key of the demo'] },
        ttl: { AccessToken: 300, RefreshToken: 3600, Grant: 3600 },
      }),
  )
  const handle = provider.callback()
  server.on('request', (request: IncomingMessage, response) => {
    // As a framework does that mounts it below a path.
    const path = request.url ?? ''
    Object.assign(request, { originalUrl: path, url: path.slice(mount.length) })
    void handle(request, response)
  })
  return {
    url,
    realm,
    client: { clientId, clientSecret },
    async logIn(scopes) {
      const client = await provider.Client.find(clientId)
      if (!client) throw new Error('The client is not registered.')
      const scope = scopes.join(' ')
      const grant = new provider.Grant({ accountId: 'w0', clientId })
      grant.addOIDCScope(scope)
      const grantId = await grant.save()
      return new provider.RefreshToken({ accountId: 'w0', client, grantId, gty: 'authorization_code', scope }).save()
    },
    async scopesOf(token) {
      const found = await provider.AccessToken.find(token)
      return found?.scope?.split(' ') ?? false
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The provider prints that a demo is no production. */
function quietly<T>(make: () => T): T {
  const { info, warn } = console
  Object.assign(console, { info: () => {}, warn: () => {} })
  try {
    return make()
  } finally {
    Object.assign(console, { info, warn })
  }
}
