import { basicAuth } from '@handlekit/auth-basic'
import { bearerAuth } from '@handlekit/auth-bearer'
import { certAuth } from '@handlekit/auth-cert'
import { sessionAuth } from '@handlekit/auth-session'
import { type Credentials, HandleClient, HttpClient } from '@handlekit/core'
import { generateIdentity } from '@handlekit/identity'
import { toPem } from '@handlekit/keys'
import { createServer, type Server } from 'node:http'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

// A server that says everything that the credentials told it, wherever it can. `npm test` also looks for these words in all it prints.

const secret = 'canary-secret: 100% ü'
let server: Server
let url: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const { authorization = '', cookie = '' } = request.headers
    const heard = `${authorization} ${cookie} ${Buffer.from(authorization.slice(6), 'base64').toString()}`
    const status = Number(/(\d{3})$/.exec(request.url ?? '')?.[1] ?? 401)
    response.writeHead(status, {
      'content-type': 'application/json',
      'www-authenticate': `Basic realm="x", Handle sessionId="s", nonce="AA==", error="${encodeURIComponent(heard)}"`,
      location: `/${encodeURIComponent(heard)}`,
    })
    response.end(JSON.stringify({ responseCode: 4, message: heard, error: heard, detail: { heard: [heard] } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const makers: Record<string, () => Promise<Credentials> | Credentials> = {
  basic: () => basicAuth({ username: '300:foo/bar', password: secret }),
  'basic, read late': () => basicAuth({ username: '300:foo/bar', password: async () => secret }),
  bearer: () => bearerAuth({ token: 'canary-token-0123456789' }),
  session: () => sessionAuth({ identity: '300:foo/bar', secret }),
  cert: async () => {
    const { privateKey, certificate } = await generateIdentity({ identity: '300:foo/bar' })
    const pem = certificate.toString() + toPem(privateKey, { passphrase: secret })
    return certAuth({ pem, passphrase: secret })
  },
}

it.each(Object.keys(makers))('%s: no error, log or inspection shows a secret', async (name) => {
  const credentials = await makers[name]?.()
  const user = name.startsWith('basic') ? basicAuth({ username: 'user', password: secret }) : credentials
  const handles = new HandleClient({ server: url, credentials, retries: 0, timeout: 2000 })
  const api = new HttpClient({ baseUrl: url, credentials: user, retries: 0, timeout: 2000 })
  const calls: (() => Promise<unknown>)[] = [
    () => handles.resolve('21.T/x'),
    () => handles.resolve('21.T/x-404'),
    () => handles.create('21.T/x-500', { URL: 'x' }),
    () => handles.setValues('21.T/x-403', { HS_SECKEY: 'canary-value' }),
    () => handles.delete('21.T/x-302'),
    () => handles.verifyCredentials(),
    () => api.get('/x-401', { query: { token: 'canary-query' } }),
    () => api.post('/x-422', { secret: 'kept by the caller' }),
    () => api.get('/x-302'),
    () => api.fetch(`${url}/x-302`, { redirect: 'error' }),
  ]
  const seen: unknown[] = [credentials, handles, api]
  for (const call of calls) seen.push(await call().catch((reason: unknown) => reason))
  await handles.close()
  await api.close()
  for (const thing of seen) {
    const shown = [
      inspect(thing, { depth: null, showHidden: true, getters: true }),
      JSON.stringify(thing) ?? '',
      String(thing),
      thing instanceof Error ? (thing.stack ?? '') : '',
    ].join('\n')
    expect(shown).not.toMatch(/canary-(secret|token|query)/)
    expect(shown).not.toContain(Buffer.from(`300%3Afoo%2Fbar:${secret}`).toString('base64'))
  }
})
