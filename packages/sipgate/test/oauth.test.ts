import { memoryTokenStore } from '@handlekit/auth-bearer/oauth'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { walk } from '../../auth-bearer/test/support/browser-walk.ts'
import { rejection, rejections } from '../../core/test/support/rejection.ts'
import { sipgateOAuth, type SipgateOAuthOptions } from '../src/oauth.ts'
import { client as registered, type LoginServer, startLoginServer } from './support/login-server.ts'
import { clientOf, startFake } from './support/start.ts'

const scopes = ['openid', 'account:read', 'sessions:sms:write']

function credentialsAt(server: LoginServer, options: Partial<SipgateOAuthOptions> = {}) {
  return sipgateOAuth({
    clientId: registered.id,
    clientSecret: registered.secret,
    realm: 'third-party',
    scopes,
    loginUrl: server.url,
    redirectUris: ['http://127.0.0.1:0/oauth'],
    ...options,
  })
}

/** The token of each request that the fake got. */
const tokensOf = (fake: Awaited<ReturnType<typeof startFake>>): string[] =>
  fake.requests.map(({ headers }) => (headers.authorization ?? '').replace('Bearer ', ''))

test.each(['third-party', 'sipgate-apps'])('a person logs in, in the realm %s', async (realm) => {
  const server = await startLoginServer(realm)
  const fake = await startFake({ accessTokens: (token) => server.scopesOf(token) })
  const credentials = credentialsAt(server, { realm })
  const result = await credentials.login({ openUrl: (url) => void walk(url) })
  expect(result).toMatchObject({ renewable: true, scopes })
  const client = clientOf(fake, { credentials })
  expect(await client.account()).toMatchObject({ company: 'Analytical Engines' })
  expect(await rejection(client.balance())).toMatchObject({ code: 'SCOPE_MISSING', identity: registered.id })

  const page = new URL(server.urls[0] ?? '', server.url)
  expect(page.pathname).toBe(`/auth/realms/${realm}/protocol/openid-connect/auth`)
  expect(page.searchParams.get('code_challenge_method')).toBe('S256')
  expect(page.searchParams.get('state')).toMatch(/^.{40,}$/)
  expect(server.urls.join()).not.toContain('canary')
  const [asked] = server.tokenRequests
  expect(asked?.authorization).toBeUndefined()
  expect(asked?.form.get('client_secret')).toBe(registered.secret)
})

