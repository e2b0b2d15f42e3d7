import { HttpClient } from '@handlekit/core'
import { readSecret } from '@handlekit/core/strategy'
import { generateKeyPairSync } from 'node:crypto'
import { Agent, fetch as fetchOver } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { httpClient } from '../../core/test/support/client.ts'
import { rejection } from '../../core/test/support/rejection.ts'
import { json, startServer } from '../../core/test/support/server.ts'
import { localhost } from '../../core/test/support/tls.ts'
import { oauth, type OAuthOptions } from '../src/oauth/index.ts'
import { startApi, tokenOf } from './support/api.ts'
import { fakeClient } from './support/attempt.ts'
import { walk } from './support/browser-walk.ts'
import { rsaKey, secrets, signingKey, startProvider, type TestProvider } from './support/provider.ts'

/** The endpoints as somebody would write them down who does not want discovery. */
const endpointsOf = ({ issuer }: TestProvider) => ({
  token: `${issuer}/token`,
  authorization: `${issuer}/auth`,
  deviceAuthorization: `${issuer}/device/auth`,
})

const proofs = {
  public: {},
  basic: { clientSecret: secrets['basic'] },
  post: { clientSecret: secrets['post'], clientAuthentication: 'post' },
} as const

describe.each(['discovery', 'endpoints'])('with %s', (way) => {
  const placeOf = (provider: TestProvider): Pick<OAuthOptions, 'issuer' | 'endpoints'> =>
    way === 'discovery' ? { issuer: provider.issuer } : { endpoints: endpointsOf(provider) }

  it.each(['public', 'basic', 'post'] as const)('refresh token, client %s', async (clientId) => {
    const provider = await startProvider()
    const api = await startApi(provider)
    const refreshToken = await provider.session(clientId)
    const credentials = oauth({ ...placeOf(provider), clientId, ...proofs[clientId], refreshToken })
    const client = httpClient(api, { credentials })
    expect((await client.get('/account')).body).toEqual({ ok: true })
    expect((await client.get('/account')).body).toEqual({ ok: true })
    expect(provider.asked.map(({ grant }) => grant)).toEqual(['refresh_token'])
  })

  it('client credentials', async () => {
    const provider = await startProvider()
    const api = await startApi(provider)
    const clientSecret = secrets['machine']
    const credentials = oauth({ ...placeOf(provider), clientId: 'machine', clientSecret, grant: 'client_credentials' })
    const client = httpClient(api, { credentials })
    expect((await client.get('/account')).status).toBe(200)
    const [first] = api.seen
    await provider.revoke(tokenOf(first?.headers ?? {}) ?? '')
    expect((await client.get('/account')).status).toBe(200)
    expect(provider.asked.map(({ grant }) => grant)).toEqual(['client_credentials', 'client_credentials'])
  })

  it.each([
    ['signer', { key: () => Promise.resolve(signingKey), id: 'k1' }],
    ['rsa-signer', { key: rsaKey, id: 'k2', algorithm: 'RS256' }],
  ] as const)('private-key JWT, client %s', async (clientId, privateKey) => {
    const provider = await startProvider()
    const { issuer } = provider
    const credentials = oauth({ ...placeOf(provider), issuer, clientId, privateKey, grant: 'client_credentials' })
    expect(await provider.accepts((await fakeClient(credentials).authorize())?.slice(7))).toBe(true)
    expect(provider.asked[0]?.form.has('client_secret')).toBe(false)
  })

  it.each(['public', 'basic', 'post'] as const)('authorization code with PKCE, client %s', async (clientId) => {
    const provider = await startProvider()
    const api = await startApi(provider)
    const credentials = oauth({
      ...placeOf(provider),
      clientId,
      ...proofs[clientId],
      scopes: ['openid', 'offline_access', 'account:read'],
      redirectUris: ['http://127.0.0.1:0/oauth'],
    })
    const pages: string[] = []
    const opened: string[] = []
    const result = await credentials.login({
      parameters: { prompt: 'consent' },
      openUrl(url) {
        opened.push(url)
        void walk(url).then(({ text }) => pages.push(text))
      },
    })
    expect(result).toMatchObject({ scopes: ['openid', 'offline_access', 'account:read'], renewable: true })
    const asked = new URL(opened[0] ?? '').searchParams
    expect(asked.get('code_challenge_method')).toBe('S256')
    expect(asked.get('state')).toMatch(/^[\w-]{43}$/)
    expect(asked.has('nonce')).toBe(way === 'discovery')
    expect(await httpClient(api, { credentials }).get('/account')).toMatchObject({ status: 200 })
    await expect.poll(() => pages[0]).toContain('You are logged in.')
    // What a browser shows, keeps and sends on has neither the secret nor the verifier.
    const secret = 'clientSecret' in proofs[clientId] ? proofs[clientId].clientSecret : undefined
    const verifier = provider.asked[0]?.form.get('code_verifier')
    for (const url of provider.urls) {
      expect(url).not.toMatch(/client_secret/)
      if (secret) expect(decodeURIComponent(url)).not.toContain(secret)
      expect(url).not.toContain(verifier)
    }
  })

  it('device authorization', async () => {
    const provider = await startProvider()
    const waits: number[] = []
    let userCode = ''
    const credentials = oauth({
      ...placeOf(provider),
      clientId: 'public',
      scopes: ['openid', 'offline_access'],
      // The person enters the code while the program waits for the second time.
      async sleep(milliseconds) {
        if (waits.push(milliseconds) === 2) await enter(provider, userCode)
      },
    })
    const result = await credentials.loginOnAnotherDevice({
      show(prompt) {
        ;({ userCode } = prompt)
        expect(prompt.url).toBe(`${provider.issuer}/device`)
        expect(prompt.urlWithCode).toContain(userCode)
        expect(prompt.expiresAt).toBeGreaterThan(Date.now())
      },
    })
    expect(result).toMatchObject({ renewable: true })
    expect(waits).toEqual([5_000, 5_000])
    expect(await provider.accepts((await fakeClient(credentials).authorize())?.slice(7))).toBe(true)
  })
})

