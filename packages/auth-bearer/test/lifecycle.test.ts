import type { HttpClient } from '@handlekit/core'
import { AuthError } from '@handlekit/core/credentials'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { httpClient } from '../../core/test/support/client.ts'
import { rejection } from '../../core/test/support/rejection.ts'
import { json, startServer } from '../../core/test/support/server.ts'
import {
  memoryTokenStore,
  oauth,
  type OAuthCredentials,
  type OAuthOptions,
  type TokenStore,
} from '../src/oauth/index.ts'
import { startApi, tokenOf } from './support/api.ts'
import { fakeClient } from './support/attempt.ts'
import { walk } from './support/browser-walk.ts'
import { secrets, startProvider, type TestProvider } from './support/provider.ts'

/** A clock that is put forward by hand. */
function clock(): { now: () => number; forward(seconds: number): void } {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    forward(seconds) {
      ahead += seconds * 1000
    },
  }
}

async function start(options: Partial<OAuthOptions> = {}) {
  const provider = await startProvider()
  const time = clock()
  const refreshToken = await provider.session()
  const credentials = oauth({ issuer: provider.issuer, clientId: 'public', refreshToken, now: time.now, ...options })
  return { provider, time, credentials }
}

const refreshes = ({ asked }: TestProvider): number => asked.filter(({ grant }) => grant === 'refresh_token').length

/** An API that holds its 401s until there are so many, and then gives each when the call before it has succeeded. */
async function staggering(provider: TestProvider, refusals: number) {
  const held: (() => void)[] = []
  let reach = (): void => undefined
  const refused = new Promise<void>((resolve) => {
    reach = resolve
  })
  const release = (): void => held.shift()?.()
  const api = await startServer(async ({ headers, url, body }, response) => {
    const good = await provider.accepts(tokenOf(headers))
    if (!good) {
      await new Promise<void>((resolve) => {
        if (held.push(resolve) === refusals) reach()
      })
    } else if (url !== '/account') release()
    json(response, good ? 200 : 401, { url, body })
  })
  return { api, refused, release }
}

/** Answers the token endpoint in the provider's place. */
function answer(provider: TestProvider, status: number, body: unknown = {}): void {
  provider.fault = (request, response) => {
    if (request.url !== '/token') return false
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    return true
  }
}

/** Holds requests to the token endpoint until told otherwise. */
function hold(provider: TestProvider): { release: () => void; reached: Promise<void> } {
  let reach = (): void => undefined
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const held: (() => void)[] = []
  provider.fault = (request, response, body) => {
    if (request.url !== '/token') return false
    Object.assign(request, { body })
    held.push(() => void provider.provider.callback()(request, response))
    reach()
    return true
  }
  return {
    reached,
    release() {
      provider.fault = undefined
      for (const go of held) go()
    },
  }
}

