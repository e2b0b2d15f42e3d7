import { AuthError, type Credentials, HandleClient } from '@handlekit/core'
import { certAuth } from '@handlekit/auth-cert'
import { generateIdentity } from '@handlekit/identity'
import { writeCertificate, writePrivateKey } from '@handlekit/keys'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localhost } from '../../core/test/support/tls.ts'
import { clientOf, filesOf, keyFile, passphrase, startProxy, startServer, user } from './support/setup.ts'

const rejection = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  )

test('the example: a certificate and its key log in', async () => {
  const server = await startServer()
  const client = clientOf(server, await certAuth(filesOf('user')))
  expect(await client.verifyCredentials()).toEqual({ identity: user, scheme: 'cert' })
  await client.create('21.T12345/by-certificate', { URL: 'https://example.org' })
  expect((await client.resolve('21.T12345/RICH', { publicOnly: false })).text('PRIVATE')).toBe('for admins')
})

test.each([
  ['one PEM file', { pemFile: keyFile('user.combined.pem') }],
  ['an encrypted key', { ...filesOf('user'), privateKey: { pemFile: keyFile('user.encrypted.pem'), passphrase } }],
  [
    'an encrypted key with a function',
    { ...filesOf('user'), privateKey: { pemFile: keyFile('user.encrypted.pem'), passphrase: async () => passphrase } },
  ],
  ['PKCS#12', { pfxFile: keyFile('user.p12'), passphrase }],
  [
    'one PEM file, with all else undefined',
    {
      pemFile: keyFile('user.combined.pem'),
      pem: undefined,
      pfx: undefined,
      pfxFile: undefined,
      certificate: undefined,
      privateKey: undefined,
    },
  ],
  [
    'a certificate and its key, with all else undefined',
    { ...filesOf('user'), pem: undefined, pemFile: undefined, pfx: undefined, pfxFile: undefined },
  ],
])('%s', async (_name, options) => {
  const server = await startServer()
  expect((await clientOf(server, await certAuth(options)).verifyCredentials()).identity).toBe(user)
})

test('text and bytes do as files do', async () => {
  const server = await startServer()
  const pem = await readFile(keyFile('user.combined.pem'))
  for (const options of [{ pem }, { pem: pem.toString() }, { pfx: await readFile(keyFile('user.p12')), passphrase }]) {
    expect((await clientOf(server, await certAuth(options)).verifyCredentials()).identity).toBe(user)
  }
})

test('a session is opened once, and ended with the client', async () => {
  const server = await startServer()
  const client = clientOf(server, await certAuth(filesOf('user')))
  await Promise.all(Array.from({ length: 50 }, (_, i) => client.create(`21.T12345/S-${i}`, { URL: 'x' })))
  expect(server.counters).toMatchObject({ renegotiations: 1, sessions: 1 })
  const before = server.counters.requests
  await client.close()
  expect(server.counters.requests).toBe(before + 1)
})

test('2,000 requests on 16 connections need one renegotiation, though some hang', async () => {
  const server = await startServer({ hangRenegotiations: { share: 0.2, seed: 7 } })
  const client = clientOf(server, await certAuth({ ...filesOf('user'), openTimeout: 200 }), { connections: 16 })
  const reads = Array.from({ length: 2000 }, () => client.resolve('21.T12345/RICH', { publicOnly: false }))
  const records = await Promise.all(reads)
  expect(records.every((record) => record.text('PRIVATE') === 'for admins')).toBe(true)
  expect(server.counters.sessions).toBe(1)
  // With this seed, two hang before one comes to an end.
  expect(server.counters.renegotiations).toBe(3)
})

test('a lost session is opened anew, and no request is lost', async () => {
  const server = await startServer({ sessionTimeout: 1, now: () => clock })
  let clock = Date.now()
  const client = clientOf(server, await certAuth(filesOf('user')))
  await client.verifyCredentials()
  clock += 5000
  await Promise.all(Array.from({ length: 20 }, (_, i) => client.create(`21.T12345/L-${i}`, { URL: 'x' })))
  expect(server.counters.renegotiations).toBe(2)
})

test('two clients with two identities never mix', async () => {
  const seen = new Set<string>()
  const server = await startServer({
    onRequest: ({ method, path, identity }) => {
      if (method === 'PUT') seen.add(`${path.includes('admin-') ? 'admin' : 'user'} as ${identity}`)
    },
  })
  const clients = {
    user: clientOf(server, await certAuth(filesOf('user'))),
    admin: clientOf(server, await certAuth(filesOf('admin'))),
  }
  await Promise.all(
    Array.from({ length: 40 }, (_, i) => {
      const who = i % 2 ? 'user' : 'admin'
      return clients[who].create(`21.T12345/${who}-${i}`, { URL: 'x' })
    }),
  )
  expect([...seen].sort()).toEqual(['admin as 300:0.NA/21.T12345', `user as ${user}`])
})

