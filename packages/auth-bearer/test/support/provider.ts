import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Provider, type Configuration } from 'oidc-provider'
import { onTestFinished } from 'vitest'

/** A request to the token endpoint. */
interface TokenRequest {
  readonly grant: string
  readonly authorization: string | undefined
  readonly form: URLSearchParams
}

export interface TestProvider {
  readonly issuer: string
  readonly provider: Provider
  /** What the token endpoint was asked. */
  readonly asked: readonly TokenRequest[]
  /** Every address that was asked for, with its query. */
  readonly urls: readonly string[]
  /** Handles a request in place of the provider, if it says true. */
  fault: ((request: IncomingMessage, response: ServerResponse, body: string) => boolean) | undefined
  /** Changes a successful answer of the token endpoint. */
  edit: ((answer: Record<string, unknown>) => Record<string, unknown>) | undefined
  /** A refresh token, as a login would bring. */
  session(clientId?: string): Promise<string>
  /** Whether the provider takes this access token. */
  accepts(token: string | undefined): Promise<boolean>
  revoke(accessToken: string): Promise<void>
  /** Waits until nobody is connected, and every request that came has been dealt with. */
  idle(): Promise<void>
  close(): Promise<void>
}

export const secret = 'client secret: 100% & + / =?'
const asciiSecret = 'clientsecret-0123456789'
/** Secrets of the clients, by id. */
export const secrets: Readonly<Record<string, string>> = { basic: secret, post: asciiSecret, machine: asciiSecret }

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const signingKey: string = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const rsaKey: string = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

export interface ProviderOptions {
  /** Seconds. */
  readonly accessTokenLife?: number
  readonly devicePages?: boolean
  /** Shows the provider's own pages instead of logging everybody in. */
  readonly pages?: boolean
  readonly deviceFlow?: boolean
  readonly redirectUris?: readonly string[]
  readonly adapter?: Configuration['adapter']
}

function configuration(options: ProviderOptions): Configuration {
  const { accessTokenLife = 300, pages = false, deviceFlow = true } = options
  const redirects = [...(options.redirectUris ?? ['http://127.0.0.1:8080/oauth'])]
  const forPeople = {
    application_type: 'native' as const,
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    redirect_uris: redirects,
    response_types: ['code' as const],
  }
  const forItself = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }
  const jwk = pair.publicKey.export({ format: 'jwk' })
  const rsaJwk = rsa.publicKey.export({ format: 'jwk' })
  return {
    clients: [
      { ...forPeople, client_id: 'public', token_endpoint_auth_method: 'none' },
      { ...forPeople, client_id: 'basic', client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' },
      { ...forPeople, client_id: 'post', client_secret: asciiSecret, token_endpoint_auth_method: 'client_secret_post' },
      { ...forItself, client_id: 'machine', client_secret: asciiSecret },
      {
        ...forItself,
        client_id: 'signer',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ ...jwk, kid: 'k1', use: 'sig', alg: 'ES256' }] },
      },
      {
        ...forItself,
        client_id: 'rsa-signer',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'RS256',
        jwks: { keys: [{ ...rsaJwk, kid: 'k2', use: 'sig', alg: 'RS256' }] },
      },
    ],
    ...(options.adapter && { adapter: options.adapter }),
    scopes: ['openid', 'offline_access', 'account:read'],
    rotateRefreshToken: true,
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: pages },
      deviceFlow: { enabled: deviceFlow },
      resourceIndicators: { enabled: false },
    },
    ...(!pages && { interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` } }),
    cookies: { keys: ['a cookie key'] },
    ttl: {
      AccessToken: accessTokenLife,
      ClientCredentials: accessTokenLife,
      RefreshToken: 86_400,
      Grant: 86_400,
      Session: 3_600,
      Interaction: 3_600,
      IdToken: 3_600,
      DeviceCode: 600,
    },
  }
}

/** A certified OpenID provider in this process, over http on the loopback address, with rotation of refresh tokens. */
export async function startProvider(options: ProviderOptions = {}): Promise<TestProvider> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const provider = new Provider(issuer, configuration(options))
  const asked: TokenRequest[] = []
  const urls: string[] = []
  const handle = provider.callback()
  const busy = new Set<Promise<void>>()
  const during = async (work: Promise<void>): Promise<void> => {
    busy.add(work)
    try {
      await work
    } finally {
      busy.delete(work)
    }
  }
  const test: TestProvider = {
    issuer,
    provider,
    asked,
    urls,
    fault: undefined,
    edit: undefined,
    session: (clientId = 'public') => newSession(provider, clientId),
    async accepts(token = '') {
      return Boolean((await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token)))
    },
    async revoke(accessToken) {
      await (
        (await provider.AccessToken.find(accessToken)) ?? (await provider.ClientCredentials.find(accessToken))
      )?.destroy()
    },
    async idle() {
      while (busy.size > 0) await Promise.race(busy)
    },
    close: () => closeServer(server),
  }
  server.on('connection', (socket) => void during(new Promise((resolve) => socket.once('close', () => resolve()))))
  server.on('request', (request, response) => {
    const handling = (async () => {
      const body = await bodyOf(request)
      urls.push(request.url ?? '')
      if (request.url === '/token') {
        const form = new URLSearchParams(body)
        asked.push({ grant: form.get('grant_type') ?? '', authorization: request.headers.authorization, form })
      }
      if (test.fault?.(request, response, body)) return
      if (request.url === '/token' && test.edit) editAnswer(response, test.edit)
      if (!options.pages && request.url?.startsWith('/interaction/')) return logIn(provider, request, response)
      // The provider reads a body that was read before from here.
      Object.assign(request, { body })
      await handle(request, response)
    })()
    void during(handling)
  })
  onTestFinished(() => closeServer(server))
  return test
}

async function newSession(provider: Provider, clientId: string): Promise<string> {
  const client = await provider.Client.find(clientId)
  if (!client) throw new Error(`No client ${clientId}.`)
  const scope = 'openid offline_access account:read'
  const grant = new provider.Grant({ accountId: 'w0', clientId })
  grant.addOIDCScope(scope)
  const grantId = await grant.save()
  const token = new provider.RefreshToken({ accountId: 'w0', client, grantId, gty: 'authorization_code', scope })
  return token.save()
}

/** Stands for a person who agrees to everything. */
async function logIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'w0' } })
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session?.accountId ?? 'w0', clientId: String(params['client_id']) })
  grant?.addOIDCScope(String(params['scope']))
  return provider.interactionFinished(
    request,
    response,
    { consent: { grantId: await grant?.save() } },
    { mergeWithLastSubmission: true },
  )
}

function editAnswer(response: ServerResponse, edit: NonNullable<TestProvider['edit']>): void {
  const end = response.end.bind(response)
  Object.assign(response, {
    end(chunk: unknown) {
      const text = chunk instanceof Uint8Array || typeof chunk === 'string' ? chunk.toString() : ''
      const body: Record<string, unknown> | undefined =
        response.statusCode === 200 && text !== '' ? JSON.parse(text) : undefined
      const next = body ? JSON.stringify(edit(body)) : text
      response.setHeader('content-length', Buffer.byteLength(next))
      return end(next)
    },
  })
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

// The provider has much to say about its development settings.
for (const level of ['info', 'warn'] as const) {
  const say = console[level].bind(console)
  console[level] = (...what: unknown[]) => {
    if (!/oidc-provider (NOTICE|WARNING)/.test(String(what[0]))) say(...what)
  }
}