describe('one renewal at a time', () => {
  it('1,000 calls with an expired token cause one', async () => {
    const { provider, time, credentials } = await start()
    const api = await startApi(provider)
    const client = httpClient(api, { credentials })
    await client.get('/account')
    time.forward(301)
    await provider.revoke(tokenOf(api.seen[0]?.headers ?? {}) ?? '')
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => client.get('/account')))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(refreshes(provider)).toBe(2)
    expect(api.seen).toHaveLength(1_001)
  })

  it('also for several clients, each asked as often as it likes', async () => {
    const { provider, credentials } = await start()
    const clients = Array.from({ length: 10 }, () => fakeClient(credentials))
    const headers = await Promise.all(clients.flatMap((client) => [client.authorize(), client.authorize()]))
    expect(new Set(headers).size).toBe(1)
    expect(refreshes(provider)).toBe(1)
  })

  it('8 staggered 401s cause one, and bodies are sent again', async () => {
    const { provider, credentials } = await start()
    const { api, refused, release } = await staggering(provider, 8)
    const client = httpClient(api, { credentials })
    await client.get('/account')
    await provider.revoke(tokenOf(api.seen[0]?.headers ?? {}) ?? '')
    const numbers = Array.from({ length: 8 }, (_, number) => number)
    const calls = numbers.map((number) => client.put(`/numbers/${number}`, { number }))
    await refused
    release()
    const answers = await Promise.all(calls)
    expect(answers.map(({ body }) => Reflect.get(Object(body), 'body'))).toEqual(
      numbers.map((number) => JSON.stringify({ number })),
    )
    expect(refreshes(provider)).toBe(2)
    expect(api.seen).toHaveLength(17)
  })

  it('8 staggered 401s of two clients that share the credentials cause one', async () => {
    const { provider, credentials } = await start()
    const { api, refused, release } = await staggering(provider, 8)
    const clients = [httpClient(api, { credentials }), httpClient(api, { credentials })]
    await Promise.all(clients.map((client) => client.get('/account')))
    await provider.revoke(tokenOf(api.seen[0]?.headers ?? {}) ?? '')
    const calls = clients.flatMap((client) =>
      [1, 2, 3, 4].map((number) => client.put(`/numbers/${number}`, { number })),
    )
    await refused
    release()
    const answers = await Promise.all(calls)
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(refreshes(provider)).toBe(2)
  })

  it('a 401 for a token that was renewed ahead of time does not renew again', async () => {
    const { provider, time, credentials } = await start()
    const client = fakeClient(credentials)
    const first = await client.authorize()
    time.forward(280)
    const second = await client.authorize()
    expect(second).not.toBe(first)
    expect(await client.challenge(first)).toBe(true)
    expect(refreshes(provider)).toBe(2)
    expect(await client.challenge(second)).toBe(true)
    expect(refreshes(provider)).toBe(3)
  })

  it('a request that was under way while its token was renewed ahead of time is sent again, and renews nothing', async () => {
    const { provider, time, credentials } = await start()
    let first = ''
    let refuse = (): void => undefined
    const api = await startServer(async ({ headers, url }, response) => {
      first ||= tokenOf(headers) ?? ''
      const old = tokenOf(headers) === first
      if (url === '/slow' && old) {
        await new Promise<void>((resolve) => {
          refuse = resolve
        })
      }
      json(response, url === '/slow' && old ? 401 : 200, {})
    })
    const client = httpClient(api, { credentials })
    const slow = client.post('/slow', { number: 1 })
    await expect.poll(() => api.seen.length).toBe(1)
    time.forward(280)
    await client.get('/account')
    refuse()
    expect((await slow).status).toBe(200)
    expect(api.seen).toHaveLength(3)
    expect(refreshes(provider)).toBe(2)
  })

  it('a token that is revoked twice in a row is renewed twice', async () => {
    const { provider, credentials } = await start()
    const api = await startApi(provider)
    const client = httpClient(api, { credentials })
    for (let round = 1; round <= 3; round += 1) {
      await client.get('/account')
      expect(refreshes(provider)).toBe(round)
      await provider.revoke(tokenOf(api.seen.at(-1)?.headers ?? {}) ?? '')
    }
  })
})

describe('a token', () => {
  it.each([
    [300, 30],
    [3_600, 30],
    [20, 2],
    [2, 0.2],
  ])('that lives %d s is renewed %d s before its end', async (life, margin) => {
    let now = 1_700_000_000_000
    const { provider, credentials } = await start({ now: () => now })
    provider.edit = (body) => ({ ...body, expires_in: life })
    const client = fakeClient(credentials)
    await client.authorize()
    now += (life - margin) * 1000 - 1
    expect(client.authorizeNow()).toMatch(/^Bearer /)
    expect(refreshes(provider)).toBe(1)
    now += 1
    await client.authorize()
    expect(refreshes(provider)).toBe(2)
  })

  it('without an end serves until a 401', async () => {
    const { provider, time, credentials } = await start()
    provider.edit = (body) => ({ ...body, expires_in: undefined })
    const client = fakeClient(credentials)
    await client.authorize()
    time.forward(1_000_000)
    expect(client.authorizeNow()).toMatch(/^Bearer /)
    expect(await client.challenge()).toBe(true)
    expect(refreshes(provider)).toBe(2)
  })

  it('that has ended when it comes is used all the same', async () => {
    const { provider, credentials } = await start()
    provider.edit = (body) => ({ ...body, expires_in: 0 })
    expect(await fakeClient(credentials).authorize()).toMatch(/^Bearer /)
  })

  it('lives from before it was asked for', async () => {
    let now = 1_700_000_000_000
    const { provider, credentials } = await start({ now: () => now })
    provider.edit = (body) => {
      now += 20_000
      return { ...body, expires_in: 300 }
    }
    const client = fakeClient(credentials)
    await client.authorize()
    now += 250_000
    expect(client.authorizeNow()).toBeUndefined()
  })

  it('expires_in may be text', async () => {
    const { provider, time, credentials } = await start()
    provider.edit = (body) => ({ ...body, expires_in: '300' })
    const client = fakeClient(credentials)
    await client.authorize()
    time.forward(269)
    expect(client.authorizeNow()).toBeDefined()
  })
})

