import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { networkInterfaces } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { httpClient } from '../../core/test/support/client.ts'
import { rejection } from '../../core/test/support/rejection.ts'
import { json, startPlainServer, startServer } from '../../core/test/support/server.ts'
import { bearerAuth } from '../src/index.ts'
import { memoryTokenStore, oauth, type TokenStore } from '../src/oauth/index.ts'
import { startApi, tokenOf } from './support/api.ts'
import { fakeClient } from './support/attempt.ts'
import { startProvider } from './support/provider.ts'

// What well-known libraries and the vendor's examples get wrong (reference/sipgate.md 1.4, 1.5, 3.2, 4.2), each as a
// test of what is right.

interface Asked {
  readonly form: URLSearchParams
  readonly authorization: string | undefined
}

/** A token endpoint that hands out 'at1', 'at2', … and 'rt1', 'rt2', …: nothing of it looks like a JWT. */
async function tokenServer(extra: (count: number) => object = () => ({})) {
  const asked: Asked[] = []
  const server = await startPlainServer(({ body, headers }, response) => {
    const count = asked.push({ form: new URLSearchParams(body), authorization: headers.authorization })
    const tokens = { access_token: `at${count}`, refresh_token: `rt${count}`, token_type: 'bearer', expires_in: 300 }
    json(response, 200, { ...tokens, ...extra(count) })
  })
  return { endpoints: { token: `${server.origin}/token` }, asked }
}

describe('octokit/auth-oauth-user', () => {
  it('3 concurrent requests and one after them renew once, and what was got is kept', async () => {
    const { endpoints, asked } = await tokenServer()
    const store = memoryTokenStore()
    const client = fakeClient(oauth({ endpoints, clientId: 'c', refreshToken: 'rt0', store }))
    await Promise.all([client.authorize(), client.authorize(), client.authorize()])
    expect(await client.authorize()).toBe('Bearer at1')
    expect(asked).toHaveLength(1)
    expect(await store.read()).toContain('rt1')
  })

  it('an address of another server gets no token', async () => {
    const { endpoints } = await tokenServer()
    const other = await startServer((_request, response) => json(response, 200, {}))
    const api = await startServer(({ url }, response) => {
      response.writeHead(302, { location: `${other.origin}${url}` }).end()
    })
    const client = httpClient(api, { credentials: oauth({ endpoints, clientId: 'c', refreshToken: 'rt0' }) })
    await client.get('/account')
    expect(await rejection(client.fetch(`${other.origin}/account`))).toBeInstanceOf(Error)
    expect(api.seen[0]?.headers.authorization).toBe('Bearer at1')
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })
})

describe('google-auth-library', () => {
  it('a rotated refresh token is used next, and the old one never again', async () => {
    let now = 1_700_000_000_000
    const { endpoints, asked } = await tokenServer()
    const client = fakeClient(oauth({ endpoints, clientId: 'c', refreshToken: 'rt0', now: () => now }))
    for (let round = 0; round < 3; round += 1) {
      await client.authorize()
      now += 400_000
    }
    expect(asked.map(({ form }) => form.get('refresh_token'))).toEqual(['rt0', 'rt1', 'rt2'])
  })

  it('a 403 renews nothing', async () => {
    const { endpoints, asked } = await tokenServer()
    const api = await startServer((_request, response) => json(response, 403, {}))
    const client = httpClient(api, { credentials: oauth({ endpoints, clientId: 'c', refreshToken: 'rt0' }) })
    expect(await rejection(client.get('/account'))).toMatchObject({ code: 'HTTP_403' })
    expect(asked).toHaveLength(1)
    expect(api.seen).toHaveLength(1)
  })

  it('keeping a token is waited for', async () => {
    const { endpoints } = await tokenServer()
    const inner = memoryTokenStore()
    const update: TokenStore['update'] = async (change) => {
      await inner.update(change)
      await nextTurn()
      kept = true
    }
    let kept = false
    await fakeClient(oauth({ endpoints, clientId: 'c', refreshToken: 'rt0', store: { ...inner, update } })).authorize()
    expect(kept).toBe(true)
  })
})

describe('simple-oauth2', () => {
  it('an answer without a refresh token leaves the old one', async () => {
    let now = 1_700_000_000_000
    const { endpoints, asked } = await tokenServer(() => ({ refresh_token: undefined }))
    const store = memoryTokenStore()
    const client = fakeClient(oauth({ endpoints, clientId: 'c', refreshToken: 'rt0', now: () => now, store }))
    for (let round = 0; round < 2; round += 1) {
      await client.authorize()
      now += 400_000
    }
    expect(asked.map(({ form }) => form.get('refresh_token'))).toEqual(['rt0', 'rt0'])
    expect(await store.read()).toContain('rt0')
  })
})

