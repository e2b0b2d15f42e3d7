import { once } from 'node:events'
import { createServer } from 'node:net'
import { request } from 'node:http'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { rejection } from '../../core/test/support/rejection.ts'
import { memoryTokenStore, oauth, type OAuthOptions } from '../src/oauth/index.ts'
import { fakeClient } from './support/attempt.ts'
import { walk } from './support/browser-walk.ts'
import { startProvider } from './support/provider.ts'

const anyPort = 'http://127.0.0.1:0/oauth'

async function start(options: Partial<OAuthOptions> = {}) {
  const provider = await startProvider()
  const store = memoryTokenStore()
  const credentials = oauth({
    issuer: provider.issuer,
    clientId: 'public',
    scopes: ['openid'],
    redirectUris: [anyPort],
    store,
    ...options,
  })
  return { provider, credentials, store }
}

/** Where the login wants to come back to, and with what. */
function wayBack(page: string, answer: Record<string, string>): string {
  const { searchParams } = new URL(page)
  const back = new URL(searchParams.get('redirect_uri') ?? '')
  const own = { state: searchParams.get('state') ?? '', iss: new URL(page).origin }
  for (const [name, value] of Object.entries({ ...own, ...answer })) if (value) back.searchParams.set(name, value)
  return back.href
}

/** Answers the login in the authorization server's place. */
function answering(answer: Record<string, string>, seen: string[] = []): { openUrl: (page: string) => void } {
  return {
    openUrl(page) {
      void fetch(wayBack(page, answer)).then(async (response) => seen.push(await response.text()))
    },
  }
}

const refuse = answering({ error: 'access_denied' }).openUrl

/** A port that is in use. */
async function usedPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

