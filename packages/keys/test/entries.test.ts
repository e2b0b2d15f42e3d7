import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** What a file imports, itself and by way of others, from outside of this package. */
function importsOf(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return new Set()
  seen.add(file.href)
  const names = [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map(([, name = '']) => name)
  const outside = names.filter((name) => !name.startsWith('.'))
  const inside = names
    .filter((name) => name.startsWith('.'))
    .flatMap((name) => [...importsOf(new URL(name, file), seen)])
  return new Set([...outside, ...inside].filter((name) => !name.startsWith('node:')))
}

const entry = (name: string): URL => new URL(`../src/${name}.ts`, import.meta.url)

it('reading and writing need no library', () => {
  expect([...importsOf(entry('index'))].sort()).toEqual(['@handlekit/core/credentials', '@handlekit/core/strategy'])
})
