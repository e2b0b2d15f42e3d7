import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

const program = fileURLToPath(new URL('../../src/bin/serve.ts', import.meta.url))

/** A real process of the command line, run from its sources. */
export interface Child {
  readonly process: ChildProcess
  /** Everything on stdout, once a line is there or the process has ended. */
  firstLine(): Promise<string>
  /** Exit code or the signal that ended it, and all output. */
  ended(): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>
}

const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts `serve` with these arguments; the process ends with the test. */
export function serve(...args: string[]): Child {
  const child = spawn(process.execPath, ['--conditions=@handlekit/source', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  children.push(child)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const closed = once(child, 'close')
  return {
    process: child,
    firstLine: async () => {
      while (!stdout.includes('\n') && child.exitCode === null) {
        await Promise.race([once(child.stdout, 'data'), closed])
      }
      return stdout
    },
    ended: async () => {
      await closed
      return { code: child.exitCode, signal: child.signalCode, stdout, stderr }
    },
  }
}

/** The URLs in the one line that a started server prints. */
export function urlsOf(line: string): { https: string; http: string } {
  const [, https = '', http = ''] = /^Handle server ready: (https:\S+) (http:\S+)\n$/.exec(line) ?? []
  return { https, http }
}
