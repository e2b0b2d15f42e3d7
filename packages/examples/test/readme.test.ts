import type { HandleServer } from '@handlekit/server'
import { globSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDocuments, type ProgramFolder, programOf, root, textOf } from './support/programs.ts'

const readmes = globSync('{README.md,packages/*/README.md}', { cwd: root })
  .filter((file) => programOf(file) !== '')
  .sort()

const fileOf = (readme: string): string => `${readme.replace(/\/?README\.md$/, '').replaceAll('/', '-') || 'root'}.ts`

let handleServer: HandleServer
let otherServer: Server
let folder: ProgramFolder

beforeAll(async () => {
  otherServer = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"company":"Example"}')
  })
  await new Promise<void>((resolve) => otherServer.listen(0, '127.0.0.1', resolve))
  const address = otherServer.address()
  const otherUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  ;({ server: handleServer, folder } = await openDocuments('readme', [['https://api.example.org', otherUrl]]))
  for (const readme of readmes) folder.write(fileOf(readme), `${programOf(readme)}\nexport {}\n`)
})

afterAll(async () => {
  await handleServer.close()
  otherServer.close()
  folder.remove()
})

it('there are READMEs with programs', () => {
  expect(readmes).toContain('README.md')
  expect(readmes).toContain('packages/core/README.md')
})

it('the programs compile', async () => {
  expect(await folder.compile()).toBe('')
})

it.each(readmes)('%s runs', async (readme) => {
  expect(await folder.run(fileOf(readme))).not.toBe('')
})

it.each(readmes)('%s says to install what its program imports', (readme) => {
  const commands = [...textOf(readme).matchAll(/^npm install .*$/gm)].join('\n')
  const imported = [...programOf(readme).matchAll(/ from '(@handlekit\/[\w-]+)/g)].map(([, name]) => name ?? '')
  expect([...new Set(imported)].filter((name) => !commands.includes(name))).toEqual([])
})

/** What a package gives to JavaScript, of all its entries. */
async function exportsOf(folder: string): Promise<string[]> {
  const { exports }: { exports: Record<string, { '@handlekit/source'?: string }> } = JSON.parse(
    textOf(`${folder}/package.json`),
  )
  const sources = Object.values(exports).flatMap((entry) => entry['@handlekit/source'] ?? [])
  const modules = await Promise.all(sources.map((source): Promise<object> => import(join(root, folder, source))))
  return modules.flatMap((module) => Object.keys(module))
}

it.each(readmes.filter((readme) => readme !== 'README.md'))('%s names all that its package exports', async (readme) => {
  const names = await exportsOf(dirname(readme))
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(textOf(readme)))).toEqual([])
})
