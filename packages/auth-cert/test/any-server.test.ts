import { HandleClient, HttpClient } from '@handlekit/core'
import { certAuth } from '@handlekit/auth-cert'
import { makeCertificate } from '@handlekit/identity'
import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { localhost, person } from '../../core/test/support/tls.ts'
import { filesOf, startServer, user } from './support/setup.ts'

interface Seen {
  readonly subject: string | undefined
  readonly authorization: string | undefined
  readonly protocol: string | null
}

/** A server that asks every client for a certificate, in the first handshake, as plain mutual TLS does. */
async function startMutual(seen: Seen[], redirect?: () => string): Promise<string> {
  const options = { ...localhost, requestCert: true, rejectUnauthorized: false }
  const server: Server = createServer(options, ({ socket, headers }, response) => {
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
    const protocol = socket instanceof TLSSocket ? socket.getProtocol() : null
    seen.push({ subject: certificate?.subject, authorization: headers.authorization, protocol })
    if (redirect) return void response.writeHead(302, { location: redirect() }).end()
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `https://localhost:${typeof address === 'object' ? address?.port : ''}`
}

test('is plain mutual TLS: no header, no session, TLS 1.3', async () => {
  const seen: Seen[] = []
  const baseUrl = await startMutual(seen)
  const client = new HttpClient({
    baseUrl,
    trust: { ca: localhost.cert },
    credentials: await certAuth(filesOf('user')),
  })
  onTestFinished(() => client.close())
  expect((await client.get('/account')).body).toEqual({ ok: true })
  expect(seen).toEqual([{ subject: `CN=${user}`, authorization: undefined, protocol: 'TLSv1.3' }])
})

test('another server never sees it, not even after a redirect', async () => {
  const [here, there]: [Seen[], Seen[]] = [[], []]
  const other = await startMutual(there)
  const baseUrl = await startMutual(here, () => `${other}/elsewhere`)
  const client = new HttpClient({
    baseUrl,
    trust: { ca: localhost.cert },
    credentials: await certAuth(filesOf('user')),
  })
  onTestFinished(() => client.close())
  await client.get('/account')
  expect(here).toHaveLength(1)
  expect(there).toEqual([{ subject: undefined, authorization: undefined, protocol: 'TLSv1.3' }])
})

test('an EC key, and a certificate that names nobody, are for other servers only', async () => {
  const seen: Seen[] = []
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  expect(() => makeCertificate({ identity: user, privateKey })).toThrow(
    expect.objectContaining({ code: 'KEY_TYPE_REFUSED' }),
  )
  const credentials = await certAuth({ certificate: { pem: person.cert }, privateKey: { pem: person.key } })
  const baseUrl = await startMutual(seen)
  const client = new HttpClient({ baseUrl, trust: { ca: localhost.cert }, credentials })
  onTestFinished(() => client.close())
  await client.get('/')
  expect(seen[0]?.subject).toBeDefined()
  const server = await startServer()
  const handles = new HandleClient({ server: server.httpsUrl, trust: { ca: server.certificate }, credentials })
  onTestFinished(() => handles.close())
  const error: unknown = await handles.verifyCredentials().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: expect.stringMatching(/KeyError|AuthError/) })
  expect(server.counters.sessions).toBe(0)
})
