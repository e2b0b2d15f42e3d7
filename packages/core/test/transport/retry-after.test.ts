import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerHeaders } from '../../src/transport/headers.ts'
import { backoff, retryAfter } from '../../src/transport/retry.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const wait = (text: string): number | undefined => retryAfter(new AnswerHeaders({ 'retry-after': text }), now)

test('seconds', () => {
  fc.assert(
    fc.property(fc.nat(), (seconds) => {
      expect(wait(` ${seconds} `)).toBe(seconds * 1000)
    }),
  )
})

test('a date in each of the three forms of HTTP, in whatever zone this machine is', () => {
  expect(wait('Fri, 02 Jan 2026 03:05:05 GMT')).toBe(60_000)
  expect(wait('Friday, 02-Jan-26 03:05:05 GMT')).toBe(60_000)
  expect(wait('Fri Jan  2 03:05:05 2026')).toBe(60_000)
})

test('a date that is over', () => {
  fc.assert(
    fc.property(fc.date({ max: new Date(now), noInvalidDate: true, min: new Date(0) }), (date) => {
      expect(wait(date.toUTCString())).toBe(0)
    }),
  )
})

test.each(['', ' ', 'soon', '-5', '1.5', '1e3', '5 seconds', '0x10', 'Fri', 'tomorrow 25:99:99 GMT', '1, 2'])(
  '%j is neither',
  (text) => {
    expect(wait(text)).toBeUndefined()
  },
)

test('anything gives a time to wait, or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d :,.GMT-]*$/)), (text) => {
      const milliseconds = wait(text)
      expect(milliseconds === undefined || milliseconds >= 0).toBe(true)
    }),
  )
})

test('no header', () => {
  expect(retryAfter(new AnswerHeaders({}), now)).toBeUndefined()
})

test('without a word of the server, waits grow, differ, and end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (sendings, random) => {
        const longest = Math.min(5_000, 100 * 2 ** (sendings - 1))
        const chosen = backoff(sendings, () => random)
        expect(chosen).toBeGreaterThanOrEqual(longest / 2)
        expect(chosen).toBeLessThanOrEqual(longest)
      },
    ),
  )
})
