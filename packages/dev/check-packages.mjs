// Packs every public package and looks at the tarball as a user gets it: publint, attw, its files, and a program that
// imports it.
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../..', import.meta.url).pathname
const work = mkdtempSync(join(tmpdir(), 'handlekit-pack-'))
const problems = []

function tool(program, args, cwd = root) {
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    problems.push(`${program} ${args.join(' ')}\n${error.stdout}${error.stderr}`)
    return ''
  }
}

const modules = join(work, 'node_modules')
const packages = readdirSync(join(root, 'packages'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join(root, 'packages', name))
  .flatMap((folder) => {
    const file = readdirSync(folder).includes('package.json') && readFileSync(join(folder, 'package.json'), 'utf8')
    return file ? [{ folder, manifest: JSON.parse(file) }] : []
  })
  .filter(({ manifest }) => !manifest.private)

for (const { folder, manifest } of packages) {
  const { filename } = JSON.parse(tool('pnpm', ['pack', '--json', '--pack-destination', work], folder) || '{}')
  if (!filename) continue
  tool('node', [join(root, 'node_modules/publint/src/cli.js'), '--strict', filename])
  tool('node', [join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), '--profile', 'esm-only', filename])
  const target = join(modules, manifest.name)
  mkdirSync(target, { recursive: true })
  tool('tar', ['xzf', filename, '-C', target, '--strip-components=1'])
  const files = readdirSync(target)
  for (const wanted of ['LICENSE', 'README.md', 'dist', 'src']) {
    if (!files.includes(wanted)) problems.push(`${manifest.name}: the package has no ${wanted}.`)
  }
  const strange = files.filter(
    (name) => !['LICENSE', 'README.md', 'CHANGELOG.md', 'dist', 'src', 'package.json'].includes(name),
  )
  if (strange.length > 0) problems.push(`${manifest.name}: the package has ${strange.join(', ')}.`)
  if (readdirSync(join(target, 'dist')).includes('.tsbuildinfo'))
    problems.push(`${manifest.name}: dist has .tsbuildinfo.`)
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const from = join(folder, 'node_modules', name)
    if (!name.startsWith('@handlekit/')) {
      mkdirSync(join(modules, name, '..'), { recursive: true })
      rmSync(join(modules, name), { force: true })
      symlinkSync(from, join(modules, name))
    }
  }
}

// As an application would use them: plain Node.js, no condition, the types of the declarations.
const entries = packages.flatMap(({ manifest }) =>
  Object.keys(manifest.exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => manifest.name + entry.slice(1)),
)
writeFileSync(join(work, 'package.json'), '{ "type": "module" }')
writeFileSync(
  join(work, 'app.ts'),
  entries.map((entry, i) => `import * as module${i} from '${entry}'\nvoid module${i}`).join('\n'),
)
const compiler = join(root, 'node_modules/typescript/bin/tsc')
// Without what pnpm has beside the packages that are linked here: its own types of Node.js.
const options = '--noEmit --strict --preserveSymlinks --module nodenext --target es2024 --types node'.split(' ')
mkdirSync(join(modules, '@types'), { recursive: true })
// Of the oldest Node.js that is served, and of today's.
for (const types of ['@types/node', 'types-node-newest']) {
  for (const name of ['@types/node', 'undici-types']) {
    rmSync(join(modules, name), { force: true })
    symlinkSync(join(realpathSync(join(root, 'node_modules', types)), '../..', name), join(modules, name))
  }
  tool('node', [compiler, ...options, 'app.ts'], work)
}
tool('node', ['app.ts'], work)

rmSync(work, { recursive: true, force: true })
if (problems.length > 0) {
  console.error(problems.join('\n\n'))
  process.exit(1)
}
console.log(`${packages.length} packages, ${entries.length} entries`)
