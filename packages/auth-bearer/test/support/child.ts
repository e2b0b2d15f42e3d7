import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface Child {
  readonly process: ChildProcess
  /** All that it printed, when it has ended. */
  readonly output: Promise<string>
  kill(): Promise<void>
}

/** A real process that runs a program from its source. */
export function startChild(program: URL, ...values: string[]): Child {
  const child = spawn(process.execPath, ['--conditions=@handlekit/source', program.pathname, ...values], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = Promise.all([text(child.stdout), text(child.stderr)]).then(([out, error]) => out + error)
  return {
    process: child,
    output,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
