import { basic } from '@handlekit/auth-basic'
import { cert } from '@handlekit/auth-cert'
import { session } from '@handlekit/auth-session'
import { HandleClient, loadCredentialsFile } from '@handlekit/core'
import { readPrivateKey, writePrivateKey } from '@handlekit/keys'
import { copyFile, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { beforeEach, expect, test } from 'vitest'
import { keyFile, passphrase, startServer, user as identity } from '../../auth-cert/test/support/setup.ts'
import { rejection } from '../../core/test/support/rejection.ts'

// What strategies make of the credentials in a profile.

const strategies = [basic, cert, session]

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'))
  for (const name of ['user.pem', 'user.crt.pem', 'user.combined.pem', 'user.encrypted.pem', 'user.p12']) {
    await copyFile(keyFile(name), join(folder, name))
  }
})

async function write(content: object): Promise<string> {
  const file = join(folder, 'my_credentials.json')
  await writeFile(file, JSON.stringify(content), { mode: 0o600 })
  return file
}

async function refusal(content: object): Promise<unknown> {
  return rejection(loadCredentialsFile(await write(content), { strategies }))
}

test.each<[string, string, object]>([
  ['session', 'none', {}],
  ['session', 'private_key, bin, jwk', { private_key: 'user.pem', jwk: 'nowhere.json', bin: 'nowhere.bin' }],
  ['session', 'private_key, secret', { private_key: 'user.pem', secret: 'canary' }],
  ['session', 'jwk, secret', { jwk: 'nowhere.json', secret: 'canary' }],
  ['cert', 'none', {}],
  ['cert', 'private_key', { private_key: 'user.pem' }],
  ['cert', 'private_key, pfx', { private_key: 'nowhere.pem', pfx: 'user.p12' }],
  ['cert', 'certificate_and_key, pfx', { certificate_and_key: 'user.combined.pem', pfx: 'nowhere.p12' }],
  [
    'cert',
    'certificate_and_key, certificate_only, private_key',
    { certificate_and_key: 'user.combined.pem', certificate_only: 'nowhere.pem', private_key: 'nowhere.pem' },
  ],
])('%s takes exactly one of its forms; given: %s', async (type, names, given) => {
  const credentials = { type, ...(type === 'session' && { identity }), ...given }
  const error = await refusal({ profiles: { a: { server: 'https://my.handle.server', credentials } } })
  expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'INVALID_OPTION' })
  expect(String(error)).toContain(`; given: ${names}.`)
  expect(inspect(error)).not.toContain('canary')
})

test('a passphrase beside a secret is refused', async () => {
  const credentials = { type: 'session', identity, secret: 'canary', passphrase: 'canary' }
  const error = await refusal({ profiles: { a: { server: 'https://my.handle.server', credentials } } })
  expect(error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('a secret has none') })
})

test('every form of a key does', async () => {
  const server = await startServer()
  const key = await readPrivateKey({ pemFile: join(folder, 'user.pem') })
  await writePrivateKey(key, { jwkFile: join(folder, 'user.jwk.json') })
  await writePrivateKey(key, { binFile: join(folder, 'user.bin'), passphrase })
  const forms = [
    { type: 'session', identity, jwk: 'user.jwk.json' },
    { type: 'session', identity, bin: 'user.bin', passphrase },
    { type: 'session', identity, pfx: 'user.p12', passphrase },
    { type: 'session', identity, private_key: 'user.encrypted.pem', passphrase },
    { type: 'cert', certificate_and_key: 'user.combined.pem' },
    { type: 'cert', certificate_only: 'user.crt.pem', private_key: 'user.encrypted.pem', passphrase },
  ]
  for (const credentials of forms) {
    const profile = { server: server.httpsUrl, trust: { siteKey: server.siteKey }, credentials }
    await using client = await HandleClient.fromFile(await write({ profiles: { a: profile } }), { strategies })
    expect((await client.verifyCredentials()).identity).toBe(identity)
  }
})

test.each([
  ['a misspelt name', { password: undefined, passwort: 'canary' }, 'UNKNOWN_OPTION', "basic has no option 'passwort'"],
  ['an empty password', { password: '' }, 'EMPTY_SECRET', 'basic: password is empty'],
  ['a password that is a number', { password: 4711 }, 'INVALID_OPTION', 'basic: '],
  ['a user for session', { type: 'session', secret: 'canary' }, 'UNKNOWN_OPTION', "session has no option 'user"],
  ['a user for cert', { type: 'cert' }, 'UNKNOWN_OPTION', "cert has no option 'user"],
])('names the place of credentials that a strategy refuses: %s', async (_what, given, code, text) => {
  const credentials = { type: 'basic', username: '301:21.T12345/USER01', password: 'canary', ...given }
  const search = { server: 'https://my.handle.server', credentials }
  for (const [place, profile] of [
    ['credentials', { server: 'https://my.handle.server', credentials }],
    ['search.credentials', { server: 'https://my.handle.server', search }],
  ] as const) {
    const error = await refusal({ profiles: { mine: profile } })
    expect(error).toMatchObject({ name: 'InvalidArgumentError', code, cause: { name: 'InvalidArgumentError', code } })
    expect(String(error)).toContain(`${join(folder, 'my_credentials.json')}: profiles.mine.${place}: ${text}`)
    expect(inspect(error)).not.toContain('canary')
  }
})

test('leaves other errors of a strategy as they are', async () => {
  const credentials = { type: 'session', identity, private_key: 'nowhere.pem' }
  const error = await refusal({ profiles: { mine: { server: 'https://my.handle.server', credentials } } })
  expect(error).toMatchObject({ name: 'KeyError', code: 'KEY_FILE_NOT_FOUND', path: join(folder, 'nowhere.pem') })
})
