import { toPem, toPfx } from '@handlekit/keys'
import { generateIdentity, makeCertificate, type GeneratedIdentity } from '@handlekit/identity'
import { startHandleServer, type HandleServer } from '@handlekit/server'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { connect, createServer, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { strangerKey } from './support/keys.ts'

const identity = '300:21.T12345/USER01'
let made: GeneratedIdentity

beforeAll(async () => {
  made = await generateIdentity({ identity })
})

describe('a Handle server', () => {
  let server: HandleServer
  const seen: (string | undefined)[] = []

  beforeAll(async () => {
    const record = {
      handle: '21.T12345/USER01',
      values: [{ index: 300, type: 'HS_PUBKEY', data: made.publicKeyValue }],
    }
    server = await startHandleServer({
      clientCertificates: 'want',
      seed: { homedPrefixes: ['0.NA/21.T12345'], records: [record] },
      onRequest: (info) => seen.push(info.identity),
    })
  })
  afterAll(() => server.close())

  async function get(tls: ConnectionOptions): Promise<number | undefined> {
    const headers = { authorization: 'Handle clientCert="true"' }
    const url = `${server.httpsUrl}/api/handles/21.T12345/USER01`
    const sent = request(url, { ...tls, ca: server.certificate, headers, agent: false }).end()
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      sent.on('response', resolve).on('error', reject),
    )
    response.resume()
    await once(response, 'end')
    return response.statusCode
  }

  it('knows the certificate, as PEM', async () => {
    expect(await get({ cert: made.certificate.toString(), key: toPem(made.privateKey) })).toBe(200)
    expect(seen.at(-1)).toBe(identity)
  })

  it('knows the certificate, as PKCS#12', async () => {
    const pfx = toPfx({ certificate: made.certificate, privateKey: made.privateKey, passphrase: 'correct-horse' })
    expect(await get({ pfx, passphrase: 'correct-horse' })).toBe(200)
    expect(seen.at(-1)).toBe(identity)
  })

  it('ends the connection of another key with the same name', async () => {
    const cert = makeCertificate({ identity, privateKey: strangerKey }).toString()
    await expect(get({ cert, key: toPem(strangerKey) })).rejects.toThrow(
      /socket|connection|ECONNRESET|EPIPE|handshake/i,
    )
  })
})

describe('any other TLS server', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('that was told to trust it takes it: %s', async (version) => {
    const { privateKey, certificate } = await generateIdentity({ identity: '1:localhost/server' })
    const cert = certificate.toString()
    const server = createServer({ key: toPem(privateKey), cert, ca: made.certificate.toString(), requestCert: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const socket = connect({
      port: typeof address === 'object' ? (address?.port ?? 0) : 0,
      key: toPem(made.privateKey),
      cert: made.certificate.toString(),
      rejectUnauthorized: false,
      maxVersion: version,
    })
    const accepted = await new Promise<TLSSocket>((resolve) => server.once('secureConnection', resolve))
    expect(accepted.authorized).toBe(true)
    expect(accepted.getPeerX509Certificate()?.fingerprint256).toBe(made.certificate.fingerprint256)
    socket.destroy()
    server.close()
  })
})
