import { expect, onTestFinished, test } from 'vitest'
import type { ChallengeContext } from '../../src/index.ts'
import { httpClient } from '../support/client.ts'
import { Renewing } from '../support/credentials.ts'
import { json, startServer, type TestServer } from '../support/server.ts'

// Answers that nobody reads, because the request was sent again or because the call failed.

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