test('with session tickets, as without this package, the same certificate is refused', async () => {
  const server = await startServer()
  const good = await certAuth(filesOf('user'))
  const unaware: Credentials = {
    scheme: 'unaware',
    tls: async (context) => ({ ...(await good.tls?.(context)), secureOptions: 0 }),
    authorize: ({ headers }) => headers.set('authorization', 'Handle clientCert="true"'),
  }
  // The second request comes over a connection whose TLS session has a ticket to resume.
  const error = await rejection(clientOf(server, unaware, { connections: 1 }).verifyCredentials())
  expect(error).toMatchObject({ code: 'AUTH_REJECTED' })
  expect((await clientOf(server, good).verifyCredentials()).identity).toBe(user)
})

test.each(['want', 'need'] as const)('a server that asks at once (%s) is fine, too', async (clientCertificates) => {
  const server = await startServer({ clientCertificates })
  expect((await clientOf(server, await certAuth(filesOf('user'))).verifyCredentials()).identity).toBe(user)
  const error = await rejection(clientOf(server, await certAuth(filesOf('stranger'))).verifyCredentials())
  expect(error).toMatchObject({ name: 'AuthError', code: 'AUTH_REJECTED' })
})

describe('a refusal explains itself', () => {
  test('a key that the record does not list', async () => {
    const server = await startServer()
    const error = await rejection(
      clientOf(server, await certAuth(filesOf('stranger'))).create('21.T12345/x', { URL: 'x' }),
    )
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({ code: 'AUTH_REJECTED', scheme: 'cert', identity: user })
    expect(String(error)).toMatch(/HS_PUBKEY.*300:21\.T12345\/USER01.*auth-session/)
  })

  test.each([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }, /TLS 1\.3.*reverse proxy.*auth-session/],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, /did not ask.*reverse proxy.*auth-session/],
  ] as const)('a reverse proxy that ends %s', async (_name, options, text) => {
    const server = await startServer()
    const proxy = await startProxy(server.httpUrl, options)
    const client = clientOf(server, await certAuth(filesOf('user')), { server: proxy, trust: { ca: localhost.cert } })
    const error = await rejection(client.verifyCredentials())
    expect(error).toMatchObject({ code: 'AUTH_REJECTED' })
    expect(String(error)).toMatch(text)
  })

  test('a server that never comes to an end', async () => {
    const server = await startServer({ hangRenegotiations: { share: 1, seed: 1 } })
    const client = clientOf(server, await certAuth({ ...filesOf('user'), openTimeout: 20 }))
    const error = await rejection(client.verifyCredentials())
    expect(error).toMatchObject({ code: 'AUTH_FAILED' })
    expect(String(error)).toMatch(/6 times/)
    expect(server.counters.renegotiations).toBe(6)
  })

  test('a server that cannot be reached is no matter of certificates', async () => {
    const server = await startServer()
    const client = clientOf(server, await certAuth(filesOf('user')), { retries: 0 })
    await server.close()
    expect(await rejection(client.verifyCredentials())).toMatchObject({ code: 'CONNECT_FAILED' })
  })
})

test('a server without sessions gets the header on every request, and a hint in the error when one hangs', async () => {
  const options = { ...localhost, requestCert: true, rejectUnauthorized: false }
  const asked: string[] = []
  const other = createServer(options, (request, response) => {
    if (request.url?.endsWith('/api/sessions')) return void response.writeHead(404).end()
    asked.push(request.headers.authorization ?? '')
    const body = { responseCode: 1, handle: '21.T12345/x', values: [] }
    // The second one hangs.
    if (asked.length < 2) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => other.listen(0, resolve))
  onTestFinished(() => {
    other.closeAllConnections()
    other.close()
  })
  const address = other.address()
  const client = new HandleClient({
    server: `https://localhost:${typeof address === 'object' ? address?.port : ''}`,
    trust: { ca: localhost.cert },
    credentials: await certAuth(filesOf('user')),
    timeout: 500,
  })
  onTestFinished(() => client.close())
  await client.resolve('21.T12345/x')
  const error = await rejection(client.resolve('21.T12345/x'))
  expect(asked).toEqual(['Handle clientCert="true"', 'Handle clientCert="true"'])
  expect(error).toMatchObject({ code: 'TIMEOUT' })
  expect(String(error)).toContain('no sessions')
})

describe('a changed file', () => {
  test('is taken up by a new client, and with `reload` by a new session', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'auth-cert-'))
    const pemFile = join(folder, 'both.pem')
    const write = async (who: string): Promise<void> => {
      const parts = [keyFile(`${who}.crt.pem`), keyFile(`${who}.pem`)].map((file) => readFile(file, 'utf8'))
      await writeFile(pemFile, (await Promise.all(parts)).join(''))
    }
    let clock = Date.now()
    const server = await startServer({ sessionTimeout: 1, now: () => clock })
    await write('user')
    const [credentials, reloading] = [await certAuth({ pemFile }), await certAuth({ pemFile, reload: true })]
    const [first, second] = [clientOf(server, credentials), clientOf(server, reloading)]
    for (const client of [first, second]) expect((await client.verifyCredentials()).identity).toBe(user)
    await write('admin')
    clock += 5000
    expect((await first.verifyCredentials()).identity).toBe(user)
    expect((await second.verifyCredentials()).identity).toBe('300:0.NA/21.T12345')
    expect((await clientOf(server, credentials).verifyCredentials()).identity).toBe('300:0.NA/21.T12345')
  })
})