/** Does what a person does with the code; the pages are the provider's own business. */
async function enter({ provider }: TestProvider, userCode: string): Promise<void> {
  const code = await provider.DeviceCode.findByUserCode(userCode.replaceAll('-', ''))
  if (!code) throw new Error('No such code.')
  const grant = new provider.Grant({ accountId: 'w0', clientId: 'public' })
  grant.addOIDCScope('openid offline_access')
  Object.assign(code, { accountId: 'w0', grantId: await grant.save(), scope: 'openid offline_access', authTime: 1 })
  await code.save()
}

describe('device authorization', () => {
  const start = async (sleep: OAuthOptions['sleep']) => {
    const provider = await startProvider()
    return { provider, credentials: oauth({ issuer: provider.issuer, clientId: 'public', sleep }) }
  }

  it('asks less often when told so, and when the server is away', async () => {
    const waits: number[] = []
    const { provider, credentials } = await start(async (milliseconds) => {
      waits.push(milliseconds)
      if (waits.length === 4) throw new Error('enough')
    })
    provider.fault = (request, response) => {
      if (request.url !== '/token') return false
      const slow = waits.length === 1
      response.writeHead(slow ? 400 : 503, { 'content-type': 'application/json' })
      response.end(slow ? '{"error":"slow_down"}' : '')
      return true
    }
    const login = credentials.loginOnAnotherDevice({ show: () => undefined })
    expect(await rejection(login)).toMatchObject({ message: 'enough' })
    expect(waits).toEqual([5_000, 10_000, 15_000, 20_000])
  })

  it.each([
    ['access_denied', 'LOGIN_REFUSED'],
    ['expired_token', 'LOGIN_TIMEOUT'],
  ])('%s ends it', async (error, code) => {
    const { provider, credentials } = await start(async () => undefined)
    provider.fault = (request, response) => {
      if (request.url !== '/token') return false
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
      return true
    }
    expect(await rejection(credentials.loginOnAnotherDevice({ show: () => undefined }))).toMatchObject({ code })
  })

  it('ends with its signal', async () => {
    const { credentials } = await start(undefined)
    const controller = new AbortController()
    const login = credentials.loginOnAnotherDevice({
      show: () => controller.abort(new Error('enough')),
      signal: controller.signal,
    })
    expect(await rejection(login)).toMatchObject({ message: 'enough' })
  })

  it('is only done where the server offers it', async () => {
    const provider = await startProvider({ deviceFlow: false })
    const credentials = oauth({ issuer: provider.issuer, clientId: 'public' })
    expect(await rejection(credentials.loginOnAnotherDevice())).toMatchObject({ code: 'GRANT_NOT_OFFERED' })
  })
})

