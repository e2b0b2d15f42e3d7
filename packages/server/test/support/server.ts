import { afterEach } from 'vitest'
import { startHandleServer, type HandleServer, type HandleServerOptions } from '../../src/index.ts'
import { generateServerIdentity } from '../../src/tls/certificate.ts'
import { clientOf, type Send } from './client.ts'
import { seedFile } from './fixtures.ts'

const running: HandleServer[] = []

// One key for all servers of a test file: making one takes longer than most tests.
const tls = await generateServerIdentity()

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})

/** A server with the recorded seed, for one test: it ends with the test. */
export async function startServer(options: HandleServerOptions = {}): Promise<{ server: HandleServer; send: Send }> {
  const server = await startHandleServer({ seed: seedFile, ...(options.data === undefined ? { tls } : {}), ...options })
  running.push(server)
  return { server, send: clientOf(server) }
}
