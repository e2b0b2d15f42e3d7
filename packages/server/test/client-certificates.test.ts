import https from 'node:https'
import { describe, expect, test, vi } from 'vitest'
import { seededShare } from '../src/auth/renegotiate.ts'
import { clientCertificate, type SubjectAttribute } from './support/certificate.ts'
import { handle, textOf, type RequestOptions } from './support/client.ts'
import { pem, urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'

const user = { cert: pem('user.crt.pem'), key: pem('user.pem') }
const headers = { authorization: handle({ clientCert: 'true' }) }
const asUser: RequestOptions = { headers, tls: user }
const protectedPath = '/api/handles/21.T12345/RICH?index=10&publicOnly=false'
const whoAmI = '/api/sessions/this'
const userId = { authenticated: true, id: '300:21.T12345/USER01' }

/** An agent that sends everything over one connection. */
const oneConnection = (): https.Agent => new https.Agent({ keepAlive: true, maxSockets: 1 })

describe('a certificate on demand', () => {
  test('is asked for by renegotiation, when a request says so', async () => {
    const { server, send } = await startServer()
    expect((await send('GET', protectedPath, { tls: user })).status).toBe(401)
    expect(server.counters.renegotiations).toBe(0)
    expect((await send('GET', protectedPath, asUser)).status).toBe(200)
    expect(server.counters.renegotiations).toBe(1)
  })

  test('needs a client without session tickets', async () => {
    const { send } = await startServer()
    const withTickets = { ...asUser, tls: { ...user, secureOptions: 0 } }
    expect((await send('GET', protectedPath, withTickets)).status).toBe(401)
    const { send: sendToOther } = await startServer({ sessionTickets: false })
    expect((await sendToOther('GET', protectedPath, withTickets)).status).toBe(200)
  })

  test('keeps for the connection: nothing is renegotiated again', async () => {
    const { server, send } = await startServer()
    const agent = oneConnection()
    for (const name of ['A', 'B']) {
      const options = { ...asUser, body: [urlValue(1, 'x')], tls: { ...user, agent } }
      expect((await send('PUT', `/api/handles/21.T12345/${name}`, options)).status).toBe(201)
    }
    expect((await send('GET', whoAmI, { tls: { ...user, agent } })).json).toEqual(userId)
    expect(server.counters).toMatchObject({ requests: 3, renegotiations: 1 })
    agent.destroy()
  })

  test('is asked for again if a request insists, and dropped if one wants', async () => {
    const { server, send } = await startServer({ clientCertificates: 'want', sessionTickets: false })
    const who = async (parameters: Record<string, string>): Promise<unknown> =>
      (await send('GET', whoAmI, { headers: { authorization: handle(parameters) }, tls: user })).json
    expect(await who({ clientCert: 'true' })).toEqual(userId)
    expect(server.counters.renegotiations).toBe(0)
    expect(await who({ clientCert: 'true', renegotiate: 'true' })).toEqual(userId)
    expect(server.counters.renegotiations).toBe(1)
    expect(await who({ clientCert: 'false' })).toEqual({ authenticated: false })
    expect(server.counters.renegotiations).toBe(2)
  })

  test('may be missing: the request goes on without', async () => {
    const { send } = await startServer()
    expect((await send('GET', '/api/handles/21.T12345/LOCKED', { headers })).status).toBe(200)
    expect((await send('GET', protectedPath, { headers })).status).toBe(401)
  })

  test('limits the body that waits for it', async () => {
    const { send } = await startServer()
    const put = async (length: number): Promise<unknown> => {
      const body = `[]${' '.repeat(length - 2)}`
      return await send('PUT', '/api/handles/21.T12345/K', { ...asUser, body })
    }
    expect(await put(200_000)).toMatchObject({ status: 201 })
    expect(await put(200_001)).toMatchObject({ status: 413, text: '' })
  })

  test('opens a session that serves connections without one', async () => {
    const { server, send } = await startServer()
    for (const options of [asUser, { tls: user, body: { clientCert: true } }]) {
      const opened = await send('POST', '/api/sessions', options)
      expect(opened).toMatchObject({ status: 201, json: userId })
      const authorization = handle({ sessionId: textOf(opened.json, 'sessionId') })
      expect((await send('GET', protectedPath, { headers: { authorization } })).status).toBe(200)
    }
    expect(server.counters).toMatchObject({ renegotiations: 2, sessions: 2 })
  })

  test('proves a session that was opened without one', async () => {
    const { send } = await startServer()
    const sessionId = textOf((await send('POST', '/api/sessions')).json, 'sessionId')
    const naming = { authorization: handle({ sessionId }) }
    expect((await send('GET', protectedPath, { headers: naming })).status).toBe(401)
    const both = { authorization: handle({ sessionId, clientCert: 'true' }) }
    expect((await send('GET', protectedPath, { headers: both, tls: user })).status).toBe(200)
    expect((await send('GET', protectedPath, { headers: naming })).status).toBe(200)
  })

  test('serves many connections at once', async () => {
    const { server, send } = await startServer()
    const answers = await Promise.all(Array.from({ length: 30 }, () => send('GET', protectedPath, asUser)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(server.counters.renegotiations).toBe(30)
  })
})

describe('whom a certificate belongs to', () => {
  const userName = '300:21.T12345/USER01'
  test.each<[what: string, subject: SubjectAttribute[][]]>([
    ['UID before CN', [[['CN', 'x']], [['UID', userName]], [['O', 'x']]]],
    ['CN before O', [[['O', 'x']], [['CN', userName]]]],
    ['O at last', [[['O', userName]]]],
    ['the last of several UIDs', [[['UID', 'x']], [['UID', userName]]]],
    [
      'one of a pair',
      [
        [
          ['O', 'x'],
          ['UID', userName],
        ],
      ],
    ],
    ['no index: that of the key', [[['UID', '21.T12345/USER01']]]],
    ['index 0: that of the key', [[['UID', '0:21.T12345/USER01']]]],
  ])('%s', async (_, subject) => {
    const { send } = await startServer()
    const tls = { cert: clientCertificate('user', subject), key: user.key }
    expect((await send('GET', whoAmI, { headers, tls })).json).toEqual(userId)
  })

  test('an identity may hold anything that needs escapes', async () => {
    const { server, send } = await startServer()
    const name = '21.T12345/a, b=c+d\\"e" <ü>'
    const key = server.records.get('21.T12345/USER01')?.find(({ index }) => index === 300)
    server.records.put(name, [key ?? {}])
    const tls = { cert: clientCertificate('user', [[['UID', `300:${name}`]]]), key: user.key }
    expect((await send('GET', whoAmI, { headers, tls })).json).toEqual({ authenticated: true, id: `300:${name}` })
  })

  test('a server may prove itself with the key of its site', async () => {
    const { server, send } = await startServer()
    const publicKey = server.records.get('21.T12345/USER01')?.find(({ index }) => index === 300)?.data
    const value = { servers: [{ serverId: 1, address: '10.0.0.1', publicKey, interfaces: [] }] }
    server.records.put('21.T12345/SITE', [{ index: 1, type: 'HS_SITE', data: { format: 'site', value } }])
    const tls = { cert: clientCertificate('user', [[['UID', '1:21.T12345/SITE']]]), key: user.key }
    expect((await send('GET', whoAmI, { headers, tls })).json).toEqual({ authenticated: true, id: '1:21.T12345/SITE' })
  })

  test.each<[what: string, keyName: string, subject: SubjectAttribute[][]]>([
    ['another key', 'stranger', [[['UID', userName]]]],
    ['another index', 'user', [[['UID', '301:21.T12345/USER01']]]],
    ['an unknown handle', 'user', [[['UID', '300:21.T12345/NONE']]]],
    ['a foreign prefix', 'user', [[['UID', '300:9.9/X']]]],
    ['UID first, though CN would do', 'user', [[['UID', 'x']], [['CN', userName]]]],
    ['nobody', 'user', []],
  ])('%s ends the connection', async (_, keyName, subject) => {
    const { send } = await startServer()
    const tls = { cert: clientCertificate(keyName, subject), key: pem(`${keyName}.pem`) }
    await expect(send('GET', '/api/handles/21.T12345/LOCKED', { headers, tls })).rejects.toThrow(
      /socket|ECONNRESET|EPIPE/,
    )
  })
})

describe('a certificate in the first handshake', () => {
  test('if wanted, counts without being asked for', async () => {
    const { server, send } = await startServer({ clientCertificates: 'want' })
    expect((await send('GET', protectedPath, { tls: user })).status).toBe(200)
    expect((await send('GET', protectedPath)).status).toBe(401)
    expect((await send('GET', protectedPath, asUser)).status).toBe(200)
    const stranger = { cert: pem('stranger.crt.pem'), key: pem('stranger.pem') }
    await expect(send('GET', '/api/site', { tls: stranger })).rejects.toThrow(/socket|ECONNRESET|EPIPE/)
    expect(server.counters.renegotiations).toBe(0)
  })

  test('if needed, is a must', async () => {
    const { send } = await startServer({ clientCertificates: 'need' })
    expect((await send('GET', protectedPath, { tls: user })).status).toBe(200)
    await expect(send('GET', '/api/site')).rejects.toThrow(/socket|ECONNRESET|EPIPE/)
    const without = { headers: { authorization: handle({ clientCert: 'false' }) }, tls: user }
    expect(await send('GET', '/api/site', without)).toMatchObject({ status: 403, text: '' })
  })
})

describe('renegotiations that never end', () => {
  test('leave the request waiting until its connection ends', async () => {
    const { server, send } = await startServer({ hangRenegotiations: { share: 1, seed: 1 } })
    const waiting = send('GET', protectedPath, asUser)
    // Requests are handled in turn: when this one is answered, the other one has long been waiting.
    await vi.waitUntil(() => server.counters.renegotiations === 1, { timeout: 20_000, interval: 5 })
    expect((await send('GET', '/api/site')).status).toBe(200)
    await Promise.all([expect(waiting).rejects.toThrow(/socket|ECONNRESET/), server.close()])
  })

  test('are the same ones for the same seed', () => {
    const chosen = (seed: number): number[] => {
      const hangs = seededShare({ share: 0.1, seed })
      return Array.from({ length: 1000 }, (_, i) => i).filter(() => hangs())
    }
    expect(chosen(1)).toEqual(chosen(1))
    expect(chosen(1)).not.toEqual(chosen(2))
    expect(chosen(1).length).toBeGreaterThan(60)
    expect(chosen(1).length).toBeLessThan(140)
  })
})