describe('what the server says to the client', () => {
  it('a wrong secret is named, and not shown', async () => {
    const provider = await startProvider()
    const credentials = oauth({
      issuer: provider.issuer,
      clientId: 'machine',
      clientSecret: 'a-wrong-secret',
      grant: 'client_credentials',
    })
    const error = await rejection(fakeClient(credentials).authorize())
    expect(error).toMatchObject({ code: 'AUTH_FAILED', status: 401 })
    expect(String(error)).toMatch(/invalid_client.*Check clientId/)
    expect(String(error)).not.toContain('a-wrong-secret')
  })

  it('a wrong realm is told as such', async () => {
    const provider = await startProvider()
    const issuer = `${provider.issuer}/auth/realms/sipgate-apps`
    const credentials = oauth({ issuer, clientId: 'public', refreshToken: 'r0' })
    const error = await rejection(fakeClient(credentials).authorize())
    expect(error).toMatchObject({ code: 'AUTH_FAILED', status: 404 })
    expect(String(error)).toContain('realm')
  })

  it('a discovery document of another issuer is refused', async () => {
    const provider = await startProvider()
    const issuer = provider.issuer.replace('127.0.0.1', 'localhost')
    const error = await rejection(fakeClient(oauth({ issuer, clientId: 'public', refreshToken: 'r0' })).authorize())
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(String(error)).toContain('issuer')
  })

  it('RFC 8414 serves where OpenID discovery is missing', async () => {
    const provider = await startProvider()
    provider.fault = (request, response) => {
      if (request.url !== '/.well-known/openid-configuration') return false
      response.writeHead(404).end()
      return true
    }
    provider.edit = undefined
    const refreshToken = await provider.session()
    const answer = await fakeClient(oauth({ issuer: provider.issuer, clientId: 'public', refreshToken })).authorize()
    expect(answer).toMatch(/^Bearer /)
  })

  it('a redirect of the token endpoint is not followed', async () => {
    const provider = await startProvider()
    const other = await startProvider()
    provider.fault = (request, response) => {
      if (request.url !== '/token') return false
      response.writeHead(307, { location: `${other.issuer}/token` }).end()
      return true
    }
    const credentials = oauth({ issuer: provider.issuer, clientId: 'public', refreshToken: 'r0' })
    expect(await rejection(fakeClient(credentials).authorize())).toMatchObject({ code: 'AUTH_FAILED', status: 307 })
    expect(other.asked).toHaveLength(0)
  })

  it('an endpoint that discovery names is held to https, too', async () => {
    const provider = await startProvider()
    provider.fault = (request, response) => {
      if (!request.url?.includes('well-known')) return false
      const document = { issuer: provider.issuer, token_endpoint: 'http://token.example.org/token' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
      return true
    }
    const credentials = oauth({ issuer: provider.issuer, clientId: 'public', refreshToken: 'r0' })
    const error = await rejection(fakeClient(credentials).authorize())
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(String(error)).toContain('https')
  })

  it('a failed discovery is not remembered', async () => {
    const provider = await startProvider()
    const refreshToken = await provider.session()
    const client = fakeClient(oauth({ issuer: provider.issuer, clientId: 'public', refreshToken }))
    provider.fault = (_request, response) => Boolean(response.writeHead(503).end())
    expect(await rejection(client.authorize())).toMatchObject({ code: 'TOKEN_SERVER_UNAVAILABLE', status: 503 })
    provider.fault = undefined
    expect(await client.authorize()).toMatch(/^Bearer /)
  })
})

describe('options', () => {
  const base = { issuer: 'https://login.example.org', clientId: 'c' }
  const { privateKey: otherKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })

  it.each<[string, unknown, string]>([
    ['no clientId', { issuer: base.issuer }, 'INVALID_OPTION'],
    ['no server', { clientId: 'c' }, 'INVALID_OPTION'],
    ['http', { ...base, issuer: 'http://login.example.org' }, 'INSECURE_URL'],
    ['http endpoint', { clientId: 'c', endpoints: { token: 'http://10.0.0.1/token' } }, 'INSECURE_URL'],
    ['a user in the address', { ...base, issuer: 'https://a:b@login.example.org' }, 'INSECURE_URL'],
    ['no address', { ...base, issuer: 'login.example.org' }, 'INVALID_URL'],
    ['an empty secret', { ...base, clientSecret: '' }, 'EMPTY_SECRET'],
    ['an empty refresh token', { ...base, refreshToken: '' }, 'EMPTY_SECRET'],
    ['a way without a secret', { ...base, clientAuthentication: 'post' }, 'INVALID_OPTION'],
    ['an unknown way', { ...base, clientSecret: 's', clientAuthentication: 'jwt' }, 'INVALID_OPTION'],
    ['both proofs', { ...base, clientSecret: 's', privateKey: { key: 'k' } }, 'INVALID_OPTION'],
    ['scopes as text', { ...base, scopes: ['a b'] }, 'INVALID_OPTION'],
    ['a redirect elsewhere', { ...base, redirectUris: ['https://example.org/oauth'] }, 'INVALID_OPTION'],
    ['a secret as parameter', { ...base, parameters: { client_secret: 's' } }, 'INVALID_OPTION'],
    ['an unknown grant', { ...base, grant: 'password' }, 'INVALID_OPTION'],
    ['a misspelt name', { ...base, clientSecrt: 's' }, 'UNKNOWN_OPTION'],
    ['a misspelt endpoint', { clientId: 'c', endpoints: { tokn: 'https://e/t' } }, 'UNKNOWN_OPTION'],
    ['nothing', undefined, 'INVALID_OPTION'],
    ['a time out of range', { ...base, timeout: 0 }, 'INVALID_OPTION'],
  ])('%s is refused at once', (_name, options, code) => {
    expect(() => Reflect.apply(oauth, undefined, [options])).toThrow(expect.objectContaining({ code }))
  })

  it.each([
    ['no key', 'INVALID_OPTION'],
    [otherKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'AUTH_FAILED'],
  ])('a private key that cannot be used is told when it is needed', async (key, code) => {
    const endpoints = { token: 'https://login.example.org/token' }
    const options = { ...base, endpoints, privateKey: { key }, grant: 'client_credentials' } as const
    expect(await rejection(fakeClient(oauth(options)).authorize())).toMatchObject({ code })
  })

  it('making the credentials and a client asks nobody', async () => {
    const credentials = oauth({ ...base, fetch: () => Promise.reject(new Error('asked')) })
    await new HttpClient({ baseUrl: 'https://api.example.org', credentials }).close()
    expect(credentials).toMatchObject({ scheme: 'oauth', identity: 'c' })
    expect(await readSecret('x', 'y')).toBe('y')
  })
})

