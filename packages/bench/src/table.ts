import { baseline } from './sides.ts'
import type { Spread } from './statistics.ts'
import type { Line } from './summary.ts'

const columns = ['over', 'at a time', 'side', 'requests/s', 'of undici', 'CPU µs/request', 'more than undici', 'busy']
const textColumns = new Set(['over', 'side'])

/** The lines as a table, in Markdown that is readable as it is. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map(cells)
  const widths = columns.map((column, place) => Math.max(column.length, ...rows.map((row) => row[place]?.length ?? 0)))
  const draw = (row: readonly string[]): string => `| ${row.map((cell, place) => align(cell, place)).join(' | ')} |`
  const align = (cell: string, place: number): string => {
    const width = widths[place] ?? 0
    return isText(place) ? cell.padEnd(width) : cell.padStart(width)
  }
  const rule = widths.map((width, place) => '-'.repeat(width + 1) + (isText(place) ? '-' : ':'))
  return [draw(columns), `|${rule.join('|')}|`, ...rows.map(draw)].join('\n')
}

function isText(place: number): boolean {
  return textColumns.has(columns[place] ?? '')
}

function cells(line: Line): string[] {
  const isBase = line.side === baseline
  return [
    line.protocol.toUpperCase(),
    String(line.connections),
    line.side,
    line.requestsPerSecond.toFixed(0),
    isBase ? '1' : between(line.throughputRatio, (number) => number.toFixed(2)),
    line.cpuPerRequest.toFixed(1),
    isBase ? '' : between(line.cpuDifference, signed),
    `${(line.busy * 100).toFixed(0)} %`,
  ]
}

function between({ median, low, high }: Spread, show: (number: number) => string): string {
  return `${show(median)} (${show(low)} to ${show(high)})`
}

function signed(number: number): string {
  return (number > 0 ? '+' : '') + number.toFixed(1)
}

/** What the project wants of HandleClient with 16 connections. */
const goal = { connections: 16, throughputRatio: 0.95, cpuDifference: 10 } as const

/** Whether it has it, a line for each protocol. */
export function verdict(lines: readonly Line[]): string[] {
  return lines
    .filter(({ side, connections }) => side === 'HandleClient.resolve' && connections === goal.connections)
    .map(({ protocol, throughputRatio, cpuDifference }) => {
      const met = throughputRatio.median >= goal.throughputRatio && cpuDifference.median < goal.cpuDifference
      return (
        `Goal over ${protocol.toUpperCase()} (HandleClient.resolve, ${goal.connections} connections: at least ` +
        `${goal.throughputRatio} of undici's requests/s, less than ${goal.cpuDifference} µs of CPU more): ` +
        `${met ? 'met' : 'missed'}, ${throughputRatio.median.toFixed(2)} and ${signed(cpuDifference.median)} µs.`
      )
    })
}
