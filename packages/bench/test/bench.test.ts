import { describe, expect, it } from 'vitest'
import { parseArguments } from '../src/arguments.ts'
import { runBench } from '../src/bench.ts'
import { isSideName, sides } from '../src/sides.ts'
import { summarize } from '../src/summary.ts'
import { table, verdict } from '../src/table.ts'

describe('bench', () => {
  it('runs every side over both protocols, and sums it up', async () => {
    const rounds = await runBench(
      {
        protocols: ['http', 'https'],
        connections: [16],
        batches: 1,
        rounds: 1,
        milliseconds: 1,
        compilation: 1,
        execArgv: ['--conditions=@handlekit/source'],
      },
      () => {},
    )
    const names = Object.keys(sides).filter(isSideName)
    expect(rounds.map(({ side }) => side).toSorted()).toEqual([...names, ...names].toSorted())
    for (const { requests, milliseconds, cpu } of rounds) {
      expect(requests).toBeGreaterThanOrEqual(16)
      expect(milliseconds).toBeGreaterThan(0)
      expect(cpu).toBeGreaterThan(0)
    }
    const lines = summarize(rounds)
    expect(lines.map(({ protocol, side }) => `${protocol} ${side}`)).toEqual([
      ...names.map((name) => `http ${name}`),
      ...names.map((name) => `https ${name}`),
    ])
    expect(table(lines).split('\n')).toHaveLength(2 + lines.length)
    expect(verdict(lines)).toHaveLength(2)
  })

  it('reads its command line', () => {
    expect(parseArguments(['--connections', '1,8', '--protocols', 'https', '--json', 'x.json'], ['-C', 'x'])).toEqual(
      expect.objectContaining({ connections: [1, 8], protocols: ['https'], json: 'x.json', execArgv: ['-C', 'x'] }),
    )
    expect(parseArguments(['--quick'], []).milliseconds).toBeLessThan(parseArguments([], []).milliseconds)
    expect(() => parseArguments(['--connections', '0'], [])).toThrow('--connections')
    expect(() => parseArguments(['--protocols', 'ftp'], [])).toThrow('ftp')
    expect(() => parseArguments(['--fast'], [])).toThrow('--fast')
  })
})
