import { describe, expect, onTestFinished, test } from 'vitest'
import type { ChallengeContext } from '../../src/index.ts'
import { httpClient } from '../support/client.ts'
import { Renewing } from '../support/credentials.ts'
import { code, rejection } from '../support/rejection.ts'
import { json, startServer, type TestServer } from '../support/server.ts'

// Answers that nobody reads, because the request was sent again or because the call failed.

/** More than fits between a server and a client that does not read. */
const large = Buffer.alloc(8_000_000)

test('a 401 whose body breaks off while the strategy works ends neither the call nor the program', async () => {
  const unhandled: unknown[] = []
  const listen = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', listen)
  onTestFinished(() => void process.off('unhandledRejection', listen))

  const server: TestServer = await startServer(({ url, headers }, response) => {
    if (url === '/session' || headers.authorization === 'Bearer token-1') return json(response, 200, {})
    response.writeHead(401, { 'content-length': 1000 }).write('part')
  })
  const credentials = new (class extends Renewing {
    override async onChallenge(context?: ChallengeContext): Promise<boolean> {
      server.seen[0]?.socket.destroy()
      // The only connection: this is sent when the client has noticed.
      await context?.send({ method: 'GET', path: '/session' })
      return super.onChallenge()
    }
  })()
  const response = await httpClient(server, { credentials, connections: 1 }).fetch(server.origin)
  expect(response.status).toBe(200)
  await new Promise((resolve) => setImmediate(resolve))
  expect(unhandled).toEqual([])
})

// The garbage collector does it, too, some time later than this.
describe('its connection is let go of by a call that', { timeout: 5_000 }, () => {
  /** Whether the connection of the first request ends. */
  function letGo(server: TestServer): Promise<void> {
    return new Promise((resolve) => {
      const [first] = server.seen
      if (!first || first.socket.destroyed) resolve()
      else first.socket.on('close', () => resolve())
    })
  }

  test('refuses a redirect', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(302, { location: 'http://example.org/' }).end(large)
    })
    await expect(httpClient(server).fetch(server.origin)).rejects.toEqual(code('REDIRECT_REFUSED'))
    await letGo(server)
  })

  test('wants none', async () => {
    const server = await startServer((_request, response) => response.writeHead(302, { location: '/' }).end(large))
    const call = httpClient(server).fetch(server.origin, { redirect: 'error' })
    await expect(call).rejects.toEqual(code('REDIRECT_REFUSED'))
    await letGo(server)
  })

  test('fails with its strategy', async () => {
    const server = await startServer((_request, response) => response.writeHead(401).end(large))
    const fault = new Error('the token cannot be renewed')
    const credentials = { scheme: 'test', onChallenge: () => Promise.reject(fault) }
    expect(await rejection(httpClient(server, { credentials }).fetch(server.origin))).toBe(fault)
    await letGo(server)
  })

  test('ends before its strategy does', async () => {
    const server = await startServer((_request, response) => response.writeHead(401).end(large))
    const credentials = { scheme: 'test', onChallenge: () => new Promise<never>(() => {}) }
    const call = httpClient(server, { credentials, timeout: 200 }).fetch(server.origin)
    await expect(call).rejects.toEqual(code('TIMEOUT'))
    await letGo(server)
  })
})
