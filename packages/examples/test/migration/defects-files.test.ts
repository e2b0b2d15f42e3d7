import { basic } from '@handlekit/auth-basic'
import { cert } from '@handlekit/auth-cert'
import { HandleClient, loadCredentialsFile } from '@handlekit/core'
import { generateIdentity } from '@handlekit/identity'
import { toPem } from '@handlekit/keys'
import { type HandleServer, startHandleServer } from '@handlekit/server'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { rejection } from '../../../core/test/support/rejection.ts'

// The defects of B2HANDLE and PYHANDLE that lie in credentials files.

const strategies = [basic, cert]
let server: HandleServer
let folder: string
/** Of 301:foo/bar. */
let certificate: string
let key: string

beforeAll(async () => {
  const identity = await generateIdentity({ identity: '301:foo/bar' })
  certificate = identity.certificate.toString()
  key = toPem(identity.privateKey)
  server = await startHandleServer({ seed: { homedPrefixes: ['0.NA/foo'], records: [] } })
  server.records.put('foo/bar', [
    { index: 300, type: 'HS_SECKEY', data: 'mypassword123', permissions: '1100' },
    { index: 301, type: 'HS_PUBKEY', data: identity.publicKeyValue },
  ])
})
afterAll(() => server.close())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'defects-'))
  return () => rm(folder, { recursive: true })
})

async function write(path: string, content: unknown): Promise<string> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
  return file
}

async function whoIs(file: string, options: { trust?: { ca: string } } = {}): Promise<string> {
  await using client = await HandleClient.fromFile(file, { strategies, ...options })
  return (await client.verifyCredentials()).identity
}

async function refusalOf(content: object): Promise<unknown> {
  const file = await write('my_credentials.json', { baseuri: server.httpsUrl, ...content })
  return rejection(HandleClient.fromFile(file, { strategies }))
}

it('Q18: what a file says and nobody understands is named', async () => {
  const file = await write('c.json', {
    baseuri: server.httpsUrl,
    HTTP_verify: 'False',
    username: '300:foo/bar',
    password: 'x',
  })
  expect((await loadCredentialsFile(file, { strategies })).unknown).toEqual(['HTTP_verify'])
  const profiles = { profiles: { a: { server: server.httpsUrl, HTTP_verify: false } } }
  await expect(loadCredentialsFile(await write('p.json', profiles), { strategies })).rejects.toThrow(/HTTP_verify/)
})

it.each([
  ['private_key', { private_key: 'gone.pem', certificate_only: 'certificate.pem' }],
  ['certificate_only', { private_key: 'key.pem', certificate_only: './gone.pem' }],
  ['certificate_and_key', { certificate_and_key: '../gone.pem' }],
])('Q22: a file that %s names and that is not there is named in the error', async (name, content) => {
  await write('certificate.pem', certificate)
  await write('key.pem', key)
  const path = join(folder, Object.entries(content).find(([member]) => member === name)?.[1] ?? '')
  expect(await refusalOf(content)).toMatchObject({
    name: 'KeyError',
    code: 'KEY_FILE_NOT_FOUND',
    path,
    message: expect.stringContaining(path),
  })
})

it.each([
  [{ username: '300:foo/bar' }, 'username', 'password'],
  [{ password: 'canary-secret' }, 'password', 'username'],
  [{ certificate_only: 'c.pem' }, 'certificate_only', 'private_key'],
  [{ private_key: 'k.pem' }, 'private_key', 'certificate_only'],
  [{ reverselookup_username: 'search' }, 'reverselookup_username', 'reverselookup_password'],
  [{ reverselookup_password: 'canary-secret' }, 'reverselookup_password', 'reverselookup_username'],
])(
  'Q26: an error says what a file has and what it lacks, not the other way round (%#)',
  async (content, has, lacks) => {
    const error = await refusalOf(content)
    expect(error).toMatchObject({
      code: 'INVALID_FILE',
      message: `${join(folder, 'my_credentials.json')} has "${has}" and no "${lacks}".`,
    })
    expect(inspect(error)).not.toContain('canary')
  },
)

