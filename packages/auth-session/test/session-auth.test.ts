import { HandleClient, TransportError } from '@handlekit/core'
import { sessionAuth, type SessionAuthOptions } from '@handlekit/auth-session'
import { createPrivateKey, sign } from 'node:crypto'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { startHandleServer } from '@handlekit/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clientOf, keyFile, passphrase, startServer } from '../../auth-cert/test/support/setup.ts'

const withKey = { identity: '300:21.T12345/USER01', privateKey: { pemFile: keyFile('user.pem') } }
const withSecret = { identity: '301:21.T12345/USER01', secret: 'user pass:word/é' }
const rejection = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  )

test('the example: a secret logs in, and is not sent', async () => {
  const server = await startServer()
  const client = clientOf(server, await sessionAuth(withSecret))
  expect(await client.verifyCredentials()).toEqual({ identity: withSecret.identity, scheme: 'session' })
  await client.create('21.T12345/by-session', { URL: 'https://example.org' })
  expect((await client.resolve('21.T12345/RICH', { publicOnly: false })).text('PRIVATE')).toBe('for admins')
})

const key = async (): Promise<ReturnType<typeof createPrivateKey>> =>
  createPrivateKey(await readFile(keyFile('user.pem')))

describe.each(['in-band', 'sessions'] as const)('handshake %s', (handshake) => {
  test.each<[string, () => Promise<SessionAuthOptions> | SessionAuthOptions]>([
    ['a key in PEM', () => withKey],
    ['an encrypted key', () => ({ ...withKey, privateKey: { pemFile: keyFile('user.encrypted.pem'), passphrase } })],
    ['PKCS#12', () => ({ ...withKey, privateKey: { pfxFile: keyFile('user.p12'), passphrase } })],
    ['JWK', async () => ({ ...withKey, privateKey: { jwk: (await key()).export({ format: 'jwk' }) } })],
    ['a KeyObject', async () => ({ ...withKey, privateKey: await key() })],
    ['SHA1', () => ({ ...withKey, digest: 'SHA1' })],
    [
      'a function that signs',
      async () => {
        const held = await key()
        return { identity: withKey.identity, sign: async (data) => sign('sha256', data, held) }
      },
    ],
    ['an identity without an index', () => ({ ...withKey, identity: '21.T12345/USER01', handshake: 'in-band' })],
    ['HMAC-SHA256', () => withSecret],
    ['HMAC-SHA1', () => ({ ...withSecret, mac: 'HMAC-SHA1' })],
    ['PBKDF2-HMAC-SHA1', () => ({ ...withSecret, mac: 'PBKDF2-HMAC-SHA1' })],
    ['SHA256 of a secret', () => ({ ...withSecret, mac: 'SHA256' })],
    ['SHA1 of a secret', () => ({ ...withSecret, mac: 'SHA1' })],
    ['MD5 of a secret', () => ({ ...withSecret, mac: 'MD5' })],
    ['a secret that is read late', () => ({ ...withSecret, secret: async () => withSecret.secret })],
  ])('%s', async (_name, options) => {
    const server = await startServer()
    const client = clientOf(server, await sessionAuth({ handshake, ...(await options()) }))
    expect((await client.verifyCredentials()).identity).toMatch(/^(30[01]:)?21\.T12345\/USER01$/)
  })

  test('1,000 requests started at once open one session', async () => {
    const server = await startServer()
    const client = clientOf(server, await sessionAuth({ ...withKey, handshake }))
    const reads = Array.from({ length: 1000 }, () => client.resolve('21.T12345/RICH', { publicOnly: false }))
    for (const record of await Promise.all(reads)) expect(record.text('PRIVATE')).toBe('for admins')
    expect(server.counters.sessions).toBe(1)
    expect(server.counters.requests).toBe(1000 + (handshake === 'in-band' ? 1 : 2))
  })

  test('a session that was lost is made anew, and no request is lost', async () => {
    let clock = Date.now()
    const server = await startServer({ sessionTimeout: 1, now: () => clock })
    const client = clientOf(server, await sessionAuth({ ...withKey, handshake }))
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 30 }, (_, i) => client.create(`21.T12345/${round}-${i}`, { URL: 'x' })))
      clock += 5000
    }
    expect(await client.verifyCredentials()).toMatchObject({ identity: withKey.identity })
  })

  test('is ended at the server when the client closes', async () => {
    const ended: string[] = []
    const server = await startServer({
      onRequest: ({ method, path, status }) => ended.push(`${method} ${path} ${status}`),
    })
    const client = clientOf(server, await sessionAuth({ ...withKey, handshake }))
    await client.verifyCredentials()
    await client.close()
    expect(ended.at(-1)).toBe('DELETE /api/sessions/this 204')
  })

  test.each<[string, SessionAuthOptions]>([
    ['another key', { ...withKey, privateKey: { pemFile: keyFile('stranger.pem') } }],
    ['another secret', { ...withSecret, secret: 'canary-secret' }],
    ['an unknown index', { ...withKey, identity: '999:21.T12345/USER01' }],
    ['an unknown handle', { ...withKey, identity: '300:21.T12345/NOBODY' }],
    ['the identity of somebody else', { ...withKey, identity: '300:0.NA/21.T12345' }],
  ])('is refused to %s', async (_what, options) => {
    const server = await startServer()
    const client = clientOf(server, await sessionAuth({ ...options, handshake }))
    const error = await rejection(client.create('21.T12345/refused', { URL: 'x' }))
    expect(error).toMatchObject({
      name: 'AuthError',
      code: 'AUTH_REJECTED',
      identity: options.identity,
      scheme: 'session',
    })
    expect(String(error)).toContain('Identity not verified')
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary-secret')
    expect(server.records.get('21.T12345/refused')).toBeUndefined()
    // Even for what everybody may read.
    expect(await rejection(client.resolve('21.T12345/RICH'))).toMatchObject({ code: 'AUTH_REJECTED' })
  })
})

