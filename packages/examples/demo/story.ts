import { styleText } from 'node:util'

const indent = '     '

/** Tells what happens, step by step, with the time of each. */
export class Story {
  readonly #start = performance.now()
  #steps = 0

  say(...lines: string[]): void {
    console.log(`\n${lines.join('\n')}\n`)
  }

  /** Runs one step. It gives its result, and the lines that tell of it. */
  async step<T>(title: string, run: () => Promise<[T, ...string[]]>): Promise<T> {
    this.#steps += 1
    const start = performance.now()
    const [result, ...lines] = await run()
    const time = `${(performance.now() - start).toFixed(0)} ms`
    console.log(`${String(this.#steps).padStart(3)}  ${styleText('bold', title)} ${styleText('dim', `(${time})`)}`)
    for (const line of lines) console.log(indent + line)
    return result
  }

  end(...lines: string[]): void {
    console.log(
      `\n${this.#steps} steps in ${((performance.now() - this.#start) / 1000).toFixed(1)} s. ${lines.join('\n')}\n`,
    )
  }
}