describe('the refresh token', () => {
  it('of an answer replaces the old one', async () => {
    const { provider, time, credentials } = await start()
    const client = fakeClient(credentials)
    for (let round = 0; round < 4; round += 1) {
      await client.authorize()
      time.forward(400)
    }
    const used = provider.asked.map(({ form }) => form.get('refresh_token'))
    expect(new Set(used).size).toBe(4)
  })

  it.each([['none'], [null], ['']])('stays the old one when the answer has %j', async (given) => {
    const { provider, time, credentials } = await start()
    let token: unknown
    provider.edit = ({ refresh_token: next, ...body }) => {
      // The provider has rotated all the same, so its own is put in place for the next time.
      token = next
      return given === 'none' ? body : { ...body, refresh_token: given }
    }
    const client = fakeClient(credentials)
    await client.authorize()
    time.forward(400)
    expect(await rejection(client.authorize())).toMatchObject({ code: 'LOGIN_REQUIRED' })
    const [first, second] = provider.asked.map(({ form }) => form.get('refresh_token'))
    expect(second).toBe(first)
    expect(second).not.toBe(token)
  })

  it('an ID token that is wrong does not spoil a renewal', async () => {
    const { provider, time, credentials } = await start()
    provider.edit = (body) => ({ ...body, id_token: 'no.jwt.at-all' })
    const client = fakeClient(credentials)
    await client.authorize()
    time.forward(400)
    expect(await client.authorize()).toMatch(/^Bearer /)
  })
})

describe('invalid_grant', () => {
  it('is final, says what to do, and is not asked for again', async () => {
    const { provider, time, credentials } = await start()
    const client = fakeClient(credentials)
    await client.authorize()
    time.forward(400)
    answer(provider, 400, { error: 'invalid_grant', error_description: 'Session not active' })
    const error = await rejection(client.authorize())
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({ code: 'LOGIN_REQUIRED', status: 400, scheme: 'oauth' })
    expect(String(error)).toMatch(/Session not active.*Log in again/)
    const asked = provider.asked.length
    provider.fault = undefined
    for (let round = 0; round < 5; round += 1) {
      expect(await rejection(client.authorize())).toMatchObject({ code: 'LOGIN_REQUIRED' })
    }
    expect(provider.asked).toHaveLength(asked)
  })

  it('ends with a login', async () => {
    const { provider, time, credentials } = await start({
      redirectUris: ['http://127.0.0.1:0/oauth'],
      scopes: ['openid', 'offline_access'],
    })
    const client = fakeClient(credentials)
    answer(provider, 400, { error: 'invalid_grant' })
    expect(await rejection(client.authorize())).toMatchObject({ code: 'LOGIN_REQUIRED' })
    provider.fault = undefined
    await credentials.login({ openUrl: (url) => void walk(url) })
    expect(await client.authorize()).toMatch(/^Bearer /)
    time.forward(400)
    expect(await client.authorize()).toMatch(/^Bearer /)
  })

  it('ends with a login in another process that shares the store', async () => {
    const store = memoryTokenStore()
    const { provider, credentials } = await start({ store })
    const client = fakeClient(credentials)
    answer(provider, 400, { error: 'invalid_grant' })
    expect(await rejection(client.authorize())).toMatchObject({ code: 'LOGIN_REQUIRED' })
    provider.fault = undefined
    const refreshToken = await provider.session()
    await fakeClient(oauth({ issuer: provider.issuer, clientId: 'public', refreshToken, store })).authorize()
    const other = oauth({ issuer: provider.issuer, clientId: 'public', store })
    expect(await fakeClient(other).authorize()).toMatch(/^Bearer /)
  })

  it('nobody logged in is told as such', async () => {
    const provider = await startProvider()
    const credentials = oauth({ issuer: provider.issuer, clientId: 'public' })
    const error = await rejection(fakeClient(credentials).authorize())
    expect(error).toMatchObject({ code: 'LOGIN_REQUIRED' })
    expect(String(error)).toContain('login()')
    expect(provider.asked).toHaveLength(0)
  })

  it('reaches the caller of a client, after a 401 as well', async () => {
    const { provider, credentials } = await start()
    const api = await startApi(provider)
    const client = httpClient(api, { credentials })
    await client.get('/account')
    await provider.revoke(tokenOf(api.seen[0]?.headers ?? {}) ?? '')
    answer(provider, 400, { error: 'invalid_grant' })
    expect(await rejection(client.get('/account'))).toMatchObject({ code: 'LOGIN_REQUIRED' })
  })
})

