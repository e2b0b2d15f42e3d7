import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { capture } from './step.mjs'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const node = { package: 'node@24.21.0', least: manifest.engines.node.replace('>=', '') }
const pnpm = { package: manifest.packageManager, least: '10.0.0' }

/** Puts a Node.js and a pnpm that are new enough in front of the PATH: the machine's own, or those of npx. */
export async function bringToolchain() {
  const missing = []
  if (!isAtLeast(process.versions.node, node.least)) missing.push(node.package)
  if (!isAtLeast(await versionOf('pnpm'), pnpm.least)) missing.push(pnpm.package)
  if (missing.length === 0) return
  process.stderr.write(`Bringing ${missing.join(' and ')} by npx … `)
  const start = Date.now()
  const { code, output } = await npmExec(missing, 'node -p process.env.PATH')
  const path = output.trim().split('\n').at(-1) ?? ''
  if (code !== 0 || !path.includes(delimiter)) {
    process.stderr.write('failed\n')
    const [reason] = output.split('\n').filter((line) => /error|not found/i.test(line))
    throw new Error(
      `Node.js ${node.least} or newer and pnpm are needed, and npx could not bring them: ${reason ?? `exit code ${code}`}. ` +
        'Is npm installed, and can it reach its registry?',
    )
  }
  process.stderr.write(`${((Date.now() - start) / 1000).toFixed(1)} s\n`)
  process.env.PATH = path
}

function npmExec(packages, script) {
  const args = ['exec', '--yes', '--loglevel=error', ...packages.map((name) => `--package=${name}`), '-c', script]
  // Under npm, its own file: on Windows `npm` is no program that can be started by its name.
  const cli = process.env.npm_execpath
  return cli?.endsWith('npm-cli.js')
    ? capture(process.execPath, [cli, ...args], process.env)
    : capture('npm', args, process.env)
}

async function versionOf(program) {
  const { code, output } = await capture(program, ['--version'])
  return code === 0 ? output.trim() : '0'
}

function isAtLeast(version, least) {
  const [have, want] = [version, least].map((text) => text.split('.').map(Number))
  for (const [place, number] of want.entries()) if (have[place] !== number) return (have[place] ?? 0) > number
  return true
}
