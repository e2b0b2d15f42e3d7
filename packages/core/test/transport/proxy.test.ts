import { basicAuth } from '@handlekit/auth-basic'
import { inspect } from 'node:util'
import { expect, it, onTestFinished, vi } from 'vitest'
import { HandleClient } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { abroad, startForwardProxy } from '../support/forward-proxy.ts'
import { code, rejection } from '../support/rejection.ts'
import { startTcpServer } from '../support/raw-server.ts'
import { json, startPlainServer, startServer } from '../support/server.ts'
import { elsewhere, person } from '../support/tls.ts'

const answer = { responseCode: 1, handle: '21.T/x', values: [] }

it('every connection goes through the proxy, which sees nothing of what it carries', async () => {
  const server = await startServer((_request, response) => json(response, 200, answer))
  const proxy = await startForwardProxy()
  const credentials = basicAuth({ username: '300:foo/bar', password: 'canary' })
  const client = handleClient(abroad(server), { proxy: `http://${proxy.host}`, credentials, connections: 4 })
  await Promise.all(Array.from({ length: 20 }, () => client.resolve('21.T/x')))
  expect(proxy.asked).toHaveLength(4)
  expect(new Set(proxy.asked.map(({ target }) => target))).toEqual(new Set([new URL(abroad(server).origin).host]))
  expect(server.seen).toHaveLength(20)
  expect(proxy.carried()).not.toContain('authorization')
})

it('a client certificate is presented through it, on the connections of strategies, too', async () => {
  const server = await startServer((_request, response) => json(response, 200, {}), {
    requestCert: true,
    rejectUnauthorized: false,
  })
  const proxy = await startForwardProxy()
  const client = httpClient(abroad(server), {
    proxy: `http://${proxy.host}`,
    credentials: {
      scheme: 'test',
      tls: () => person,
      async authorize({ send }) {
        await send({ method: 'POST', path: '/session', newConnection: true })
      },
    },
  })
  await client.get('/')
  expect(server.seen).toMatchObject([{ url: '/session' }, { url: '/' }])
  expect(new Set(server.seen.map(({ certificate }) => certificate))).toEqual(new Set(['handlekit test client']))
  expect(proxy.asked).toHaveLength(2)
})

it('whom to trust is as without it', async () => {
  const server = await startServer((_request, response) => json(response, 200, answer), { ...elsewhere })
  const proxy = await startForwardProxy()
  const client = handleClient(abroad(server), { proxy: `http://${proxy.host}`, retries: 0 })
  expect(await rejection(client.resolve('21.T/x'))).toEqual(code('SERVER_NOT_TRUSTED'))
  expect(server.seen).toHaveLength(0)
})

it('a redirect to another server goes through it as well', async () => {
  const other = await startServer((_request, response) => json(response, 200, { here: true }))
  const server = await startServer((_request, response) =>
    response.writeHead(302, { location: abroad(other).origin }).end(),
  )
  const proxy = await startForwardProxy()
  await httpClient(abroad(server), { proxy: `http://${proxy.host}` }).get('/')
  expect(proxy.asked.map(({ target }) => target)).toEqual(
    [server, other].map((one) => new URL(abroad(one).origin).host),
  )
})

it('a server without TLS is reached through it, too', async () => {
  const server = await startPlainServer((_request, response) => json(response, 200, answer))
  const proxy = await startForwardProxy()
  const client = handleClient(abroad(server), {
    proxy: `http://${proxy.host}`,
    trust: undefined,
    allowInsecureHttp: true,
  })
  expect((await client.resolve('21.T/x')).values).toEqual([])
  expect(proxy.asked).toHaveLength(1)
})

it('this machine is reached without it: to the proxy, that would be the proxy', async () => {
  const server = await startPlainServer((_request, response) => json(response, 200, answer))
  const proxy = await startForwardProxy()
  const credentials = basicAuth({ username: '300:foo/bar', password: 'canary' })
  const client = handleClient(server, { proxy: `http://${proxy.host}`, trust: undefined, credentials })
  await client.resolve('21.T/x')
  expect(proxy.asked).toHaveLength(0)
  expect(proxy.carried()).toBe('')
})

it('an address of IPv6 is asked for as one', async () => {
  const proxy = await startForwardProxy({ status: 403 })
  const client = handleClient({ origin: 'https://[2001:db8::1]:8000' }, { proxy: `http://${proxy.host}` })
  await rejection(client.resolve('21.T/x'))
  expect(proxy.asked[0]?.target).toBe('[2001:db8::1]:8000')
})

