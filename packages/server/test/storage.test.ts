import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHandleServer } from '../src/index.ts'
import { memoryStore } from '../src/store/memory.ts'
import { sqliteStore } from '../src/store/sqlite.ts'
import type { RecordStore } from '../src/store/store.ts'
import { parsePermissions } from '../src/record/permissions.ts'
import type { HandleValue } from '../src/record/value.ts'
import { serve, urlsOf } from './support/child.ts'
import { seedFile } from './support/fixtures.ts'
import { startServer } from './support/server.ts'

let directory: string
let files = 0
const newFile = (): string => join(directory, `${(files += 1)}.sqlite`)
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'handle-storage-'))))
afterAll(() => rmSync(directory, { recursive: true }))

describe.each<[name: string, open: () => RecordStore]>([
  ['memory', memoryStore],
  ['SQLite', () => sqliteStore(newFile())],
])('the store in %s', (_, open) => {
  const value: HandleValue = {
    index: 7,
    type: 'ä"\u0000',
    data: Buffer.from([0, 255, 128, 10]),
    permissions: parsePermissions('00110'),
    ttl: { kind: 'absolute', seconds: -2_085_978_496 },
    timestamp: 1_577_836_800,
    references: [{ handle: 'h/1', index: 300 }],
  }

  test('keeps every byte of a value, and records without any', () => {
    const store = open()
    store.put('A', [value, { ...value, index: 1 }])
    store.put('B', [])
    expect(store.get('A')).toEqual([value, { ...value, index: 1 }])
    expect(store.get('B')).toEqual([])
    expect(store.get('C')).toBeUndefined()
    expect([store.delete('A'), store.delete('A')]).toEqual([true, false])
    store.close()
  })

  test('gives keys in the order of their bytes, and only those that start right', () => {
    const store = open()
    const names = ['P/', 'P/\u0000a', 'P/\u0000b', 'P/%_', 'P/A', 'P/a', 'P/ä', 'P/\uFFFD', 'P/\u{1F600}']
    for (const name of [...names.toReversed(), 'P', 'Q/A', 'p/A']) store.put(name, [])
    expect(store.keys('P/')).toEqual(names)
    store.close()
  })

  test('knows its prefixes, its notes, and whether it is empty', () => {
    const store = open()
    store.setNote('n', 'one')
    store.setNote('n', 'two')
    expect([store.note('n'), store.note('m'), store.isEmpty()]).toEqual(['two', undefined, true])
    for (const prefix of ['B', 'A', 'B']) store.home(prefix)
    expect(store.homedPrefixes()).toEqual(['A', 'B'])
    expect(store.isEmpty()).toBe(false)
    store.unhome('A')
    expect(store.homedPrefixes()).toEqual(['B'])
    store.close()
  })
})

test('SQLite keeps all writes of a group or none', () => {
  const store = sqliteStore(newFile())
  const failing = (): void => {
    store.put('A', [])
    throw new Error('half way')
  }
  expect(() => store.atomically(failing)).toThrow('half way')
  expect(store.get('A')).toBeUndefined()
  store.atomically(() => store.put('A', []))
  expect(store.get('A')).toEqual([])
  store.close()
})

describe('a data file', () => {
  test('outlives the server: records, prefixes, and the certificate that clients trust', async () => {
    const data = newFile()
    const first = await startHandleServer({ data, seed: seedFile })
    first.records.put('21.T12345/KEPT', [{ index: 1, type: 'URL', data: 'x' }])
    first.records.delete('21.T12345/RICH')
    await Promise.all([first.close(), first.close()])
    await first.close()
    const { server, send } = await startServer({ data }) // with the seed again: it is not loaded twice
    expect(server.records.get('21.T12345/KEPT')).toHaveLength(1)
    expect(server.records.get('21.T12345/RICH')).toBeUndefined()
    expect(server.certificate).toBe(first.certificate)
    expect(server.siteKey).toEqual(first.siteKey)
    expect((await send('GET', '/api/handles/21.T12345/KEPT')).status).toBe(200)
  })

  test('holds every write that was answered, even if the server is killed', async () => {
    const data = newFile()
    const child = serve('--https-port', '0', '--http-port', '0', '--data', data, '--anonymous-admin')
    const { http } = urlsOf(await child.firstLine())
    const answered: string[] = []
    const write = async (name: string): Promise<void> => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${http}/api/handles/21.T12345/${name}`, { method: 'PUT', body: '[]', headers })
      if (answer.status === 201) answered.push(`21.T12345/${name}`)
      if (answered.length === 50) child.process.kill('SIGKILL')
    }
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; i < 100; i += 1) await write(`W${writer}-${i}`)
    })
    await Promise.allSettled(writers)
    expect((await child.ended()).signal).toBe('SIGKILL')
    expect(answered.length).toBeGreaterThanOrEqual(50)
    const { server } = await startServer({ data })
    expect(server.records.names()).toEqual(expect.arrayContaining(answered))
  })
})
