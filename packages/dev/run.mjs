#!/usr/bin/env node
// What `npm run demo`, `npm test` and the like call. Runs on Node.js 20 with nothing installed: it brings the rest.
import { run, runTests, step } from './step.mjs'
import { bringToolchain } from './toolchain.mjs'

const tsc = ['node_modules/typescript/bin/tsc', '-b', 'packages/tsconfig.build.json']

const build = () => step('Building', 'node', tsc)

/** Everything that `npm test` checks before it runs the tests. */
async function check() {
  await step('Checking types of tests and examples', 'node', [tsc[0], '-p', 'packages'])
  await step('Linting', 'node', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', 'packages'])
  await step('Checking the format', 'node', ['node_modules/oxfmt/bin/oxfmt', '--check', '.'])
  await step('Looking for unused code and dependencies', 'node', ['node_modules/knip/bin/knip.js', '--no-progress'])
  await step('Checking the packages as they would be published', 'node', ['packages/dev/check-packages.mjs'])
}

const commands = {
  async demo() {
    await build()
    return run('node', ['packages/examples/demo.ts'])
  },
  async test(args) {
    await build()
    if (args.length === 0) await check()
    return runTests('node', ['node_modules/vitest/vitest.mjs', 'run', '--root', 'packages', ...args])
  },
  async serve(args) {
    await build()
    return run('node', ['packages/server/dist/bin/serve.js', ...args])
  },
  async bench(args) {
    await build()
    return run('node', ['packages/bench/src/main.ts', ...args])
  },
  build,
  async pack() {
    await build()
    await step('Packing into dist', 'pnpm', ['-r', '--filter', '@handlekit/*', 'pack', '--pack-destination', 'dist'])
  },
  check: async () => {
    await build()
    await check()
  },
  async format() {
    await run('node', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--fix', 'packages'])
    return run('node', ['node_modules/oxfmt/bin/oxfmt', '.'])
  },
}

const [name, ...args] = process.argv.slice(2)
const command = commands[name]
if (!command) {
  console.error(`Usage: npm run <${Object.keys(commands).join('|')}>`)
  process.exit(2)
}
try {
  await bringToolchain()
  await step('Installing dependencies', 'pnpm', ['install', '--frozen-lockfile'])
  process.exitCode = (await command(args)) ?? 0
} catch (error) {
  console.error(`\n${error.message}`)
  process.exitCode = 1
}