describe('is refused before anything is sent', () => {
  const folder = mkdtemp(join(tmpdir(), 'auth-cert-'))
  test.each([
    [
      'key and certificate swapped',
      'NO_CERTIFICATE',
      { certificate: filesOf('user').privateKey, privateKey: filesOf('user').certificate },
    ],
    ['the key of another certificate', 'KEY_MISMATCH', { ...filesOf('user'), privateKey: filesOf('admin').privateKey }],
    ['a wrong passphrase', 'WRONG_PASSPHRASE', { pfxFile: keyFile('user.p12'), passphrase: 'wrong' }],
    [
      'no passphrase',
      'PASSPHRASE_REQUIRED',
      { ...filesOf('user'), privateKey: { pemFile: keyFile('user.encrypted.pem') } },
    ],
    ['a directory', 'KEY_FILE_UNREADABLE', { pemFile: keyFile('') }],
    ['no file', 'KEY_FILE_NOT_FOUND', { pemFile: keyFile('nowhere.pem') }],
    ['PKCS#12 for PEM', 'NOT_PEM', { pemFile: keyFile('user.p12') }],
  ])('%s: %s', async (_what, code, options) => {
    const error = await rejection(certAuth(options))
    expect(error).toMatchObject({ code })
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/PRIVATE KEY-----\n/)
  })

  test('an expired certificate, with its date, unless that does not matter', async () => {
    const file = join(await folder, 'expired.pem')
    const now = new Date('2020-01-02T03:04:05Z')
    const { certificate, privateKey } = await generateIdentity({ identity: user, days: 1, now })
    await writeCertificate(certificate, { pemFile: file })
    await writePrivateKey(privateKey, { pemFile: `${file}.key` })
    const files = { certificate: { pemFile: file }, privateKey: { pemFile: `${file}.key` } }
    const error = await rejection(certAuth(files))
    expect(error).toMatchObject({ code: 'CERTIFICATE_EXPIRED' })
    expect(String(error)).toContain('2020-01-03')
    expect((await certAuth({ ...files, allowExpired: true })).identity).toBe(user)
  })

  test.each([
    ['no form', {}, 'given: none'],
    ['nothing but undefined', { pemFile: undefined }, 'given: none'],
    ['two forms', { pemFile: 'a', pfxFile: 'b' }, 'given: pemFile, pfxFile'],
    ['a certificate alone', { certificate: { pemFile: 'a' } }, 'given: certificate'],
    ['a key alone', { privateKey: { pemFile: 'a' }, certificate: undefined }, 'given: privateKey'],
    [
      'a passphrase beside the key',
      { certificate: { pemFile: 'a' }, privateKey: { pemFile: 'a' }, passphrase: 'x' },
      'privateKey: { pemFile, passphrase }',
    ],
    ['a form and a key', { pemFile: 'a', privateKey: { pemFile: 'b' } }, 'given: pemFile, privateKey'],
    ['an unknown option', { pemFle: 'a' }, 'pemFle'],
    ['a timeout that is none', { pemFile: 'a', openTimeout: -1 }, 'openTimeout'],
  ])('%s', async (_what, options, text) => {
    expect(await rejection(Reflect.apply(certAuth, undefined, [options]))).toMatchObject({
      name: 'InvalidArgumentError',
      message: expect.stringContaining(text),
    })
  })

  test('nothing of the key shows', async () => {
    const credentials = await certAuth(filesOf('user'))
    const shown = inspect(credentials, { depth: null, showHidden: true }) + JSON.stringify(credentials)
    expect(shown).not.toContain('PRIVATE')
  })
})
