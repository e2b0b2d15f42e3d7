import type { HandleServer } from '@handlekit/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDocuments, type ProgramFolder, programOf, textOf } from '../support/programs.ts'

const guide = 'packages/docs/migration.md'

let server: HandleServer
let folder: ProgramFolder

beforeAll(async () => {
  ;({ server, folder } = await openDocuments('migration'))
  for (const [, file = '', json = ''] of textOf(guide).matchAll(/^```json (\S+)\n(.*?)^```/gms))
    folder.write(file, json)
  folder.write('guide.ts', programOf(guide))
})
afterAll(async () => {
  await server.close()
  folder.remove()
})

it('the guide compiles', async () => {
  expect(await folder.compile()).toBe('')
})

it('the guide prints what it says', async () => {
  const said = [...programOf(guide).matchAll(/^ *console\.log\(.*\) \/\/ (.*)$/gm)].map(([, output]) => output)
  expect(said.length).toBeGreaterThan(40)
  expect((await folder.run('guide.ts')).trimEnd().split('\n')).toEqual(said)
})

it('every print of the guide says what it prints', () => {
  const prints = programOf(guide).match(/console\.log/g)
  const said = programOf(guide).match(/^ *console\.log\(.*\) \/\/ /gm)
  expect(prints?.length).toBe(said?.length)
})

/** The calls in the first column of the tables. */
function callsOf(text: string): string[] {
  const tables = text.slice(text.indexOf('\n## Clients'), text.indexOf('\n## What stays'))
  const rows = [...tables.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell)
  return rows.flatMap((cell) => [...cell.matchAll(/`([\w.]+)/g)].map(([, call = '']) => call))
}

it('every call of the libraries has its example', () => {
  const calls = callsOf(textOf(guide))
  expect(calls.length).toBeGreaterThan(60)
  const comments = [...programOf(guide).matchAll(/^ *\/\/ (.*)$/gm)].map(([, comment]) => comment).join('\n')
  expect(calls.filter((call) => !new RegExp(`\\b${call}\\b`).test(comments))).toEqual([])
})