test('a server that restarts loses no request', async () => {
  const data = join(await mkdtemp(join(tmpdir(), 'auth-session-')), 'handles.sqlite')
  const start = (httpsPort = 0): ReturnType<typeof startHandleServer> =>
    startHandleServer({
      seed: new URL('../../server/test/fixtures/seed.json', import.meta.url),
      data,
      httpsPort,
      httpPort: false,
    })
  let server = await start()
  onTestFinished(() => server.close())
  const client = clientOf(server, await sessionAuth(withKey), { retries: 20 })
  const port = Number(new URL(server.httpsUrl).port)
  await client.verifyCredentials()
  const create = async (from: number): Promise<void> => {
    for (let i = from; i < from + 40; i += 1) await client.create(`21.T12345/R-${i}`, { URL: 'x' })
  }
  const writers = [0, 100, 200, 300].map(create)
  await server.close()
  server = await start(port)
  await Promise.all(writers)
  expect(server.records.names().filter((name) => name.startsWith('21.T12345/R-'))).toHaveLength(160)
})

test('an answer that somebody overheard is of no use in another session', async () => {
  const server = await startServer()
  let overheard = ''
  const credentials = await sessionAuth(withKey)
  const client = clientOf(server, {
    ...credentials,
    async authorize(context) {
      await credentials.authorize?.(context)
      overheard = context.headers.get('authorization') ?? ''
    },
  })
  await client.verifyCredentials()
  await client.close()
  expect(overheard).toContain('signature')
  const thief = clientOf(server, {
    scheme: 'thief',
    authorize: ({ headers }) => headers.set('authorization', overheard),
  })
  expect(await rejection(thief.create('21.T12345/stolen', { URL: 'x' }))).toMatchObject({ code: 'AUTH_REJECTED' })
  const other = clientOf(server, {
    scheme: 'thief',
    async authorize({ headers, send, basePath }) {
      const answer = await send({ method: 'POST', path: `${basePath}/api/sessions` })
      const sessionId: unknown = Reflect.get(Object(answer.json()), 'sessionId')
      headers.set('authorization', overheard.replace(/sessionId="[^"]*"/, `sessionId="${String(sessionId)}"`))
    },
  })
  expect(await rejection(other.create('21.T12345/stolen', { URL: 'x' }))).toMatchObject({ code: 'AUTH_REJECTED' })
})

test('a caller that gives up during the handshake does not end it for the others', async () => {
  const server = await startServer()
  const opening = Promise.withResolvers<void>()
  const proceed = Promise.withResolvers<void>()
  const credentials = await sessionAuth({
    identity: withKey.identity,
    sign: async (data) => {
      opening.resolve()
      await proceed.promise
      return sign('sha256', data, await key())
    },
  })
  const client = clientOf(server, credentials)
  const controller = new AbortController()
  const first = client.resolve('21.T12345/RICH', { signal: controller.signal })
  const others = Array.from({ length: 10 }, () => client.resolve('21.T12345/RICH'))
  await opening.promise
  const reason = new Error('changed my mind')
  controller.abort(reason)
  expect(await rejection(first)).toBe(reason)
  proceed.resolve()
  await Promise.all(others)
  expect(server.counters.sessions).toBe(1)
})

test('a server without sessions says so', async () => {
  const server = await startServer()
  const client = clientOf(server, await sessionAuth(withKey), { server: server.httpUrl, trust: undefined })
  const error = await rejection(client.verifyCredentials())
  expect(error).toMatchObject({ code: 'AUTH_FAILED' })
  expect(String(error)).toContain('https')
  await server.close()
  expect(
    await rejection(clientOf(server, await sessionAuth(withKey), { retries: 0 }).verifyCredentials()),
  ).toBeInstanceOf(TransportError)
})

test.each([
  ['no proof', { identity: '300:a/b' }],
  ['two proofs', { ...withKey, secret: 'x' }],
  ['an empty secret', { ...withSecret, secret: '' }],
  ['no identity', { secret: 'x' }],
  ['an unknown digest', { ...withKey, digest: 'WHIRLPOOL' }],
  ['an unknown mac', { ...withSecret, mac: 'CRC' }],
  ['an unknown handshake', { ...withKey, handshake: 'firm' }],
  ['an unknown option', { ...withKey, privatKey: 'x' }],
])('%s is refused at once', async (_what, options) => {
  expect(await rejection(Reflect.apply(sessionAuth, undefined, [options]))).toMatchObject({
    name: 'InvalidArgumentError',
  })
})

test('an EC key is refused with the reason', async () => {
  const pemFile = new URL('../../core/test/fixtures/tls/client.key.pem', import.meta.url)
  expect(await rejection(sessionAuth({ ...withKey, privateKey: { pemFile } }))).toMatchObject({
    code: 'KEY_TYPE_REFUSED',
  })
})

test('nothing secret shows', async () => {
  const credentials = await sessionAuth({ ...withSecret, secret: 'canary-secret' })
  expect(inspect(credentials, { depth: null, showHidden: true }) + JSON.stringify(credentials)).not.toContain('canary')
  expect(credentials.identity).toBe(withSecret.identity)
  await new HandleClient().close()
})