describe('login', () => {
  it('comes back to the address that was registered, letter by letter', async () => {
    const port = await freePort()
    for (const uri of [
      `http://localhost:${port}`,
      `http://localhost:${port}/OAuth/x%20y`,
      `http://127.0.0.1:${port}/`,
    ]) {
      const { credentials } = await start({ redirectUris: [uri] })
      let wanted: string | null = ''
      const login = credentials.login({
        openUrl(page) {
          wanted = new URL(page).searchParams.get('redirect_uri')
          refuse(page)
        },
      })
      expect(await rejection(login)).toMatchObject({ code: 'LOGIN_REFUSED' })
      expect(wanted).toBe(uri)
    }
  })

  it('takes the first address whose port is free', async () => {
    const [used, free] = [await usedPort(), await freePort()]
    const redirectUris = [`http://127.0.0.1:${used}/oauth`, `http://127.0.0.1:${free}/oauth`]
    const { credentials } = await start({ redirectUris })
    const pages: string[] = []
    const openUrl = (page: string): void => {
      pages.push(page)
      refuse(page)
    }
    await rejection(credentials.login({ openUrl }))
    expect(new URL(pages[0] ?? '').searchParams.get('redirect_uri')).toBe(redirectUris[1])
  })

  it('with every port in use says which, before a page is opened', async () => {
    const port = await usedPort()
    const openUrl = vi.fn<() => void>()
    for (const host of ['127.0.0.1', 'localhost']) {
      const { credentials } = await start({ redirectUris: [`http://${host}:${port}/oauth`] })
      const error = await rejection(credentials.login({ openUrl }))
      expect(error).toMatchObject({ code: 'PORT_IN_USE' })
      expect(String(error)).toContain(String(port))
    }
    expect(openUrl).not.toHaveBeenCalled()
  })

  it('listens before the page is opened, on the loopback address alone, and no longer than needed', async () => {
    const { credentials } = await start()
    let back = ''
    const login = credentials.login({
      async openUrl(page) {
        back = wayBack(page, { error: 'access_denied' })
        expect((await fetch(new URL('/favicon.ico', back))).status).toBe(404)
        void fetch(back)
      },
    })
    await rejection(login)
    await expect(fetch(back)).rejects.toThrow('fetch failed')
  })

  it('a refusal is told with its reason, and on the page', async () => {
    const { credentials } = await start()
    const seen: string[] = []
    const answer = { error: 'access_denied', error_description: 'The user said <b>no</b>' }
    const error = await rejection(credentials.login(answering(answer, seen)))
    expect(error).toMatchObject({ code: 'LOGIN_REFUSED' })
    expect(String(error)).toContain('access_denied (The user said <b>no</b>)')
    await expect.poll(() => seen.length).toBe(1)
    expect(seen[0]).toContain('not logged in')
    expect(seen[0]).not.toContain('<b>')
  })

  it.each([
    ['access_denied', 'LOGIN_REFUSED'],
    ['temporarily_unavailable', 'TOKEN_SERVER_UNAVAILABLE'],
    ['server_error', 'TOKEN_SERVER_UNAVAILABLE'],
    ['invalid_scope', 'AUTH_FAILED'],
  ])('%s is %s', async (error, code) => {
    const { provider, credentials } = await start()
    expect(await rejection(credentials.login(answering({ error })))).toMatchObject({ code })
    expect(provider.asked).toHaveLength(0)
  })

  it('a browser that goes away before the end does not undo the login', async () => {
    const { provider, credentials } = await start()
    const controller = new AbortController()
    provider.edit = (tokens) => {
      controller.abort()
      return tokens
    }
    const openUrl = async (page: string): Promise<void> => {
      const back = await walk(page, (url) => url.includes('/oauth?'))
      void fetch(back.url, { signal: controller.signal }).catch(() => undefined)
    }
    expect(await credentials.login({ openUrl })).toMatchObject({ scopes: ['openid'], renewable: true })
  })

  it('another state ends nothing and does nothing: also not with an error', async () => {
    const { provider, credentials } = await start()
    const strangers: number[] = []
    const login = credentials.login({
      async openUrl(page) {
        const wrong = { state: 'another', code: 'stolen' }
        for (const answer of [wrong, { state: 'another', error: 'access_denied' }, { state: '' }]) {
          strangers.push((await fetch(wayBack(page, answer))).status)
        }
        expect(provider.asked).toHaveLength(0)
        void walk(page)
      },
    })
    expect(await login).toMatchObject({ renewable: true })
    expect(strangers).toEqual([400, 400, 400])
  })

  it('an answer of another issuer is refused (RFC 9207)', async () => {
    const { provider, credentials } = await start()
    const error = await rejection(credentials.login(answering({ code: 'c0de', iss: 'https://evil.example' })))
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(String(error)).toContain('iss')
    expect(provider.asked).toHaveLength(0)
    // The provider promises to name itself.
    expect(await rejection(credentials.login(answering({ code: 'c0de', iss: '' })))).toMatchObject({
      code: 'AUTH_FAILED',
    })
    expect(provider.asked).toHaveLength(0)
  })

  it('a code that the server does not know is told, and not shown', async () => {
    const { provider, credentials } = await start()
    const seen: string[] = []
    const login = credentials.login(answering({ code: 'a-wrong-c0de', iss: provider.issuer }, seen))
    const error = await rejection(login)
    expect(error).toMatchObject({ code: 'LOGIN_REQUIRED' })
    expect(String(error)).not.toContain('a-wrong-c0de')
    await expect.poll(() => seen[0]).toContain('not logged in')
  })

  it('a token endpoint that is away is told as such', async () => {
    const { provider, credentials } = await start()
    provider.fault = (request, response) => request.url === '/token' && Boolean(response.writeHead(503).end())
    const error = await rejection(credentials.login({ openUrl: (page) => void walk(page) }))
    expect(error).toMatchObject({ code: 'TOKEN_SERVER_UNAVAILABLE' })
  })

  it('an ID token with another nonce is refused', async () => {
    const { credentials } = await start()
    const openUrl = (page: string): void => {
      const other = new URL(page)
      other.searchParams.set('nonce', 'another')
      void walk(other.href)
    }
    expect(await rejection(credentials.login({ openUrl }))).toMatchObject({ code: 'AUTH_FAILED' })
  })

  it('nobody who comes back in time is told', async () => {
    const { credentials } = await start()
    const error = await rejection(credentials.login({ timeout: 30, openUrl: () => undefined }))
    expect(error).toMatchObject({ code: 'LOGIN_TIMEOUT' })
    expect(String(error)).toContain('30 ms')
  })

  it('ends with its signal, with its reason', async () => {
    const { credentials } = await start()
    const controller = new AbortController()
    const login = credentials.login({ signal: controller.signal, openUrl: () => controller.abort(new Error('enough')) })
    expect(await rejection(login)).toMatchObject({ message: 'enough' })
    const signal = AbortSignal.abort(new Error('before'))
    expect(await rejection(credentials.login({ signal, openUrl: () => undefined }))).toMatchObject({
      message: 'before',
    })
  })

  it('a page that cannot be opened ends it', async () => {
    const { credentials } = await start()
    const openUrl = (): never => {
      throw new Error('no display')
    }
    expect(await rejection(credentials.login({ openUrl }))).toMatchObject({ message: 'no display' })
  })

  it('answers nobody who uses another name for this machine, another method or another path', async () => {
    const { credentials } = await start()
    const statuses: number[] = []
    const ask = (url: URL, options: object): Promise<number> =>
      new Promise((resolve, reject) => {
        const asking = request(url, options, (response) => resolve(response.resume().statusCode ?? 0))
        asking.on('error', reject).end()
      })
    const login = credentials.login({
      async openUrl(page) {
        const back = new URL(wayBack(page, { code: 'c' }))
        statuses.push(await ask(back, { headers: { host: 'evil.example' } }))
        statuses.push(await ask(back, { method: 'POST' }))
        statuses.push(await ask(new URL('/other', back), {}))
        throw new Error('enough')
      },
    })
    await rejection(login)
    expect(statuses).toEqual([421, 405, 404])
  })

  it('without a browser writes the address to standard error', async () => {
    vi.stubEnv('DISPLAY', '')
    vi.stubEnv('WAYLAND_DISPLAY', '')
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    onTestFinished(() => {
      vi.unstubAllEnvs()
      write.mockRestore()
    })
    const { provider, credentials } = await start()
    expect(await rejection(credentials.login({ timeout: 50 }))).toMatchObject({ code: 'LOGIN_TIMEOUT' })
    const said = write.mock.calls.map(([text]) => String(text)).join('')
    if (process.platform === 'linux') expect(said).toContain(`${provider.issuer}/auth?`)
    expect(said).not.toContain('secret')
  })

  it.each([
    [{}, { redirectUris: [] }],
    [{ timeout: 0 }, {}],
    [{ timeout: Number.NaN }, {}],
    [{ parameters: { state: 'mine' } }, {}],
    [{ parameters: { client_secret: 's' } }, {}],
    [{ parameters: { redirect_uri: 'https://evil.example' } }, {}],
    [{}, { grant: 'client_credentials' }],
  ] as const)('%j with %j is refused', async (how, options) => {
    const { credentials } = await start(options)
    expect(await rejection(credentials.login({ openUrl: () => undefined, ...how }))).toMatchObject({
      code: 'INVALID_OPTION',
    })
  })

  it('is only done where there is a page', async () => {
    const credentials = oauth({
      endpoints: { token: 'https://login.example.org/token' },
      clientId: 'public',
      redirectUris: [anyPort],
    })
    expect(await rejection(credentials.login())).toMatchObject({ code: 'GRANT_NOT_OFFERED' })
  })

  it('keeps what it brings', async () => {
    const { provider, credentials, store } = await start()
    await credentials.login({ openUrl: (page) => void walk(page) })
    const other = oauth({ issuer: provider.issuer, clientId: 'public', store })
    expect(await fakeClient(other).authorize()).toBe(await fakeClient(credentials).authorize())
  })
})
