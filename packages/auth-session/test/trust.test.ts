import { basicAuth } from '@handlekit/auth-basic'
import { sessionAuth } from '@handlekit/auth-session'
import { HandleClient, trustOnFirstUse, type Trust } from '@handlekit/core'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { anonymous } from '../../core/test/support/tls.ts'
import { keyFile, startServer } from '../../auth-cert/test/support/setup.ts'

const identity = '300:21.T12345/USER01'
const privateKey = { pemFile: keyFile('user.pem') }
const rejection = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  )

async function clientOf(server: { httpsUrl: string }, trust: Trust): Promise<HandleClient> {
  const credentials = await sessionAuth({ identity, privateKey })
  const client = new HandleClient({ server: server.httpsUrl, trust, credentials, retries: 0 })
  onTestFinished(() => client.close())
  return client
}

describe('a pinned key', () => {
  test.each(['siteKey', 'publicKey'] as const)('%s is enough, without any authority', async (name) => {
    const server = await startServer()
    const pem = createPublicKey(server.certificate).export({ type: 'spki', format: 'pem' })
    for (const key of [{ ...server.siteKey }, pem.toString(), Buffer.from(pem.toString())]) {
      const client = await clientOf(server, { [name]: key })
      expect((await client.verifyCredentials()).identity).toBe(identity)
    }
  })

  test('refuses a server with another key, shows both fingerprints, and sends nothing', async () => {
    const [server, other] = [await startServer(), await startServer()]
    for (const strategy of ['session', 'basic']) {
      const credentials =
        strategy === 'basic'
          ? basicAuth({ username: '301:21.T12345/USER01', password: 'user pass:word/é' })
          : await sessionAuth({ identity, privateKey })
      const client = new HandleClient({
        server: other.httpsUrl,
        trust: { siteKey: { ...server.siteKey } },
        credentials,
      })
      onTestFinished(() => client.close())
      const error = await rejection(client.verifyCredentials())
      expect(error).toMatchObject({ code: 'SERVER_NOT_TRUSTED', sent: false })
      expect(String(error).match(/[A-Za-z0-9+/]{43}=/g)).toHaveLength(2)
    }
    expect(other.counters.requests).toBe(0)
  })

  test('of the site also has to sign: a server that cannot gets no answer', async () => {
    const real = await startServer()
    // It has the TLS key that is pinned, and signs with something else.
    const requests: string[] = []
    const impostor = createServer({ ...anonymous }, (request, response) => {
      requests.push(`${request.method} ${request.url}`)
      const session = { sessionId: 'x', nonce: 'AAEC', serverAlg: 'SHA-256', serverSignature: 'AAEC' }
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(session))
    })
    await new Promise<void>((resolve) => impostor.listen(0, resolve))
    onTestFinished(() => {
      impostor.closeAllConnections()
      impostor.close()
    })
    const address = impostor.address()
    const httpsUrl = `https://localhost:${typeof address === 'object' ? address?.port : ''}`
    const siteKey = createPublicKey(createPrivateKey(anonymous.key)).export({ format: 'jwk' })
    const error = await rejection((await clientOf({ httpsUrl }, { siteKey: { ...siteKey } })).verifyCredentials())
    expect(error).toMatchObject({ name: 'AuthError', code: 'SERVER_REFUSED' })
    expect(requests).toEqual(['POST /api/sessions'])
    expect(real.counters.requests).toBe(0)
  })

  test.each([
    ['a key that is none', { siteKey: 'not a key' }],
    ['two at a time', { siteKey: anonymous.cert, ca: anonymous.cert }],
    ['an unknown name', { siteKye: 'x' }],
  ])('%s is refused at once', (_what, trust) => {
    expect(() => Reflect.construct(HandleClient, [{ server: 'https://localhost', trust }])).toThrow(
      expect.objectContaining({ name: 'InvalidArgumentError' }),
    )
  })
})

describe('trustOnFirstUse', () => {
  test('asks the server once, keeps the key, and refuses another one from then on', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'trust-')), 'deep', 'known.json')
    const server = await startServer()
    const port = Number(new URL(server.httpsUrl).port)
    const trust = await trustOnFirstUse({ server: server.httpsUrl, file })
    expect(trust).toEqual({ siteKey: expect.objectContaining({ n: Reflect.get(server.siteKey, 'n') }) })
    expect((await (await clientOf(server, trust)).verifyCredentials()).identity).toBe(identity)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const before = server.counters.requests
    expect(await trustOnFirstUse({ server: server.httpsUrl, file })).toEqual(trust)
    expect(server.counters.requests).toBe(before)

    await server.close()
    const other = await startServer({ httpsPort: port })
    const again = await trustOnFirstUse({ server: other.httpsUrl, file })
    const error = await rejection((await clientOf(other, again)).verifyCredentials())
    expect(error).toMatchObject({ code: 'SERVER_NOT_TRUSTED' })
    expect(String(error).match(/[A-Za-z0-9+/]{43}=/g)).toHaveLength(2)
  })

  test('keeps the keys of several servers', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'trust-')), 'known.json')
    const servers = [await startServer(), await startServer()]
    for (const server of servers) await trustOnFirstUse({ server: server.httpsUrl, file })
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8')))).toEqual(servers.map(({ httpsUrl }) => httpsUrl))
  })

  test('refuses a broken file, and does not overwrite it', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'trust-')), 'known.json')
    await writeFile(file, '{"https://localhost": ')
    const server = await startServer()
    expect(await rejection(trustOnFirstUse({ server: server.httpsUrl, file }))).toMatchObject({
      code: 'INVALID_OPTION',
    })
    expect(await readFile(file, 'utf8')).toBe('{"https://localhost": ')
  })
})
