import { isTask } from './messages.ts'
import { runRound } from './round.ts'
import { isSideName, sides } from './sides.ts'

// A process of its own for each side, so that its CPU time is its own, and so is what the JIT compiler makes of it.

const [, , name] = process.argv
if (!isSideName(name)) throw new Error(`There is no side '${name}'.`)
const open = sides[name]

async function answer(message: unknown): Promise<void> {
  if (!isTask(message)) throw new Error('This is no task.')
  const side = open(message.origin, message.connections)
  const measured = await runRound(side, message)
  await side.close()
  process.send?.(measured)
}

process.on('disconnect', () => process.exit())
process.on('message', (message) => void answer(message))