describe('platformatic/undici-oidc-interceptor', () => {
  it('a renewal proves who the client is', async () => {
    for (const clientAuthentication of ['basic', 'post'] as const) {
      const { endpoints, asked } = await tokenServer()
      const client = { clientId: 'c:1', clientSecret: 's€ cret', clientAuthentication }
      await fakeClient(oauth({ endpoints, ...client, refreshToken: 'rt0' })).authorize()
      // RFC 6749, section 2.3.1: form-encoded before Base64.
      const basic = `Basic ${Buffer.from('c%3A1:s%E2%82%AC+cret').toString('base64')}`
      const [{ form, authorization } = { form: new URLSearchParams(), authorization: undefined }] = asked
      expect(authorization).toBe(clientAuthentication === 'basic' ? basic : undefined)
      expect(form.get('client_secret')).toBe(clientAuthentication === 'basic' ? null : 's€ cret')
    }
  })

  it('the request after a 401 goes over the same client, with its TLS identity and trust', async () => {
    const { endpoints } = await tokenServer()
    const api = await startServer(({ headers }, response) =>
      json(response, headers.authorization === 'Bearer at2' ? 200 : 401, {}),
    )
    // The server signed its own certificate: another way there would not trust it.
    const client = httpClient(api, { credentials: oauth({ endpoints, clientId: 'c', refreshToken: 'rt0' }) })
    expect((await client.get('/account')).status).toBe(200)
    expect(api.seen).toHaveLength(2)
  })
})

describe('aws-sdk', () => {
  it('a failure is not kept', async () => {
    let away = true
    const { endpoints } = await tokenServer()
    const fetch = async (...values: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      if (away) throw new TypeError('fetch failed')
      return globalThis.fetch(...values)
    }
    const client = fakeClient(oauth({ endpoints, clientId: 'c', refreshToken: 'rt0', fetch }))
    expect(await rejection(client.authorize())).toMatchObject({ code: 'TOKEN_SERVER_UNAVAILABLE' })
    away = false
    expect(await client.authorize()).toBe('Bearer at1')
  })

  it('clients that share credentials share their tokens', async () => {
    const { endpoints, asked } = await tokenServer()
    const credentials = oauth({ endpoints, clientId: 'c', refreshToken: 'rt0' })
    await fakeClient(credentials).authorize()
    await fakeClient(credentials).authorize()
    expect(asked).toHaveLength(1)
  })
})

describe('azure/identity', () => {
  it('a token of 300 s is used for 270 s, not renewed all the time', async () => {
    let now = 1_700_000_000_000
    const { endpoints, asked } = await tokenServer()
    const client = fakeClient(oauth({ endpoints, clientId: 'c', refreshToken: 'rt0', now: () => now }))
    for (let second = 0; second < 270; second += 1) {
      await client.authorize()
      now += 1000
    }
    expect(asked).toHaveLength(1)
  })
})

describe('integration-bridge-framework', () => {
  it('a slow renewal does not start another', async () => {
    let now = 1_700_000_000_000
    const { endpoints, asked } = await tokenServer()
    let answer = (): void => undefined
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    const fetch = async (...values: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      await held
      return globalThis.fetch(...values)
    }
    const store = memoryTokenStore()
    const options = { endpoints, clientId: 'c', refreshToken: 'rt0', fetch, store, now: () => now }
    const [one, two] = [fakeClient(oauth(options)), fakeClient(oauth(options))]
    const first = [one.authorize(), two.authorize()]
    now += 20_000
    const second = [one.authorize(), two.authorize()]
    await nextTurn()
    answer()
    expect(new Set(await Promise.all([...first, ...second]))).toEqual(new Set(['Bearer at1']))
    expect(asked).toHaveLength(1)
  })

  it('all who wait for a renewal that fails are told', async () => {
    const server = await startPlainServer((_request, response) => json(response, 503, {}))
    const endpoints = { token: `${server.origin}/token` }
    const client = fakeClient(oauth({ endpoints, clientId: 'c', refreshToken: 'rt0' }))
    const errors = await Promise.all(Array.from({ length: 5 }, () => rejection(client.authorize())))
    for (const error of errors) expect(error).toMatchObject({ code: 'TOKEN_SERVER_UNAVAILABLE', status: 503 })
    expect(server.seen).toHaveLength(1)
  })
})