describe('a server that is away', () => {
  const away: [string, (provider: TestProvider) => void][] = [
    ['503', (provider) => answer(provider, 503)],
    ['500 with an error in it', (provider) => answer(provider, 500, { error: 'invalid_grant' })],
    ['429', (provider) => answer(provider, 429)],
    [
      'a cut connection',
      (provider) => {
        provider.fault = (request, response) => request.url === '/token' && Boolean(response.destroy())
      },
    ],
  ]

  it.each(away)('%s is not final', async (_name, fail) => {
    const { provider, time, credentials } = await start()
    const client = fakeClient(credentials)
    await client.authorize()
    time.forward(400)
    fail(provider)
    const error = await rejection(client.authorize())
    expect(error).toMatchObject({ code: 'TOKEN_SERVER_UNAVAILABLE', scheme: 'oauth' })
    expect(String(error)).toContain('try again later')
    provider.fault = undefined
    expect(await client.authorize()).toMatch(/^Bearer /)
  })

  it.each(away)('%s shortly before the end leaves the token in use, and is tried again', async (_name, fail) => {
    const { provider, time, credentials } = await start()
    const client = fakeClient(credentials)
    const first = await client.authorize()
    time.forward(280)
    fail(provider)
    expect(await client.authorize()).toBe(first)
    const asked = provider.asked.length
    expect(client.authorizeNow()).toBe(first)
    expect(provider.asked).toHaveLength(asked)
    time.forward(4)
    provider.fault = undefined
    expect(await client.authorize()).not.toBe(first)
  })

  it('that never answers is given up', async () => {
    const { provider, credentials } = await start({ timeout: 50 })
    hold(provider)
    const error = await rejection(fakeClient(credentials).authorize())
    expect(error).toMatchObject({ code: 'TOKEN_SERVER_UNAVAILABLE' })
    expect(String(error)).toContain('50 ms')
  })
})

/** The only caller of a renewal gives up while it runs; what this gives lets it go on. */
async function abandonedRenewal(client: HttpClient, provider: TestProvider): Promise<() => void> {
  const { release, reached } = hold(provider)
  const controller = new AbortController()
  const impatient = rejection(client.get('/account', { signal: controller.signal }))
  await reached
  controller.abort()
  await impatient
  return release
}

