import { Child } from './child.ts'
import { isMeasured, isOrigins, type Measured, type Origins, type Protocol, type Task } from './messages.ts'
import { isSideName, type SideName, sides } from './sides.ts'

export interface BenchOptions {
  readonly protocols: readonly Protocol[]
  readonly connections: readonly number[]
  /** How often every client starts as a new process: what its JIT compiler decides differs from one to the next. */
  readonly batches: number
  /** In each batch. */
  readonly rounds: number
  /** Of one side in one round. */
  readonly milliseconds: number
  /** Milliseconds that a new client works before anything counts: until the JIT compiler has seen what matters. */
  readonly compilation: number
  /** Flags of Node.js for the server and the clients. */
  readonly execArgv: readonly string[]
}

/** One side in one round. */
export interface Round extends Measured {
  readonly protocol: Protocol
  readonly connections: number
  readonly round: number
  readonly side: SideName
}

/** Measures every side, round by round, in turns. */
export async function runBench(options: BenchOptions, progress: (text: string) => void): Promise<Round[]> {
  const server = new Child('server.ts', [], options.execArgv)
  try {
    const origins = await server.receive()
    if (!isOrigins(origins)) throw new Error('The server does not say where it is.')
    const rounds: Round[] = []
    for (let batch = 0; batch < options.batches; batch += 1) {
      progress(`Batch ${batch + 1} of ${options.batches} …`)
      rounds.push(...(await runBatch(options, origins, batch * options.rounds)))
    }
    return rounds
  } finally {
    await server.close()
  }
}

interface Client {
  readonly side: SideName
  readonly child: Child
}

async function runBatch(options: BenchOptions, origins: Origins, roundsBefore: number): Promise<Round[]> {
  const { execArgv, milliseconds, compilation } = options
  const names = Object.keys(sides).filter(isSideName)
  const clients: Client[] = names.map((side) => ({ side, child: new Child('client.ts', [side], execArgv) }))
  try {
    const first = { origin: origins.http, connections: 16, warmUp: 0, milliseconds: compilation }
    for (const client of clients) await measure(client, first)
    const rounds: Round[] = []
    for (const protocol of options.protocols) {
      for (const connections of options.connections) {
        const task = { origin: origins[protocol], connections, warmUp: milliseconds / 4, milliseconds }
        // Once more than counts: the first is for what is new here.
        for (let round = 0; round <= options.rounds; round += 1) {
          // Forth and back, so that nobody always comes after the same one.
          for (const client of round % 2 === 0 ? clients : clients.toReversed()) {
            const measured = await measure(client, task)
            const { side } = client
            if (round > 0) rounds.push({ protocol, connections, round: roundsBefore + round, side, ...measured })
          }
        }
      }
    }
    return rounds
  } finally {
    await Promise.all(clients.map(({ child }) => child.close()))
  }
}

async function measure({ side, child }: Client, task: Task): Promise<Measured> {
  const measured = await child.ask(task)
  if (!isMeasured(measured)) throw new Error(`${side} does not say what it measured.`)
  return measured
}
