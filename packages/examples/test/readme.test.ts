import type { HandleServer } from '@handlekit/server'
import { globSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ProgramFolder, programOf, root, startServerOfDocuments } from './support/programs.ts'

const readmes = globSync('{README.md,packages/*/README.md}', { cwd: root })
  .filter((file) => programOf(file) !== '')
  .sort()

const fileOf = (readme: string): string => `${readme.replace(/\/?README\.md$/, '').replaceAll('/', '-') || 'root'}.ts`

let handleServer: HandleServer
let otherServer: Server
let folder: ProgramFolder

beforeAll(async () => {
  handleServer = await startServerOfDocuments()
  otherServer = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"company":"Example"}')
  })
  await new Promise<void>((resolve) => otherServer.listen(0, '127.0.0.1', resolve))
  const address = otherServer.address()
  const otherUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  folder = new ProgramFolder('readme', handleServer, [['https://api.example.org', otherUrl]])
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