describe('renewal', () => {
  test('each refresh puts a new token in place of the old one, and all of them work', async () => {
    const server = await startLoginServer('third-party')
    const fake = await startFake({ accessTokens: (token) => server.scopesOf(token) })
    const store = memoryTokenStore()
    let ahead = 0
    const refreshToken = await server.newSession(scopes)
    const credentials = credentialsAt(server, { refreshToken, store, now: () => Date.now() + ahead })
    const client = clientOf(fake, { credentials })
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 20 }, () => client.account()))
      ahead += 301_000
    }
    const used = server.tokenRequests.map(({ form }) => form.get('refresh_token'))
    expect(used).toHaveLength(3)
    expect(new Set(used).size).toBe(3)
    expect(new Set(tokensOf(fake)).size).toBe(3)
    // A new start goes on with what the store has: the first refresh token is worth nothing any more.
    const later = clientOf(fake, {
      credentials: credentialsAt(server, { refreshToken, store, now: () => Date.now() + ahead }),
    })
    expect(await later.account()).toMatchObject({ verified: true })
  })

  test('after a 401 a message is sent once more, with the body that it had', async () => {
    const server = await startLoginServer('third-party')
    const fake = await startFake({ accessTokens: (token) => server.scopesOf(token) })
    const credentials = credentialsAt(server, { refreshToken: await server.newSession(scopes) })
    const client = clientOf(fake, { credentials })
    await client.account()
    await server.revoke(tokensOf(fake)[0] ?? '')
    const message = { smsId: 's0', recipient: '+4915799912345', message: 'Grüße' }
    await client.sms.send(message)
    expect(fake.requests.map(({ path }) => path)).toEqual(['/account', '/sessions/sms', '/sessions/sms'])
    expect(fake.account.sentSms).toEqual([message])
    expect(server.tokenRequests).toHaveLength(2)
  })

  test('a 403 renews nothing', async () => {
    const server = await startLoginServer('third-party')
    const fake = await startFake({ accessTokens: (token) => server.scopesOf(token) })
    const client = clientOf(fake, {
      credentials: credentialsAt(server, { refreshToken: await server.newSession(scopes) }),
    })
    await expect(client.balance()).rejects.toMatchObject({ code: 'SCOPE_MISSING' })
    expect(server.tokenRequests).toHaveLength(1)
    expect(fake.requests).toHaveLength(1)
  })

  test('a session that has ended says "log in again", and asks nobody', async () => {
    const server = await startLoginServer('third-party')
    const fake = await startFake({ accessTokens: (token) => server.scopesOf(token) })
    const client = clientOf(fake, { credentials: credentialsAt(server, { refreshToken: 'canary-used-before' }) })
    for (const error of await rejections([client.account(), client.account()])) {
      expect(error).toMatchObject({
        name: 'AuthError',
        code: 'LOGIN_REQUIRED',
        message: expect.stringMatching(/log in again/i),
      })
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary')
    }
    expect(server.tokenRequests).toHaveLength(1)
    expect(fake.requests).toHaveLength(0)
  })

  test('the wrong realm is an error, and not the end of the session', async () => {
    const server = await startLoginServer('third-party')
    const fake = await startFake()
    const credentials = credentialsAt(server, { realm: 'sipgate-apps', refreshToken: 'canary' })
    const error = await rejection(clientOf(fake, { credentials }).account())
    expect(error).toMatchObject({ name: 'AuthError', code: 'AUTH_FAILED' })
    expect(String(error)).not.toContain('canary')
  })
})

test('the login server has an address of its own', async () => {
  const seen: string[] = []
  const credentials = sipgateOAuth({
    clientId: 'c',
    clientSecret: 's',
    realm: 'sipgate-apps',
    scopes: ['account:read'],
    refreshToken: 'r',
    fetch: (url) => {
      seen.push(url)
      return Promise.reject(new Error('not today'))
    },
  })
  expect(credentials).toMatchObject({ scheme: 'oauth', identity: 'c' })
  const client = clientOf(await startFake(), { credentials })
  await expect(client.account()).rejects.toMatchObject({ code: 'TOKEN_SERVER_UNAVAILABLE' })
  expect(seen).toEqual(['https://login.sipgate.com/auth/realms/sipgate-apps/protocol/openid-connect/token'])
})

describe('refuses at once, without showing what is secret,', () => {
  const make = (options: object): unknown =>
    Reflect.apply(sipgateOAuth, undefined, [
      { clientId: 'c', clientSecret: 'canary', realm: 'third-party', scopes: ['account:read'], ...options },
    ])

  test.each([
    ['no realm', { realm: undefined }, 'INVALID_OPTION', /realm/],
    ['an empty realm', { realm: '' }, 'INVALID_OPTION', /realm/],
    ['a realm that is a path', { realm: 'x/../y' }, 'INVALID_OPTION', /realm/],
    ['a realm of dots', { realm: '..' }, 'INVALID_OPTION', /realm/],
    ['no secret', { clientSecret: '' }, 'EMPTY_SECRET', /clientSecret/],
    ['no client', { clientId: '' }, 'INVALID_OPTION', /clientId/],
    ['scopes in one text', { scopes: ['account:read balance:read'] }, 'INVALID_OPTION', /scopes/],
    ['http to another machine', { loginUrl: 'http://login.sipgate.com/auth' }, 'INSECURE_URL', /https/],
    ['no address', { loginUrl: 'login.sipgate.com' }, 'INVALID_URL', /./],
    ['a misspelt option', { client_secret: 'canary' }, 'UNKNOWN_OPTION', /clientSecret/],
  ])('%s', async (_name, options, code, message) => {
    const error = await rejection(() => make(options))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(String(error)).not.toContain('canary')
  })
})