describe('a caller that gives up', () => {
  it('does not end the renewal, nor the wait of others', async () => {
    const { provider, credentials } = await start()
    const api = await startApi(provider)
    const client = httpClient(api, { credentials })
    const { release, reached } = hold(provider)
    const controller = new AbortController()
    const impatient = rejection(client.get('/account', { signal: controller.signal }))
    const patient = client.get('/account')
    await reached
    controller.abort(new Error('enough'))
    expect(await impatient).toMatchObject({ message: 'enough' })
    release()
    expect((await patient).status).toBe(200)
    expect(refreshes(provider)).toBe(1)
  })

  it('alone leaves a renewal that still ends, and is kept', async () => {
    const { provider, credentials } = await start()
    const api = await startApi(provider)
    const client = httpClient(api, { credentials })
    const release = await abandonedRenewal(client, provider)
    release()
    expect((await client.get('/account')).status).toBe(200)
    expect(refreshes(provider)).toBe(1)
  })

  it('closing a client waits for the renewal', async () => {
    const kept: string[] = []
    const store: TokenStore = {
      read: async () => kept.at(-1),
      async update(change) {
        const text = await change(kept.at(-1))
        if (text !== undefined) kept.push(text)
      },
    }
    const { provider, credentials } = await start({ store })
    const api = await startApi(provider)
    const client = httpClient(api, { credentials })
    const release = await abandonedRenewal(client, provider)
    const closing = client.close()
    release()
    await closing
    expect(kept).toHaveLength(1)
  })
})

describe('the store', () => {
  it('has the token before anybody uses it', async () => {
    const happened: string[] = []
    const inner = memoryTokenStore()
    const store: TokenStore = {
      ...inner,
      async update(change) {
        await inner.update(change)
        await nextTurn()
        happened.push('stored')
      },
    }
    const { provider, credentials } = await start({ store })
    const api = await startServer((_request, response) => {
      happened.push('used')
      json(response, 200, {})
    })
    const client = httpClient(api, { credentials })
    await Promise.all([client.get('/account'), client.get('/account')])
    expect(happened).toEqual(['stored', 'used', 'used'])
    expect(refreshes(provider)).toBe(1)
  })

  it('that could not keep a token gets it again before another is asked for', async () => {
    const inner = memoryTokenStore()
    let broken = true
    const store: TokenStore = {
      ...inner,
      update: (change) =>
        inner.update(async (text) => {
          const next = await change(text)
          if (broken) throw new Error('disk full')
          return next
        }),
    }
    const { provider, time, credentials } = await start({ store })
    const client = fakeClient(credentials)
    expect(await rejection(client.authorize())).toMatchObject({ message: 'disk full' })
    expect(await rejection(client.authorize())).toMatchObject({ message: 'disk full' })
    broken = false
    expect(await client.authorize()).toMatch(/^Bearer /)
    expect(refreshes(provider)).toBe(1)
    time.forward(400)
    expect(await client.authorize()).toMatch(/^Bearer /)
    expect(refreshes(provider)).toBe(2)
  })

  it('serves a new start without a renewal', async () => {
    const store = memoryTokenStore()
    const { provider, credentials } = await start({ store })
    const first = await fakeClient(credentials).authorize()
    const again = oauth({ issuer: provider.issuer, clientId: 'public', store })
    expect(await fakeClient(again).authorize()).toBe(first)
    expect(refreshes(provider)).toBe(1)
  })

  it('what another has renewed is adopted, before the end and after a 401', async () => {
    const store = memoryTokenStore()
    const { provider, time, credentials } = await start({ store })
    const other = oauth({ issuer: provider.issuer, clientId: 'public', store, now: time.now })
    const [mine, theirs] = [fakeClient(credentials), fakeClient(other)]
    await mine.authorize()
    await theirs.authorize()
    time.forward(280)
    const second = await theirs.authorize()
    expect(await mine.authorize()).toBe(second)
    expect(await theirs.challenge(second)).toBe(true)
    const third = await theirs.authorize()
    expect(third).not.toBe(second)
    expect(await mine.challenge(second)).toBe(true)
    expect(await mine.authorize()).toBe(third)
    expect(refreshes(provider)).toBe(3)
  })

  it('a new refreshToken begins a new session; the same one goes on with what is kept', async () => {
    const store = memoryTokenStore()
    const { provider, credentials } = await start({ store })
    const first = await fakeClient(credentials).authorize()
    const refreshToken = await provider.session()
    const make = (): OAuthCredentials => oauth({ issuer: provider.issuer, clientId: 'public', refreshToken, store })
    const second = await fakeClient(make()).authorize()
    expect(second).not.toBe(first)
    expect(await fakeClient(make()).authorize()).toBe(second)
  })

  it('with something else in it is told so, without a word of it', async () => {
    for (const text of ['{"access_token":"s3cret-t0ken"}', 's3cret-t0ken', '{"version":2}', '']) {
      const { credentials } = await start({ store: memoryTokenStore(text) })
      const error = await rejection(fakeClient(credentials).authorize())
      expect(error).toMatchObject({ code: 'STORE_FAILED' })
      expect(String(error)).not.toContain('s3cret')
    }
  })
})

