import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rejection } from '../../core/test/support/rejection.ts'
import { oauth } from '../src/oauth/index.ts'
import { fakeClient } from './support/attempt.ts'
import { startChild } from './support/child.ts'
import { temporaryFolder } from './support/folder.ts'
import { startProvider } from './support/provider.ts'
import { sqliteTokenStore } from './support/sqlite-store.ts'

const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('the store over SQLite is the one that the README shows', () => {
  const [shown = ''] =
    /^\/\*\* Keeps the tokens of one session in a row.*$/ms.exec(file('./support/sqlite-store.ts')) ?? []
  expect(shown).toContain('BEGIN IMMEDIATE')
  expect(file('../README.md')).toContain(shown.replace('export ', '').trim())
})

it('that store keeps what update returns, and nothing when that fails', async () => {
  const store = sqliteTokenStore(join(temporaryFolder(), 'tokens.db'), 'mine')
  expect(await store.read()).toBeUndefined()
  await store.update(async () => 'a')
  await store.update(async () => undefined)
  const failing = store.update(async () => {
    throw new Error('no')
  })
  expect(await rejection(failing)).toMatchObject({ message: 'no' })
  expect(await store.read()).toBe('a')
})

it('processes exclude each other', async () => {
  const path = join(temporaryFolder(), 'tokens.db')
  const children = Array.from({ length: 3 }, () =>
    startChild(new URL('./support/sqlite-counting-child.ts', import.meta.url), path, '15'),
  )
  const outputs = await Promise.all(children.map(({ output }) => output))
  for (const output of outputs) expect(output.replace(/.*(ExperimentalWarning|--trace-warnings).*\n?/g, '')).toBe('')
  expect(await sqliteTokenStore(path, 'counter').read()).toBe('45')
})

it('two that share a session renew once', async () => {
  const provider = await startProvider()
  const path = join(temporaryFolder(), 'tokens.db')
  const refreshToken = await provider.session()
  const make = () =>
    fakeClient(oauth({ issuer: provider.issuer, clientId: 'public', refreshToken, store: sqliteTokenStore(path, 's') }))
  const [one, two] = await Promise.all([make().authorize(), make().authorize()])
  expect(one).toBe(two)
  expect(provider.asked).toHaveLength(1)
})
