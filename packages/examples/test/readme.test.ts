import { type HandleServer, startHandleServer } from '@handlekit/server'
import { execFile } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

// The TypeScript of a README, block after block, is one program. It has to compile and to run as it stands; only the
// addresses in it become those of servers on this machine.

const run = promisify(execFile)
const root = new URL('../../..', import.meta.url).pathname
const folder = join(root, 'packages/examples/readme')

const readmes = globSync('{README.md,packages/*/README.md}', { cwd: root })
  .filter((file) => programOf(file) !== '')
  .sort()

function programOf(readme: string): string {
  const text = readFileSync(join(root, readme), 'utf8')
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, block]) => block).join('\n')
}

const fileOf = (readme: string): string => `${readme.replace(/\/?README\.md$/, '').replaceAll('/', '-') || 'root'}.ts`

let handleServer: HandleServer
let otherServer: Server

const group = { handle: '0.NA/21.T12345', index: 200 }
const admin = {
  index: 100,
  type: 'HS_ADMIN',
  data: { format: 'admin', value: { ...group, permissions: '111111111111' } },
}

beforeAll(async () => {
  handleServer = await startHandleServer({
    search: { username: 'search', password: 'mypassword123' },
    seed: {
      homedPrefixes: ['0.NA/21.T12345', '0.NA/foo'],
      records: [
        {
          handle: '0.NA/21.T12345',
          values: [
            admin,
            { index: 200, type: 'HS_VLIST', data: { format: 'vlist', value: [{ handle: 'foo/bar', index: 300 }] } },
          ],
        },
        {
          handle: 'foo/bar',
          values: [
            admin,
            { index: 300, type: 'HS_SECKEY', data: { format: 'string', value: 'mypassword123' }, permissions: '1100' },
          ],
        },
      ],
    },
  })
  otherServer = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"company":"Example"}')
  })
  await new Promise<void>((resolve) => otherServer.listen(0, '127.0.0.1', resolve))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(join(folder, 'server.pem'), handleServer.certificate)
  const address = otherServer.address()
  const otherUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  for (const readme of readmes) {
    const program = programOf(readme)
      .replaceAll('https://my.handle.server', handleServer.httpsUrl)
      .replaceAll('https://api.example.org', otherUrl)
    writeFileSync(join(folder, fileOf(readme)), `${program}\nexport {}\n`)
  }
  writeFileSync(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }')
})

afterAll(async () => {
  await handleServer.close()
  otherServer.close()
  rmSync(folder, { recursive: true, force: true })
})

it('there are READMEs with programs', () => {
  expect(readmes).toContain('README.md')
  expect(readmes).toContain('packages/core/README.md')
})

it('the programs compile', async () => {
  const problems = await run('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]).then(
    () => '',
    (error: unknown) => String(Reflect.get(Object(error), 'stdout')),
  )
  expect(problems).toBe('')
})

it.each(readmes)('%s runs', async (readme) => {
  const { stdout } = await run('node', ['--conditions=@handlekit/source', join(folder, fileOf(readme))], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'server.pem') },
  })
  expect(stdout).not.toBe('')
})
