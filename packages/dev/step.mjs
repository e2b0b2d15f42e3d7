import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Settings of npm that pnpm would only warn about. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?!config_registry$)/i.test(name)))
}

/** Runs a program and shows what it prints. Signals reach it. Gives its exit code. */
export function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: cleanEnvironment(), stdio: 'inherit' })
    const forward = (signal) => child.kill(signal)
    process.on('SIGINT', forward).on('SIGTERM', forward)
    // npm gives a signal to the shell between us and it, which ends without passing it on.
    const parent = process.ppid
    const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 100)
    child.on('error', (error) => reject(new Error(`${program} could not be started (${error.message}).`)))
    child.on('exit', (code) => {
      process.off('SIGINT', forward).off('SIGTERM', forward)
      clearInterval(watch)
      resolve(code ?? 1)
    })
  })
}

/**
 * The same for the tests: none of them may let a secret show. Every secret of theirs that could begins with "canary-".
 */
export function runTests(program, args) {
  return new Promise((resolve, reject) => {
    const env = { ...cleanEnvironment(), ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) }
    const child = spawn(program, args, { cwd: root, env, stdio: ['inherit', 'pipe', 'pipe'] })
    let leaked = false
    for (const stream of ['stdout', 'stderr']) {
      let end = ''
      child[stream].setEncoding('utf8').on('data', (text) => {
        process[stream].write(text)
        leaked ||= (end + text).includes('canary-')
        end = text.slice(-'canary-'.length)
      })
    }
    child.on('error', (error) => reject(new Error(`${program} could not be started (${error.message}).`)))
    child.on('close', (code) => {
      if (leaked) reject(new Error('The output of the tests shows a secret: look for "canary-".'))
      else resolve(code ?? 1)
    })
  })
}

/** Runs a program and says only that it does; what it printed is shown when it fails. Progress goes to stderr. */
export async function step(title, program, args) {
  const start = Date.now()
  process.stderr.write(`${title} … `)
  const { code, output } = await capture(program, args)
  if (code === 0) {
    process.stderr.write(`${((Date.now() - start) / 1000).toFixed(1)} s\n`)
    return
  }
  process.stderr.write('failed\n')
  throw new Error(`${output.trim()}\n\n${title}: failed (${[program, ...args].join(' ')}).`)
}

/** Runs a program and collects what it prints. */
export function capture(program, args, env = cleanEnvironment()) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = []
    child.stdout.on('data', (text) => texts.push(text))
    child.stderr.on('data', (text) => texts.push(text))
    child.on('error', (error) => resolve({ code: 127, output: `${program}: ${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(texts).toString() }))
  })
}