describe('sipgateio', () => {
  it('opaque tokens and tokens of any shape are taken', async () => {
    for (const token of ['opaque', 'a.b.c', '1|abcDEF', 'tok:en', 'eyJ-_-.eyJ_-_.x-_']) {
      expect(await fakeClient(bearerAuth({ token })).authorize()).toBe(`Bearer ${token}`)
    }
  })

  it('what was refused is not in the error', async () => {
    const error = await rejection(async () => bearerAuth({ token: 'd2f8a4e0 b1c3' }))
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('d2f8a4e0')
  })

  it('an error tells what happened, by code and status', async () => {
    const server = await startPlainServer((_request, response) => json(response, 400, { error: 'invalid_scope' }))
    const endpoints = { token: `${server.origin}/token` }
    const error = await rejection(fakeClient(oauth({ endpoints, clientId: 'c', refreshToken: 'rt0' })).authorize())
    expect(error).toMatchObject({ name: 'AuthError', code: 'AUTH_FAILED', status: 400, identity: undefined })
    expect(String(error)).toContain('invalid_scope')
  })

  it('what is async rejects, and never throws', async () => {
    const credentials = oauth({ issuer: 'https://login.example.org', clientId: 'c' })
    const login = credentials.login()
    expect(await rejection(login)).toMatchObject({ code: 'INVALID_OPTION' })
    const wrong = { signal: undefined, shw: 1 }
    expect(await rejection(credentials.loginOnAnotherDevice(wrong))).toMatchObject({ code: 'UNKNOWN_OPTION' })
  })
})

describe('the OAuth examples of sipgate', () => {
  /** Something that keeps all that a browser would be shown. */
  const pageOf = async (how: { timeout: number }, redirectUri: string): Promise<string> => {
    const endpoints = { token: 'https://login.example.org/token', authorization: 'https://login.example.org/auth' }
    const options = { clientId: 'c', clientSecret: 'the-client-secret', endpoints, redirectUris: [redirectUri] }
    let page = ''
    await rejection(oauth(options).login({ ...how, openUrl: (url) => void (page = url) }))
    return page
  }

  it('the client secret is not in the address that a browser opens (python)', async () => {
    const page = await pageOf({ timeout: 20 }, 'http://localhost:0/oauth')
    expect(page).not.toContain('the-client-secret')
    expect([...new URL(page).searchParams.keys()].sort()).toEqual([
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'redirect_uri',
      'response_type',
      'state',
    ])
  })

  it('the state cannot be guessed, and is another each time (php)', async () => {
    const pages = await Promise.all([1, 2, 3].map(() => pageOf({ timeout: 20 }, 'http://127.0.0.1:0/oauth')))
    const states = pages.map((page) => new URL(page).searchParams.get('state') ?? '')
    expect(new Set(states).size).toBe(3)
    for (const state of states) expect(state.length).toBeGreaterThanOrEqual(32)
  })

  it('nobody outside this machine reaches the way back (node)', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one && !one.internal && one.family === 'IPv4')?.address
    const reached: unknown[] = []
    const endpoints = { token: 'https://login.example.org/token', authorization: 'https://login.example.org/auth' }
    const credentials = oauth({ clientId: 'c', endpoints, redirectUris: ['http://localhost:0/oauth'] })
    const openUrl = async (page: string): Promise<void> => {
      const { port } = new URL(new URL(page).searchParams.get('redirect_uri') ?? '')
      if (outside) reached.push(await rejection(fetch(`http://${outside}:${port}/oauth`)))
      throw new Error('enough')
    }
    await rejection(credentials.login({ openUrl }))
    if (outside) expect(reached[0]).toBeInstanceOf(TypeError)
  })

  it('after a renewal the new token is used (node)', async () => {
    const provider = await startProvider()
    const api = await startApi(provider)
    const refreshToken = await provider.session()
    const credentials = oauth({ issuer: provider.issuer, clientId: 'public', refreshToken })
    const client = httpClient(api, { credentials })
    await client.get('/account')
    await provider.revoke(tokenOf(api.seen[0]?.headers ?? {}) ?? '')
    await client.get('/account')
    const tokens = api.seen.map(({ headers }) => tokenOf(headers))
    expect(tokens[1]).toBe(tokens[0])
    expect(tokens[2]).not.toBe(tokens[0])
  })
})

it('the credentials of the API stay out of the requests to the token endpoint, and the other way round', async () => {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    const tokens = { access_token: `at${requests.length}`, refresh_token: 'rt', token_type: 'bearer' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(tokens))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const endpoints = { token: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/token` }
  const api = await startServer((_request, response) => json(response, 200, {}))
  const credentials = oauth({ endpoints, clientId: 'c', refreshToken: 'rt0' })
  await httpClient(api, { credentials, headers: { 'x-api-key': 'k' } }).get('/account')
  expect(requests[0]?.headers).not.toHaveProperty('x-api-key')
  expect(requests[0]?.headers.authorization).toBeUndefined()
  expect(api.seen).toHaveLength(1)
})
