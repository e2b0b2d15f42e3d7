import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { httpClient } from '../support/client.ts'
import { startServer } from '../support/server.ts'

/** Collects garbage until what can be collected has been told of. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  if (typeof gc !== 'function') throw new Error('There is no gc().')
  for (let round = 0; round < 3; round += 1) {
    const told: unknown[] = []
    const registry = new FinalizationRegistry((name) => told.push(name))
    registry.register({}, 'garbage')
    while (told.length === 0) {
      Reflect.apply(gc, undefined, [])
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

test.each([
  ['a Response', (response: Response) => response],
  ['a clone', (response: Response) => response.clone()],
])('the body of %s that is held can be read, whatever was collected meanwhile', async (_what, hold) => {
  const server = await startServer((_request, response) => response.end('x'.repeat(200_000)))
  const { fetch } = httpClient(server)
  const held = await Promise.all(Array.from({ length: 5 }, async () => hold(await fetch(`${server.origin}/`))))
  await collectGarbage()
  for (const response of held) expect(await response.text()).toHaveLength(200_000)
})
