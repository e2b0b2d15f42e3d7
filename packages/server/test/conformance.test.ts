import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHandleServer, type HandleServer } from '../src/index.ts'
import { clientOf, type Send } from './support/client.ts'
import { seedFile } from './support/fixtures.ts'
import { expectation, readScenarios, replay, type Memory } from './support/replay.ts'

// Everything that was recorded from a real HANDLE.NET server 9.2.0, in the order it was recorded.
describe('recorded exchanges', () => {
  const scenarios = readScenarios()
  let server: HandleServer
  let send: Send

  beforeAll(async () => {
    server = await startHandleServer({ seed: seedFile })
    send = clientOf(server)
  })
  afterAll(() => server.close())

  test('are all there', () => {
    expect(scenarios).toHaveLength(50)
    expect(scenarios.flatMap(({ steps }) => steps)).toHaveLength(207)
  })

  test.each(scenarios)('$name', async ({ steps }) => {
    const memory: Memory = new Map()
    for (const step of steps) {
      const received = await replay(send, step, memory)
      expect(received, `${step.request.method} ${step.request.path}`).toEqual(expectation(step.response, received))
    }
  })
})
