import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { connect as connectTls } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { developmentSeed, startHandleServer, type RequestInfo } from '../src/index.ts'
import { generateServerIdentity } from '../src/tls/certificate.ts'
import { clientOf } from './support/client.ts'
import { adminValue, fixture, prefixAdmin, seedFile, urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'

describe('startHandleServer', () => {
  test('works as the README shows', async () => {
    await using server = await startHandleServer({ seed: developmentSeed })
    const answer = await fetch(`${server.httpUrl}/api/handles/21.T12345/ADMIN?index=100`)
    expect(await answer.json()).toMatchObject({ responseCode: 1, handle: '21.T12345/ADMIN' })
    server.records.put('21.T12345/first', [{ index: 1, type: 'URL', data: 'https://example.org' }])
    expect((await fetch(`${server.httpUrl}/api/handles/21.T12345/FIRST`)).status).toBe(200)
    expect(server.counters.requests).toBe(2)
  })

  test('without options has no records and no prefixes', async () => {
    await using server = await startHandleServer()
    expect(server.records.names()).toEqual([])
    const answer = await fetch(`${server.httpUrl}/api/handles/21.T12345/ADMIN`)
    expect(await answer.json()).toMatchObject({ responseCode: 301 })
  })

  test('takes a seed as an object, a path or a URL', async () => {
    for (const seed of [developmentSeed, seedFile, fixture('seed.json')]) {
      await using server = await startHandleServer({ seed })
      expect(server.records.get('0.na/21.t12345')).toBeDefined()
    }
    await expect(startHandleServer({ seed: '/no/such/seed.json' })).rejects.toThrow('/no/such/seed.json')
  })

  test('listens only where it is told to', async () => {
    await using server = await startHandleServer({ httpsPort: false })
    expect(server.httpsUrl).toBe('')
    expect(server.site.servers[0]?.interfaces).toEqual([
      { query: true, admin: true, protocol: 'HTTP', port: Number(new URL(server.httpUrl).port) },
    ])
  })

  test('shows a certificate of its own, which has to be of an RSA key', async () => {
    const tls = await generateServerIdentity()
    await using server = await startHandleServer({ tls })
    expect(server.certificate).toBe(tls.certificate)
    expect((await clientOf(server)('GET', '/api/site')).status).toBe(200)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    await expect(startHandleServer({ tls: { ...tls, key } })).rejects.toThrow('RSA')
  })

  test('gives back what it holds when a port is taken', async () => {
    const { server } = await startServer()
    const httpPort = Number(new URL(server.httpUrl).port)
    await expect(startHandleServer({ httpPort })).rejects.toThrow('EADDRINUSE')
  })

  test('ends open connections when it closes', async () => {
    const server = await startHandleServer()
    const socket = connectTls({
      port: Number(new URL(server.httpsUrl).port),
      host: '127.0.0.1',
      rejectUnauthorized: false,
    })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    await new Promise<void>((resolve) => socket.once('secureConnect', resolve))
    await server.close()
    await closed
  })

  test('tells about requests, and nothing secret', async () => {
    const seen: RequestInfo[] = []
    const { send } = await startServer({ onRequest: (info) => seen.push(info) })
    await send('PUT', '/api/handles/21.T12345/X?overwrite=false', { basic: prefixAdmin, body: [] })
    await send('DELETE', '/api/handles/21.T12345/X', { plain: true, basic: prefixAdmin })
    expect(seen).toEqual([
      { method: 'PUT', path: '/api/handles/21.T12345/X', secure: true, identity: prefixAdmin[0], status: 201 },
      { method: 'DELETE', path: '/api/handles/21.T12345/X', secure: false, identity: undefined, status: 403 },
    ])
  })
})

describe('records', () => {
  test('show all that is private, and take what the API would refuse', async () => {
    const { server } = await startServer()
    expect(server.records.get('21.t12345/rich')).toContainEqual(
      expect.objectContaining({ index: 10, permissions: '1100' }),
    )
    server.records.put('21.T12345/New', [
      urlValue(0, 'x'),
      adminValue(),
      { ...urlValue(1, 'y'), timestamp: '2020-01-01T00:00:00Z' },
    ])
    expect(server.records.get('21.T12345/NEW')).toMatchObject([
      { index: 0 },
      { index: 100 },
      { timestamp: '2020-01-01T00:00:00Z' },
    ])
    expect([server.records.delete('21.T12345/new'), server.records.delete('21.T12345/new')]).toEqual([true, false])
  })
})

describe('TLS', () => {
  const protocolOf = async (
    port: number,
    options: { minVersion?: 'TLSv1.3'; maxVersion?: 'TLSv1.1' },
  ): Promise<string> =>
    await new Promise((resolve) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options })
      socket.once('secureConnect', () => {
        resolve(socket.getProtocol() ?? '')
        socket.destroy()
      })
      socket.once('error', () => resolve('refused'))
    })

  test('is version 1.2, nothing newer and nothing older', async () => {
    const { server } = await startServer()
    const port = Number(new URL(server.httpsUrl).port)
    expect(await protocolOf(port, {})).toBe('TLSv1.2')
    expect(await protocolOf(port, { minVersion: 'TLSv1.3' })).toBe('refused')
  })

  test('shows a certificate that can be trusted, and holds the key of the site', async () => {
    const { server, send } = await startServer()
    const certificate = new X509Certificate(server.certificate)
    expect(certificate.subject).toBe('CN=anonymous')
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect([certificate.checkIP('127.0.0.1'), certificate.checkIP('::1')]).toEqual(['127.0.0.1', '::1'])
    expect(certificate.validTo).toMatch(/9999/)
    expect(certificate.publicKey.export({ format: 'jwk' })).toEqual(server.siteKey)
    const site = (await send('GET', '/api/site')).json
    expect(site).toEqual({ responseCode: 1, site: server.site })
    expect(server.site.servers[0]?.publicKey).toEqual({ format: 'key', value: server.siteKey })
    expect((await send('POST', '/api/site', { plain: true })).json).toEqual(site)
  })
})

test('a client of one server does not trust another', async () => {
  const { server } = await startServer()
  await using other = await startHandleServer()
  const send = clientOf({ ...server, httpsUrl: other.httpsUrl })
  await expect(send('GET', '/api/site')).rejects.toThrow(/self-signed certificate/)
})