describe('several who share a store, some with a refreshToken of their own', () => {
  const setUp = async () => {
    const provider = await startProvider()
    const time = clock()
    const store = memoryTokenStore()
    const common = { issuer: provider.issuer, clientId: 'public', store, now: time.now }
    return { provider, time, store, common, mine: await provider.session() }
  }

  it('a login goes before the refreshToken that a service was started with', async () => {
    const { provider, common, mine } = await setUp()
    const service = fakeClient(oauth({ ...common, refreshToken: mine }))
    answer(provider, 400, { error: 'invalid_grant' })
    expect(await rejection(service.authorize())).toMatchObject({ code: 'LOGIN_REQUIRED' })
    provider.fault = undefined
    const login = oauth({ ...common, redirectUris: ['http://127.0.0.1:0/oauth'], scopes: ['openid'] })
    await login.login({ openUrl: (url) => void walk(url) })
    expect(await service.authorize()).toBe(await fakeClient(login).authorize())
  })

  it('a new refreshToken helps when the session of a login has ended', async () => {
    const { provider, time, common, mine } = await setUp()
    const login = oauth({ ...common, redirectUris: ['http://127.0.0.1:0/oauth'], scopes: ['openid'] })
    await login.login({ openUrl: (url) => void walk(url) })
    time.forward(400)
    answer(provider, 400, { error: 'invalid_grant' })
    const service = fakeClient(oauth({ ...common, refreshToken: mine }))
    expect(await rejection(service.authorize())).toMatchObject({ code: 'LOGIN_REQUIRED' })
    provider.fault = undefined
    expect(await service.authorize()).toMatch(/^Bearer /)
    expect(provider.asked.at(-1)?.form.get('refresh_token')).toBe(mine)
  })

  it('a login replaces what cannot be read', async () => {
    const { common } = await setUp()
    const store = memoryTokenStore('gibberish')
    const login = oauth({ ...common, store, redirectUris: ['http://127.0.0.1:0/oauth'], scopes: ['openid'] })
    await login.login({ openUrl: (url) => void walk(url) })
    expect(await fakeClient(login).authorize()).toMatch(/^Bearer /)
  })

  it('a client that asks for itself leaves alone what was got for other scopes', async () => {
    const { provider, common } = await setUp()
    const base = {
      ...common,
      clientId: 'machine',
      clientSecret: secrets['machine'],
      grant: 'client_credentials',
    } as const
    const first = await fakeClient(oauth({ ...base, scopes: ['account:read'] })).authorize()
    expect(await fakeClient(oauth({ ...base, scopes: ['account:read'] })).authorize()).toBe(first)
    expect(await fakeClient(oauth(base)).authorize()).not.toBe(first)
    expect(provider.asked.map(({ form }) => form.get('scope'))).toEqual(['account:read', null])
  })

  it('a login that could not be kept is kept at the next call', async () => {
    const { common } = await setUp()
    let broken = true
    const update: TokenStore['update'] = (change) =>
      common.store.update(async (text) => {
        const next = await change(text)
        if (broken) throw new Error('disk full')
        return next
      })
    const store = { ...common.store, update }
    const login = oauth({ ...common, store, redirectUris: ['http://127.0.0.1:0/oauth'], scopes: ['openid'] })
    const failed = login.login({ openUrl: (url) => void walk(url) })
    expect(await rejection(failed)).toMatchObject({ message: 'disk full' })
    broken = false
    expect(await fakeClient(login).authorize()).toMatch(/^Bearer /)
    expect(await store.read()).toContain('accessToken')
  })
})