it('Q28: what one client is given besides a file does not reach the next', async () => {
  const file = await write('c.json', { baseuri: server.httpsUrl, username: '300:foo/bar', password: 'mypassword123' })
  const loaded = await loadCredentialsFile(file, { strategies })
  const before = { ...loaded.client }
  const pathOf = async (client: HandleClient): Promise<string | undefined> => {
    const { request } = await client.delete('foo/x', { plan: true })
    await client.close()
    return request?.url
  }
  const overrides = Object.freeze({ apiPath: '/bar/bar/bar', admin: Object.freeze({ owner: '300:a/b' }) })
  for (const make of [
    async (more: object) => new HandleClient({ ...loaded.client, ...more }),
    async (more: object) => HandleClient.fromFile(file, Object.freeze({ strategies, ...more })),
  ]) {
    expect(await pathOf(await make(overrides))).toBe(`${server.httpsUrl}/bar/bar/bar/foo%2Fx`)
    expect(await pathOf(await make({}))).toBe(`${server.httpsUrl}/api/handles/foo%2Fx`)
  }
  expect(loaded.client).toEqual(before)
})

it.each([
  ['beside the file', 'c.json', 'key.pem'],
  ['beside the file, with a dot', 'c.json', './key.pem'],
  ['above the file', 'deep/er/c.json', '../../key.pem'],
  ['below the file', 'c.json', 'deep/key.pem'],
  ['hidden', 'c.json', '.key.pem'],
  ['hidden above', 'deep/c.json', '../.key.pem'],
])('Q29: a path starts where the file is: %s', async (_where, file, path) => {
  const place = join(dirname(file), path)
  await write(place, key + certificate)
  await write(`${place}.server`, server.certificate)
  const content = { baseuri: server.httpsUrl, HTTPS_verify: `${path}.server`, certificate_and_key: path }
  expect(await whoIs(await write(file, content))).toBe('301:foo/bar')
})

it('Q29: a path may be absolute', async () => {
  await copyFile(await write('a/key.pem', key + certificate), join(folder, 'moved.pem'))
  const content = {
    handle_server_url: server.httpsUrl,
    HTTPS_verify: await write('b/ca.pem', server.certificate),
    certificate_and_key: join(folder, 'moved.pem'),
  }
  expect(await whoIs(await write('c/c.json', content))).toBe('301:foo/bar')
})

// As B2HANDLE's documentation has them, but for the address.
const withCertificate = `{
"baseuri": "https://my.handle.server",
"private_key": "my_private_key.pem",
"certificate_only": "my_certificate.pem"
}`
const withPassword = '{ “baseuri”: “https://my.handle.server”, “username”: “300:foo/bar”, “password”: “mypassword123” }'

it('Q33: the documented file with a certificate works, its bare paths included', async () => {
  await write('my_private_key.pem', key)
  await write('my_certificate.pem', certificate)
  const file = await write('my_credentials.json', withCertificate.replace('https://my.handle.server', server.httpsUrl))
  expect(await whoIs(file, { trust: { ca: server.certificate } })).toBe('301:foo/bar')
})

it('Q33: the documented file with a password works, typographic quotes and all', async () => {
  const file = await write('my_credentials.json', withPassword.replace('https://my.handle.server', server.httpsUrl))
  expect(await whoIs(file, { trust: { ca: server.certificate } })).toBe('300:foo/bar')
})

it('Q33: a file needs no client, and one that says which is no worse for it', async () => {
  for (const more of [{}, { client: 'rest' }, { client: '' }]) {
    const content = { handle_server_url: server.httpsUrl, username: '300:foo/bar', password: 'mypassword123', ...more }
    expect(await whoIs(await write('c.json', content), { trust: { ca: server.certificate } })).toBe('300:foo/bar')
  }
})
