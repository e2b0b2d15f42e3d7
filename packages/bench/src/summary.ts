import type { Round } from './bench.ts'
import type { Protocol } from './messages.ts'
import { baseline, isSideName, type SideName, sides } from './sides.ts'
import { compared, difference, median, ratio, type Spread } from './statistics.ts'

/** One line of the table: one side, over one protocol, with one number of connections. */
export interface Line {
  readonly protocol: Protocol
  readonly connections: number
  readonly side: SideName
  readonly requestsPerSecond: number
  /** Of the baseline's requests per second. */
  readonly throughputRatio: Spread
  /** Microseconds of the client process. */
  readonly cpuPerRequest: number
  /** Microseconds more than the baseline. */
  readonly cpuDifference: Spread
  /** Share of one core that the client process used: near 1, the client was what the requests waited for. */
  readonly busy: number
}

/** Sums the rounds up, in the order in which they were measured. */
export function summarize(rounds: readonly Round[]): Line[] {
  const groups = Map.groupBy(rounds, ({ protocol, connections }) => `${protocol} ${connections}`)
  return [...groups.values()].flatMap(linesOf)
}

function linesOf(rounds: readonly Round[]): Line[] {
  const bySide = Map.groupBy(
    rounds.toSorted((a, b) => a.round - b.round),
    ({ side }) => side,
  )
  const base = bySide.get(baseline) ?? []
  const lines: Line[] = []
  for (const side of Object.keys(sides).filter(isSideName)) {
    const own = bySide.get(side) ?? []
    const [first] = own
    if (!first) continue
    lines.push({
      protocol: first.protocol,
      connections: first.connections,
      side,
      requestsPerSecond: median(own.map(speed)),
      throughputRatio: compared(own.map(speed), base.map(speed), ratio),
      cpuPerRequest: median(own.map(cost)),
      cpuDifference: compared(own.map(cost), base.map(cost), difference),
      busy: median(own.map(({ cpu, milliseconds }) => cpu / 1000 / milliseconds)),
    })
  }
  return lines
}

function speed({ requests, milliseconds }: Round): number {
  return (requests / milliseconds) * 1000
}

function cost({ cpu, requests }: Round): number {
  return cpu / requests
}
