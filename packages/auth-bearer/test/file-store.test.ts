import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { rejection } from '../../core/test/support/rejection.ts'
import { fileTokenStore, memoryTokenStore, type TokenStore } from '../src/oauth/index.ts'
import { takeLock } from '../src/oauth/stores/lock.ts'
import { lifeOf, thisProcess } from '../src/oauth/stores/process-place.ts'
import { startChild } from './support/child.ts'
import { temporaryFolder } from './support/folder.ts'

const inFile = (): { store: TokenStore; path: string } => {
  const path = join(temporaryFolder(), 'deep/er/tokens.json')
  return { store: fileTokenStore({ path }), path }
}

describe.each([
  ['memory', () => memoryTokenStore()],
  ['file', () => inFile().store],
] as const)('the store in %s', (_name, make) => {
  it('keeps what update returns', async () => {
    const store = make()
    expect(await store.read()).toBeUndefined()
    await store.update(async (kept) => `${kept}+1`)
    await store.update(async (kept) => `${kept}+2 ümlaut`)
    expect(await store.read()).toBe('undefined+1+2 ümlaut')
  })

  it('leaves everything as it is for undefined, and for an error', async () => {
    const store = make()
    await store.update(async () => 'kept')
    await store.update(async () => undefined)
    const failing = store.update(async () => {
      throw new Error('no')
    })
    expect(await rejection(failing)).toMatchObject({ message: 'no' })
    expect(await store.read()).toBe('kept')
    await store.update(async (kept) => `${kept}!`)
    expect(await store.read()).toBe('kept!')
  })

  it('lets one in at a time', async () => {
    const store = make()
    let inside = 0
    const add = (): Promise<void> =>
      store.update(async (kept = '') => {
        inside += 1
        expect(inside).toBe(1)
        await nextTurn()
        inside -= 1
        return `${kept}x`
      })
    await Promise.all(Array.from({ length: 12 }, add))
    expect(await store.read()).toBe('x'.repeat(12))
  })
})

describe('the file', () => {
  it('is for its owner alone, however it was before', async () => {
    const { store, path } = inFile()
    await store.update(async () => 'a')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    chmodSync(path, 0o644)
    await store.update(async () => 'b')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(`${path}.lock`).mode & 0o777).toBe(0o700)
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  })

  it('is replaced as a whole', async () => {
    const { store, path } = inFile()
    await store.update(async () => 'a')
    const before = statSync(path).ino
    await store.update(async () => 'b')
    expect(statSync(path).ino).not.toBe(before)
    expect(readdirSync(`${path}.lock`)).toEqual([])
  })

  it('what a killed process left is cleaned up, and waited for by nobody', async () => {
    const { store, path } = inFile()
    const { place } = thisProcess()
    const dead = (await promisify(execFile)('sh', ['-c', 'echo $$'])).stdout.trim()
    mkdirSync(`${path}.lock`, { recursive: true })
    writeFileSync(`${path}.lock/${place}.${dead}.12345.0123456789abcdef.claim`, '')
    writeFileSync(`${path}.lock/${place}.${process.pid}.1.fedcba9876543210.claim`, '')
    writeFileSync(`${path}.lock/tokens.json.0000.tmp`, 'half a tok')
    // A lock of somebody who may be alive counts for longer than a test lasts.
    await store.update(async () => 'a')
    expect(readdirSync(`${path}.lock`)).toEqual([])
  })

  it('a lock of another machine counts for two minutes', async () => {
    const { path } = inFile()
    const claim = `${path}.lock/elsewhere.1.1.0123456789abcdef.claim`
    mkdirSync(`${path}.lock`, { recursive: true })
    writeFileSync(claim, '')
    const store = fileTokenStore({ path, lockTimeout: 30 })
    const error = await rejection(store.update(async () => 'a'))
    expect(error).toMatchObject({ code: 'STORE_LOCKED', scheme: 'oauth' })
    expect(String(error)).toContain(`${path}.lock`)
    const old = Date.now() / 1000 - 121
    utimesSync(claim, old, old)
    await store.update(async () => 'a')
    expect(existsSync(claim)).toBe(false)
  })

  it('a process that lives is never taken for dead, however long it holds the lock', async () => {
    const { path } = inFile()
    const folder = `${path}.lock`
    const lock = await takeLock(folder, 100)
    const [claim = ''] = readdirSync(folder)
    const old = Date.now() / 1000 - 10_000
    utimesSync(join(folder, claim), old, old)
    expect(await takeLock(folder, 30)).toBeUndefined()
    await lock?.release()
    expect(await takeLock(folder, 30)).toBeDefined()
  })

  it('a lock that was lost is noticed before the file is replaced', async () => {
    const { store, path } = inFile()
    await store.update(async () => 'a')
    const losing = store.update(async () => {
      for (const name of readdirSync(`${path}.lock`)) await promisify(execFile)('rm', [join(`${path}.lock`, name)])
      return 'b'
    })
    expect(await rejection(losing)).toMatchObject({ code: 'STORE_FAILED' })
    expect(await store.read()).toBe('a')
  })

  it('that cannot be read or written is told with its name', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'directory'))
    const reading = fileTokenStore({ path: join(folder, 'directory') }).read()
    expect(await rejection(reading)).toMatchObject({ code: 'STORE_FAILED' })
    writeFileSync(join(folder, 'file'), '')
    const writing = fileTokenStore({ path: join(folder, 'file/tokens') }).update(async () => 'a')
    expect(String(await rejection(writing))).toContain(join(folder, 'file/tokens'))
  })

  it.each([[{ path: '' }], [{ path: 7 }], [{ file: 'x' }], [undefined]])('%j is refused', (options) => {
    expect(() => Reflect.apply(fileTokenStore, undefined, [options])).toThrow(TypeError)
  })
})

describe('whether a process lives', () => {
  it('is told by its number and its start', async () => {
    const me = thisProcess()
    expect(lifeOf(me, me.place)).toBe(process.platform === 'linux' ? 'alive' : 'unknown')
    if (process.platform === 'linux') expect(lifeOf({ ...me, start: '1' }, me.place)).toBe('dead')
    expect(lifeOf({ ...me, place: 'elsewhere' }, me.place)).toBe('unknown')
    const child = startChild(new URL('./support/renewing-child.ts', import.meta.url), 'http://127.0.0.1:1', '/nowhere')
    const pid = child.process.pid ?? 0
    expect(lifeOf({ ...me, pid, start: '0' }, me.place)).toBe('unknown')
    await child.kill()
    expect(lifeOf({ ...me, pid, start: '0' }, me.place)).toBe('dead')
  })
})

it('processes exclude each other: a counter in the file loses nothing', async () => {
  const path = join(temporaryFolder(), 'counter')
  const children = Array.from({ length: 4 }, () =>
    startChild(new URL('./support/counting-child.ts', import.meta.url), path, '40'),
  )
  const outputs = await Promise.all(children.map(({ output }) => output))
  expect(outputs).toEqual(['', '', '', ''])
  expect(readFileSync(path, 'utf8')).toBe('160')
})
