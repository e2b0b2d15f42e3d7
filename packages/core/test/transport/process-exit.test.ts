import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { startTcpServer } from '../support/raw-server.ts'
import { json, startServer } from '../support/server.ts'

const program = fileURLToPath(new URL('../support/quit.ts', import.meta.url))

/** Runs a program that makes one request, and gives what became of it, when the program has ended by itself. */
async function run(origin: string, how: string, timeout: number): Promise<{ said: string; took: number }> {
  const start = performance.now()
  const args = ['--disable-warning=ExperimentalWarning', '--disable-warning=HANDLEKIT_UNTRUSTED_SERVER', program]
  const { stdout } = await promisify(execFile)(process.execPath, [...args, origin, how, String(timeout)])
  return { said: stdout, took: performance.now() - start }
}

describe.each(['close', 'leave'])('nothing keeps a program alive (%s)', (how) => {
  test('after an answer', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    expect(await run(server.origin, how, 20_000)).toMatchObject({ said: '200' })
  })

  test('after a timeout', async () => {
    const server = await startServer(() => {})
    expect(await run(server.origin, how, 50)).toMatchObject({ said: 'TIMEOUT' })
  })
})

test('nor does a connection that is still being made, when the client is closed', async () => {
  const server = await startTcpServer(() => {})
  const { said, took } = await run(server.origin, 'close', 50)
  expect(said).toBe('TIMEOUT')
  expect(took).toBeLessThan(5_000)
})
