import { readdir, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

// The defects Q1 to Q35 of B2HANDLE and PYHANDLE, and which of them the tests beside this one are about.

it('every defect of B2HANDLE and PYHANDLE has a test that shows what happens here', async () => {
  const files = (await readdir(import.meta.dirname)).filter((name) => name.startsWith('defects-'))
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, import.meta.url), 'utf8')))
  const tested = texts.flatMap((content) =>
    Array.from(content.matchAll(/\(\s*'Q(\d+): /g), ([, number]) => Number(number)),
  )
  expect([...new Set(tested)].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 35 }, (_none, place) => place + 1),
  )
})