it('fetch may be another, with a CA of its own: the token endpoint over TLS', async () => {
  const server = await startServer((_request, response) => {
    json(response, 200, { access_token: 'at1', token_type: 'Bearer', expires_in: 300 })
  })
  const agent = new Agent({ connect: { ca: localhost.cert } })
  onTestFinished(() => agent.close())
  const options = {
    endpoints: { token: `${server.origin}/token` },
    clientId: 'c',
    clientSecret: 's',
    grant: 'client_credentials',
  } as const
  const untrusting = fakeClient(oauth(options))
  expect(await rejection(untrusting.authorize())).toMatchObject({ code: 'TOKEN_SERVER_UNAVAILABLE' })
  const trusting = oauth({ ...options, fetch: (url, init) => fetchOver(url, { ...init, dispatcher: agent }) })
  expect(await fakeClient(trusting).authorize()).toBe('Bearer at1')
})

it('a token of another type is not sent as a bearer token', async () => {
  const server = await startServer((_request, response) => {
    json(response, 200, { access_token: 'at1', token_type: 'DPoP', expires_in: 300 })
  })
  const agent = new Agent({ connect: { ca: localhost.cert } })
  onTestFinished(() => agent.close())
  const credentials = oauth({
    endpoints: { token: `${server.origin}/token` },
    clientId: 'c',
    grant: 'client_credentials',
    fetch: (url, init) => fetchOver(url, { ...init, dispatcher: agent }),
  })
  expect(await rejection(fakeClient(credentials).authorize())).toMatchObject({ code: 'AUTH_FAILED' })
})
