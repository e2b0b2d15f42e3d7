import { basic, basicAuth } from '@handlekit/auth-basic'
import { cert, certAuth } from '@handlekit/auth-cert'
import { HandleClient, HttpClient, secretKeyValue } from '@handlekit/core'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { handleClient } from '../../../core/test/support/client.ts'
import { admin, prefix, TestServer } from '../../../core/test/support/handle-server.ts'
import { startTlsServer } from '../../../core/test/support/raw-server.ts'
import { code, rejection, rejections } from '../../../core/test/support/rejection.ts'
import { json, startServer } from '../../../core/test/support/server.ts'
import { requestsTo } from './support/defects.ts'

// The defects of B2HANDLE and PYHANDLE that lie in options, secrets, and who one is.

const test = TestServer.ofFile()

const server = 'https://a.example.org'
const secret = 'canary-secret: 100% ü'

/** What JavaScript may pass, or what types do not show to be misspelt. */
function misspelt(name: string): object {
  return { [name]: 'x' }
}

it.each<[string, string, () => unknown]>([
  ['the client', 'HTTP_verify', () => new HandleClient({ server, ...misspelt('HTTP_verify') })],
  ['the client', 'url_extension_REST_API', () => new HandleClient({ server, ...misspelt('url_extension_REST_API') })],
  ['the search', 'user', () => new HandleClient({ server, search: misspelt('user') })],
  ['the administrator', 'permission', () => new HandleClient({ server, admin: misspelt('permission') })],
  ['the locations', 'chooseby', () => new HandleClient({ server, locations: misspelt('chooseby') })],
  ['the trust', 'CA', () => Reflect.construct(HandleClient, [{ server, trust: misspelt('CA') }])],
  ['any other API', 'base_url', () => new HttpClient({ baseUrl: server, ...misspelt('base_url') })],
  ['the password', 'pass', () => basicAuth({ ...admin, ...misspelt('pass') })],
  ['the certificate', 'passwd', () => certAuth({ pem: '', ...misspelt('passwd') })],
  ['a read', 'index', () => test.client().resolve('a/b', misspelt('index'))],
  ['a creation', 'overwrite', () => test.client().create('a/b', {}, misspelt('overwrite'))],
  ['a change', 'add_if_not_exist', () => test.client().setValues('a/b', {}, misspelt('add_if_not_exist'))],
  ['a deletion', 'missing', () => test.client().delete('a/b', misspelt('missing'))],
  ['a value', 'tll', () => test.client().create('a/b', [{ type: 'URL', data: 'x', ...misspelt('tll') }])],
  ['a location', 'wieght', () => test.client().locations.add('a/b', [{ href: 'x', ...misspelt('wieght') }])],
  ['a listing', 'size', () => test.client().list(prefix, misspelt('size'))],
  ['a search', 'max', () => test.client(admin, { search: {} }).search({ URL: 'x' }, misspelt('max'))],
  ['a check', 'timeuot', () => test.client().verifyCredentials(misspelt('timeuot'))],
])('Q18: an unknown option of %s is refused by its name: %s', async (_what, name, call) => {
  const requests = await test.requestsOf(async () =>
    expect(await rejection(async () => call())).toMatchObject({
      name: 'InvalidArgumentError',
      code: 'UNKNOWN_OPTION',
      message: expect.stringContaining(`'${name}'`),
    }),
  )
  expect(requests).toBe(0)
})

/** Everything of a thing that may come into a log. */
function shown(thing: unknown): string {
  return [
    inspect(thing, { depth: null, showHidden: true, getters: true }),
    JSON.stringify(thing) ?? '',
    String(thing),
    thing instanceof Error ? (thing.stack ?? '') : '',
  ].join('\n')
}

const header = `${encodeURIComponent('300:foo/bar')}:${secret}`

it('Q19: no error, client, event or planned request shows a password, not even one that the server repeats', async () => {
  const echoing = await startServer(({ url, headers }, response) => {
    const heard = Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString()
    json(response, url.includes('sessions') ? 401 : 400, { responseCode: 4, message: `heard: ${heard}`, handle: heard })
  })
  const events: unknown[] = []
  const client = handleClient(echoing, {
    credentials: basicAuth({ username: '300:foo/bar', password: secret }),
    search: { credentials: basicAuth({ username: 'search', password: secret }) },
    onRequest: (event) => void events.push(event),
  })
  const key = secretKeyValue(secret)
  const errors = [
    await rejection(client.create('21.T/user', [key])),
    await rejection(client.resolve('21.T/user')),
    await rejection(client.delete('21.T/user')),
    await rejection(Array.fromAsync(client.search({ URL: '*' }))),
    await rejection(client.verifyCredentials()),
  ]
  expect(echoing.seen.filter(({ headers }) => headers.authorization !== undefined)).toHaveLength(errors.length)
  expect(errors.filter((error) => String(error).includes('heard: '))).toHaveLength(4)
  expect(events).toHaveLength(errors.length)
  for (const thing of [...errors, events, client, await client.create('21.T/user', [key], { plan: true })]) {
    expect(shown(thing)).not.toContain('canary')
    expect(shown(thing)).not.toContain(Buffer.from(header).toString('base64'))
  }
})

