import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { certificateFile } from './certificate.ts'

/** A process of a run. What it prints goes to this one's output; when it fails, so does what waits for it. */
export class Child {
  readonly #name: string
  readonly #process: ChildProcess

  constructor(script: 'server.ts' | 'client.ts', args: readonly string[], execArgv: readonly string[]) {
    this.#name = [script, ...args].join(' ')
    this.#process = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
      execArgv: [...execArgv, '--disable-warning=ExperimentalWarning'],
      // Built-in fetch can be told in no other way whom to trust.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificateFile },
    })
  }

  /** The next message. */
  receive(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        this.#process.off('exit', onExit)
        resolve(message)
      }
      const onExit = (code: number | null): void => {
        this.#process.off('message', onMessage)
        reject(new Error(`The process '${this.#name}' ended with ${code}.`))
      }
      this.#process.once('message', onMessage)
      this.#process.once('exit', onExit)
    })
  }

  ask(question: object): Promise<unknown> {
    const answer = this.receive()
    this.#process.send(question)
    return answer
  }

  async close(): Promise<void> {
    if (!this.#process.connected) return
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.disconnect()
    await gone
  }
}
