import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { BenchOptions } from './bench.ts'
import { type Protocol, protocols } from './messages.ts'

/** What the command line asks for. */
export interface Arguments extends BenchOptions {
  /** Where the raw rounds go. */
  readonly json: string
}

export const usage = `node packages/bench/src/main.ts [--quick] [--connections 1,16,64] [--protocols http,https]
  [--batches N] [--rounds N] [--milliseconds N] [--json FILE]`

/** Twenty seconds: tells whether something is badly wrong. */
const quick = { batches: '1', rounds: '5', milliseconds: '80' }
/** Two and a half minutes. */
const full = { batches: '4', rounds: '5', milliseconds: '180' }

/** @throws Error with a line that says what is wrong. */
export function parseArguments(argv: readonly string[], execArgv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      connections: { type: 'string', default: '1,16,64' },
      protocols: { type: 'string', default: protocols.join(',') },
      batches: { type: 'string' },
      rounds: { type: 'string' },
      milliseconds: { type: 'string' },
      json: { type: 'string', default: fileURLToPath(new URL('../results/bench.json', import.meta.url)) },
    },
  })
  const usual = values.quick ? quick : full
  return {
    connections: values.connections.split(',').map((text) => count('--connections', text)),
    protocols: values.protocols.split(',').map(protocol),
    batches: count('--batches', values.batches ?? usual.batches),
    rounds: count('--rounds', values.rounds ?? usual.rounds),
    milliseconds: count('--milliseconds', values.milliseconds ?? usual.milliseconds),
    compilation: 1000,
    json: values.json,
    execArgv,
  }
}

function count(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`${option} takes whole numbers from 1, not '${text}'.`)
  return Number(text)
}

function protocol(text: string): Protocol {
  const known = protocols.find((name) => name === text)
  if (known === undefined) throw new Error(`--protocols takes ${protocols.join(' and ')}, not '${text}'.`)
  return known
}
