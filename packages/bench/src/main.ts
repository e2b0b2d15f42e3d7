import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Arguments, parseArguments, usage } from './arguments.ts'
import { runBench } from './bench.ts'
import { describe, machine } from './machine.ts'
import { summarize } from './summary.ts'
import { table, verdict } from './table.ts'

async function main({ json, ...options }: Arguments): Promise<void> {
  const facts = machine()
  const started = new Date().toISOString()
  console.log(describe(facts))
  const rounds = await runBench(options, (text) => console.error(text))
  const lines = summarize(rounds)
  await mkdir(path.dirname(json), { recursive: true })
  await writeFile(json, `${JSON.stringify({ started, machine: facts, options, lines, rounds }, undefined, 2)}\n`)
  console.log(`\n${table(lines)}\n\n${verdict(lines).join('\n')}\n`)
  console.log(
    `Medians of ${options.batches * options.rounds} rounds of ${options.milliseconds} ms each, in brackets the middle half of them; every ` +
      "round is compared with undici's of the same turn.\nBuilt-in fetch takes no number of connections: it opens as " +
      `many as it has requests at a time.\nEvery round: ${path.relative('.', json)}`,
  )
}

let options: Arguments
try {
  options = parseArguments(process.argv.slice(2), process.execArgv)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(usage)
  process.exit(2)
}
await main(options)
