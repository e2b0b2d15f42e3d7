import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJsonFile } from '../src/config/json.ts'

const whereOf = (text: string): number | undefined => {
  try {
    parseJsonFile('f', text)
    return undefined
  } catch (error) {
    const [, line, column] = /line (\d+), column (\d+)/.exec(String(error)) ?? []
    const before = text.split('\n').slice(0, Number(line) - 1)
    return before.join('\n').length + (before.length > 0 ? 1 : 0) + Number(column) - 1
  }
}

it('reads what is JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJsonFile('f', text)).toEqual(JSON.parse(text))
    }),
  )
})

it('finds the place where V8 finds it, where V8 tells', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.nat(),
      fc.constantFrom(',', '}', ']', '"', ':', 'x', '1', ''),
      (value, at, wrong) => {
        const good = JSON.stringify(value, null, 1)
        const text = good.slice(0, at % good.length) + wrong + good.slice((at % good.length) + 1)
        let position: number | undefined
        try {
          JSON.parse(text)
          return
        } catch (error) {
          const told = / at position (\d+)/.exec(String(error))?.[1]
          position = told === undefined ? undefined : Number(told)
        }
        const found = whereOf(text)
        expect(found).toBeDefined()
        // Inside a token V8 is more exact: a broken string or number begins where we say, and breaks where V8 says.
        if (position !== undefined) expect(found).toBeLessThanOrEqual(position)
      },
    ),
  )
})