it('Q19: a success that is none does not show a password either, where the server repeats it', async () => {
  const echoing = await startServer(({ url, headers }, response) => {
    const heard = Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString()
    if (url.endsWith('page')) response.writeHead(200, { 'content-type': heard }).end('<html>')
    else json(response, 200, { responseCode: 1, handle: heard })
  })
  const password = 'canary-secret-1'
  const client = handleClient(echoing, { credentials: basicAuth({ username: '300:foo/bar', password }) })
  const calls = [client.delete('21.T/page'), client.delete('21.T/other'), client.create('21.T/other', {})]
  const errors = await rejections(calls)
  expect(errors).toEqual(['NOT_JSON', 'WRONG_HANDLE', 'WRONG_HANDLE'].map(code))
  for (const error of errors) expect(shown(error).includes('canary'), 'shows the password').toBe(false)
})

it('Q19: no refused option or file shows a password: a missing user or half a search least of all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'defects-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const keys = fileURLToPath(new URL('../../../server/test/fixtures/keys/', import.meta.url))
  const encrypted = { certificate_only: `${keys}user.crt.pem`, private_key: `${keys}user.encrypted.pem` }
  const contents = [
    { baseuri: server, password: secret },
    { baseuri: server, username: '', password: secret },
    { baseuri: server, reverselookup_password: secret },
    { baseuri: server, reverselookup_username: '', reverselookup_password: secret },
    { baseuri: server, username: '300:foo/bar\n', password: secret },
    { baseuri: server, ...encrypted, passphrase: secret },
    { profiles: { a: { server, credentials: { type: 'basic', password: secret } } } },
    `{ "baseuri": "${server}", "password": "${secret}" "username": "x" }`,
  ]
  const refusals = await Promise.all(
    contents.map(async (content, place) => {
      const file = join(folder, `${place}.json`)
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
      return rejection(HandleClient.fromFile(file, { strategies: [basic, cert] }))
    }),
  )
  refusals.push(await rejection(() => basicAuth({ username: '', password: secret })))
  for (const error of refusals) {
    expect(error).toBeInstanceOf(Error)
    expect(shown(error)).not.toContain('canary')
  }
})

it('Q25: making a client opens no connection', async () => {
  const listening = await startTlsServer(() => {})
  for (const credentials of [basicAuth(admin), undefined]) await handleClient(listening, { credentials }).close()
  expect(listening.connections).toBe(0)
})

it('Q25: verifyCredentials proves the password and the index, without reading the user’s handle', async () => {
  const { username, password } = admin
  const paths: string[] = []
  const watched = await TestServer.start({ onRequest: ({ path }) => void paths.push(path) })
  expect(await watched.client().verifyCredentials()).toEqual({ identity: username, scheme: 'basic' })
  const wrong = [
    { username, password: 'wrong' },
    { username: `301:${prefix}/ADMIN`, password },
    { username: `300:${prefix}/NOBODY`, password },
    { username: '300:elsewhere/user', password },
  ]
  for (const who of wrong) {
    expect(await rejection(watched.client(who).verifyCredentials())).toEqual(code('AUTH_REJECTED'))
  }
  await watched.stop()
  expect(new Set(paths)).toEqual(new Set(['/api/sessions/this']))
})

it.each(['pa:ss/w%rd é', '100%', 'a+b c', '%41%', 'p@ss(w)ord!*~\'"', '密码'])(
  'Q34: the password %s goes to the server as it is, and opens it',
  async (password) => {
    const username = '300:21.T12345/Q34'
    const listening = await startServer((_request, response) =>
      json(response, 201, { responseCode: 1, handle: '21.T/x' }),
    )
    await handleClient(listening, { credentials: basicAuth({ username, password }) }).create('21.T/x', {})
    expect(requestsTo(listening)).toHaveLength(1)
    const [scheme, encoded = ''] = listening.seen[0]?.headers.authorization?.split(' ') ?? []
    const decoded = Buffer.from(encoded, 'base64').toString('utf8')
    expect([scheme, decoded]).toEqual(['Basic', `300%3A21.T12345%2FQ34:${password}`])
    test.server.records.put('21.T12345/Q34', [{ index: 300, type: 'HS_SECKEY', data: password, permissions: '1100' }])
    expect((await test.client({ username, password }).verifyCredentials()).identity).toBe(username)
  },
)
