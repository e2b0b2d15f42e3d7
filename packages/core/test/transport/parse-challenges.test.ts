import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Challenge } from '../../src/index.ts'
import { parseChallenges } from '../../src/transport/challenges.ts'

/** Where there is a token68, the vectors leave out that there are no parameters. */
interface Vector {
  readonly header: string
  readonly challenges: readonly Partial<Challenge>[]
}

function isVectors(value: unknown): value is readonly Vector[] {
  return Array.isArray(value) && value.every((one) => typeof Reflect.get(Object(one), 'header') === 'string')
}

const vectors: unknown = JSON.parse(readFileSync(new URL('../fixtures/www-authenticate.json', import.meta.url), 'utf8'))
if (!isVectors(vectors)) throw new Error('www-authenticate.json is not what it was.')

test.each(vectors)('$header', ({ header, challenges }) => {
  expect(parseChallenges(header)).toEqual(challenges.map((one) => ({ ...one, parameters: one.parameters ?? {} })))
})

const characters = "!#$%&'*+-.^_`|~0123456789abcxyzABCXYZ".split('')
const token = fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 12 })
const text = fc.string({ maxLength: 30 })
const token68 = fc.stringMatching(/^[A-Za-z0-9\-._~+/]+={0,2}$/)
const space = fc.constantFrom('', ' ', '\t', '  ')

/** A challenge, and a way to write it. */
const written: fc.Arbitrary<{ challenge: Challenge; header: string }> = fc.oneof(
  fc.record({ scheme: token, token68 }).map((one) => ({
    challenge: { ...one, parameters: {} },
    header: `${one.scheme} ${one.token68}`,
  })),
  fc
    .record({
      scheme: token,
      parameters: fc.uniqueArray(fc.record({ name: token, value: text, quoted: fc.boolean(), space }), {
        selector: ({ name }) => name,
        maxLength: 5,
      }),
      comma: fc.constantFrom(',', ', ', ' ,\t', ',,'),
    })
    .map(({ scheme, parameters, comma }) => ({
      challenge: { scheme, parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])) },
      header: [
        scheme,
        parameters
          .map(({ name, value, quoted, space: around }) => `${name}${around}=${around}${write(value, quoted)}`)
          .join(comma),
      ]
        .filter((part) => part !== '')
        .join(' '),
    })),
)

/** As a token where it can be one and shall, quoted otherwise. */
function write(value: string, quoted: boolean): string {
  const asToken = !quoted && value !== '' && value.split('').every((character) => characters.includes(character))
  return asToken ? value : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

test('what was written is read, however many there are', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 5 }), fc.constantFrom(', ', ',', ' , ', ',,\t'), (list, comma) => {
      const header = list.map((one) => one.header).join(comma)
      expect(parseChallenges(header)).toEqual(list.map((one) => one.challenge))
    }),
    { numRuns: 1_000 },
  )
})

describe('anything at all', () => {
  test('is read without an error, and gives challenges', () => {
    const garbage = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'ab= ,"\\\t'.split('')) }),
      written.map(({ header }) => header.slice(1)),
    )
    fc.assert(
      fc.property(garbage, (header) => {
        for (const { scheme, parameters } of parseChallenges(header)) {
          expect(scheme).not.toBe('')
          expect(Object.values(parameters).every((value) => typeof value === 'string')).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('what can be read before it is given', () => {
    fc.assert(
      fc.property(written, ({ header, challenge }) => {
        expect(parseChallenges(`${header}, @@@ Basic realm="x"`)).toEqual([challenge])
      }),
    )
  })

  // What takes more than linear time does not end before the test's own time is over.
  test.each<[string, string, number]>([
    ['a name', 'a'.repeat(1_000_000), 1],
    ['quotes', '"'.repeat(1_000_000), 0],
    ['blanks', ' '.repeat(1_000_000), 0],
    ['names', 'a '.repeat(500_000), 499_999],
    ['escapes', `a b="${'\\"'.repeat(500_000)}`, 1],
  ])('may be long: %s', (_name, header, count) => {
    expect(parseChallenges(header)).toHaveLength(count)
  })
})

test.each([
  ['', []],
  ['Basic', [{ scheme: 'Basic', parameters: {} }]],
  ['realm="x"', []],
  ['realm="x", Basic realm="y"', []],
  ['Basic realm="never closed', [{ scheme: 'Basic', parameters: {} }]],
  ['Basic realm=', [{ scheme: 'Basic', parameters: {}, token68: 'realm=' }]],
  ['Basic realm="a" charset="UTF-8"', [{ scheme: 'Basic', parameters: { realm: 'a', charset: 'UTF-8' } }]],
  ['Basic __proto__="a", constructor="b"', [{ scheme: 'Basic', parameters: { ['__proto__']: 'a', constructor: 'b' } }]],
])('%j', (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges)
})
