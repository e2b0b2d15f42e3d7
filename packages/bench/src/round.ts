import type { Measured, Task } from './messages.ts'
import { samples } from './record.ts'
import type { Side } from './sides.ts'

/** Warms one side up, and measures it. */
export async function runRound(side: Side, { connections, warmUp, milliseconds }: Task): Promise<Measured> {
  await ask(side, connections, warmUp)
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const requests = await ask(side, connections, milliseconds)
  const elapsed = performance.now() - start
  const { user, system } = process.cpuUsage(cpuBefore)
  return { requests, milliseconds: elapsed, cpu: user + system }
}

/** Keeps so many requests under way for so long. Each asks at least once. */
async function ask(side: Side, atOnce: number, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds
  let requests = 0
  async function loop(): Promise<void> {
    do {
      const sample = samples[requests++ % samples.length]
      if (!sample) throw new Error('There are no samples.')
      const url = await side.read(sample.handle)
      if (url !== sample.url) throw new Error(`Wrong answer for ${sample.handle}: ${url}`)
    } while (performance.now() < end)
  }
  await Promise.all(Array.from({ length: atOnce }, loop))
  return requests
}
