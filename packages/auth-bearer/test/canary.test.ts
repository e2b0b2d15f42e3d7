import { inspect } from 'node:util'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { httpClient } from '../../core/test/support/client.ts'
import { json, startPlainServer, startServer } from '../../core/test/support/server.ts'
import { bearerAuth } from '../src/index.ts'
import { fileTokenStore, memoryTokenStore, oauth, type OAuthOptions } from '../src/oauth/index.ts'
import { temporaryFolder } from './support/folder.ts'
import { signingKey } from './support/provider.ts'

// Nothing that is said, thrown or printed may hold any of these.
const canaries = {
  access: 'canary-access-7f3a',
  refresh: 'canary-refresh-91bc',
  rotated: 'canary-rotated-55d0',
  secret: 'canary-secret-c2e8',
  code: 'canary-code-0a4d',
  static: 'canary-static-38f6',
}
const keyLine = signingKey.split('\n')[1] ?? ''

const good = { access_token: canaries.access, refresh_token: canaries.rotated, token_type: 'bearer', expires_in: 300 }
const everything = JSON.stringify(canaries)

/** What servers answer; most of it is wrong, and says in its own words what it was told. */
const answers: Readonly<Record<string, (said: string) => [status: number, type: string, body: string]>> = {
  good: () => [200, 'application/json', JSON.stringify(good)],
  'an error that repeats what it was told': (said) => [
    400,
    'application/json',
    JSON.stringify({ error: 'invalid_grant', error_description: `Unknown: ${said} ${canaries.refresh}` }),
  ],
  'an error named like a secret': () => [400, 'application/json', JSON.stringify({ error: canaries.refresh })],
  'half a JSON': () => [200, 'application/json', JSON.stringify(good).slice(0, -5)],
  'text with a token in it': () => [200, 'application/json', canaries.access],
  'HTML that shows everything': () => [401, 'text/html', `<h1>${everything}</h1>`],
  'the wrong type of token': () => [200, 'application/json', JSON.stringify({ ...good, token_type: 'mac' })],
  'no access token': () => [200, 'application/json', JSON.stringify({ ...good, access_token: 7 })],
  'an access token with a blank': () => [
    200,
    'application/json',
    JSON.stringify({ ...good, access_token: `${canaries.access} x` }),
  ],
  'a wrong time': () => [200, 'application/json', JSON.stringify({ ...good, expires_in: 'soon' })],
  'a wrong scope': () => [200, 'application/json', JSON.stringify({ ...good, scope: [canaries.access] })],
  'an error of the server': (said) => [500, 'text/plain', `${said}${everything}`],
  'a redirect': () => [302, 'text/plain', everything],
}

const ways: Readonly<Record<string, Partial<OAuthOptions>>> = {
  'a session, basic': { refreshToken: canaries.refresh, clientSecret: canaries.secret },
  'a session, post': { refreshToken: canaries.refresh, clientSecret: canaries.secret, clientAuthentication: 'post' },
  'a client, signing': {
    grant: 'client_credentials',
    privateKey: { key: signingKey },
    issuer: 'https://login.example.org',
  },
  'a login': { clientSecret: canaries.secret, redirectUris: ['http://127.0.0.1:0/oauth'], scopes: ['openid'] },
  'a file that says more': { store: memoryTokenStore(`{"version":1,"accessToken":"${canaries.access}"`) },
}

function record(): string[] {
  const said: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, 'write').mockImplementation((text) => {
      said.push(String(text))
      return true
    })
    onTestFinished(() => spy.mockRestore())
  }
  for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    const spy = vi.spyOn(console, level).mockImplementation((...what) => void said.push(inspect(what, { depth: 9 })))
    onTestFinished(() => spy.mockRestore())
  }
  return said
}

/** All that can be found out about a value without asking it for its secrets. */
function allOf(value: unknown): string {
  const shown = inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity })
  const text = value instanceof Error ? `${value.stack}${value.message}${String(value)}` : ''
  return shown + text + JSON.stringify(value) + JSON.stringify(Object.entries(value instanceof Object ? value : {}))
}

it.each(Object.keys(ways))('%s shows no secret, whatever the server answers', async (way) => {
  const said = record()
  for (const answer of Object.values(answers)) {
    const server = await startPlainServer(({ body, headers, url }, response) => {
      const [status, type, text] = answer(`${body} ${headers.authorization} ${url}`)
      response.writeHead(status, { 'content-type': type, location: '/elsewhere' }).end(text)
    })
    const api = await startServer(({ headers }, response) => json(response, 401, { you: headers.authorization }))
    const endpoints = { token: `${server.origin}/token`, authorization: `${server.origin}/auth` }
    const credentials = oauth({ clientId: 'c', endpoints, ...ways[way] })
    const client = httpClient(api, { credentials })
    const results: unknown[] = [credentials, client]
    if (way === 'a login') {
      const openUrl = async (page: string): Promise<void> => {
        results.push(page.replace(/state=[^&]+/, ''))
        const { searchParams } = new URL(page)
        const back = new URL(searchParams.get('redirect_uri') ?? '')
        back.searchParams.set('state', searchParams.get('state') ?? '')
        back.searchParams.set('code', canaries.code)
        results.push(await (await fetch(back)).text())
      }
      results.push(await credentials.login({ openUrl }).catch((error: unknown) => error))
    }
    results.push(await client.get('/account').catch((error: unknown) => error))
    results.push(await client.get('/account').catch((error: unknown) => error))
    for (const result of results) said.push(allOf(result))
  }
  const text = said.join('\n')
  for (const canary of [...Object.values(canaries), keyLine]) {
    expect(text.includes(canary), `${canary.slice(0, 10)}…`).toBe(false)
    expect(text.includes(Buffer.from(`c:${canary}`).toString('base64')), 'Basic').toBe(false)
  }
  expect(text).toContain('AuthError')
})

it('bearerAuth, the stores and their errors show no secret', async () => {
  const said = record()
  const api = await startServer(({ headers }, response) => json(response, 401, { you: headers.authorization }))
  const path = join(temporaryFolder(), 'tokens.json')
  const store = fileTokenStore({ path })
  await store.update(async () => JSON.stringify({ version: 7, accessToken: canaries.access }))
  const endpoints = { token: 'https://login.example.org/token' }
  const all = [
    bearerAuth({ token: canaries.static }),
    bearerAuth({ token: () => ({ token: canaries.static, expiresAt: Date.now() + 1_000_000 }) }),
    bearerAuth({ token: () => `${canaries.static}\n` }),
    oauth({ clientId: 'c', endpoints, store, refreshToken: canaries.refresh }),
  ]
  for (const credentials of all) {
    const client = httpClient(api, { credentials })
    said.push(allOf(credentials), allOf(await client.get('/account').catch((error: unknown) => error)))
  }
  said.push(allOf(store), allOf(memoryTokenStore(canaries.access)))
  const text = said.join('\n')
  for (const canary of Object.values(canaries)) expect(text.includes(canary), `${canary.slice(0, 10)}…`).toBe(false)
})