it('an empty variable of the environment is no proxy', async () => {
  const server = await startServer((_request, response) => json(response, 200, answer))
  expect((await handleClient(server, { proxy: '' }).resolve('21.T/x')).values).toEqual([])
})

it('the proxy may want a user and a password', async () => {
  const server = await startServer((_request, response) => json(response, 200, answer))
  const proxy = await startForwardProxy()
  const client = handleClient(abroad(server), { proxy: `http://me:canary%3A%C3%A9@${proxy.host}` })
  await client.resolve('21.T/x')
  const [, encoded = ''] = proxy.asked[0]?.authorization?.split(' ') ?? []
  expect(Buffer.from(encoded, 'base64').toString()).toBe('me:canary:é')
  expect(server.seen[0]?.headers).not.toHaveProperty('proxy-authorization')
  expect(inspect(client, { depth: null, showHidden: true })).not.toContain('canary')
})

it.each([
  [407, /the proxy localhost:\d+ wants another user and password \(407\)/],
  [403, /the proxy localhost:\d+ refused server\.example\.org:\d+ \(403\)/],
])('says so where the proxy refuses (%i)', async (status, text) => {
  const server = await startServer((_request, response) => json(response, 200, answer))
  const proxy = await startForwardProxy({ status })
  const client = handleClient(abroad(server), { proxy: `http://me:canary@${proxy.host}` })
  const error = await rejection(client.create('21.T/x', {}))
  expect(error).toMatchObject({ code: 'PROXY_REFUSED', sent: false, message: expect.stringMatching(text) })
  // Not again: a wrong password may lock somebody out.
  expect(proxy.asked).toHaveLength(1)
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary')
  expect(server.seen).toHaveLength(0)
})

it('says so where there is no proxy, or something else', async () => {
  const server = await startServer((_request, response) => json(response, 200, answer))
  for (const proxy of ['http://localhost:1', server.origin.replace('https', 'http')]) {
    const error = await rejection(handleClient(abroad(server), { proxy, retries: 0 }).resolve('21.T/x'))
    expect(error).toMatchObject({
      code: 'CONNECT_FAILED',
      message: expect.stringMatching(/the proxy .* cannot be used/),
    })
  }
})

it('a request may take longer than opening its connection', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const server = await startServer((_request, response) => {
    vi.advanceTimersByTime(20_000)
    setImmediate(() => json(response, 200, answer))
  })
  const proxy = await startForwardProxy()
  const client = handleClient(abroad(server), { proxy: `http://${proxy.host}`, retries: 0 })
  expect((await client.resolve('21.T/x')).values).toEqual([])
})

it('a proxy that never answers is given up after ten seconds', async () => {
  const silent = await startTcpServer(() => vi.advanceTimersByTime(10_000))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const proxy = silent.origin.replace('https', 'http')
  const error = await rejection(
    handleClient({ origin: 'https://server.example.org' }, { proxy, retries: 0 }).resolve('21.T/x'),
  )
  expect(error).toMatchObject({ code: 'CONNECT_FAILED', message: expect.stringContaining('did not answer') })
})

it('closing the client ends what goes through it', async () => {
  const server = await startServer((_request, response) => json(response, 200, answer))
  const proxy = await startForwardProxy()
  const client = handleClient(abroad(server), { proxy: `http://${proxy.host}` })
  await client.resolve('21.T/x')
  const ended = new Promise((resolve) => server.seen[0]?.socket.once('close', resolve))
  await client.close()
  await ended
})

it.each([
  'proxy.example.org:3128',
  'socks://proxy:1',
  'https://proxy:1',
  'http://me:canary@proxy/path',
  'http://proxy/?q',
  5,
])('refuses %s', (proxy) => {
  const options = JSON.parse(JSON.stringify({ server: 'https://a.example.org', proxy }))
  const make = (): HandleClient => new HandleClient(options)
  expect(make).toThrow(code('INVALID_URL'))
  expect(make).not.toThrow(/canary/)
})

it('a program may say what it is', async () => {
  const server = await startServer((_request, response) => json(response, 200, answer))
  await handleClient(server, { userAgent: 'my-program/1.0 (me@example.org)' }).resolve('21.T/x')
  await handleClient(server).resolve('21.T/x')
  expect(server.seen.map(({ headers }) => headers['user-agent'])).toEqual([
    'my-program/1.0 (me@example.org) handlekit',
    'handlekit',
  ])
  for (const userAgent of ['', 'a\r\nb: c', 'ü']) {
    expect(() => handleClient(server, { userAgent })).toThrow(/userAgent is text/)
  }
})
