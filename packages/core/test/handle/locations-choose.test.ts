import { describe, expect, it } from 'vitest'
import type { ChooseLocationOptions } from '../../src/index.ts'
import { HandleRecord } from '../../src/handle/record.ts'

function chosen(values: readonly (readonly [type: string, value: string])[], options?: ChooseLocationOptions): unknown {
  return recordOf(values).locations.choose(options)?.href
}

function recordOf(values: readonly (readonly [type: string, value: string])[]): HandleRecord {
  return HandleRecord.of(
    '21.T/x',
    values.map(([type, value], place) => ({ index: place + 1, type, data: { format: 'string', value } })),
  )
}

// The example of the DOI Handbook.
const doi = [
  ['URL', 'https://default'],
  [
    '10320/LOC',
    '<locations><location id="0" href="https://uk" country="gb" weight="0"/>' +
      '<location id="1" href="https://www1" weight="1"/><location id="2" href="https://www2" weight="1"/></locations>',
  ],
] as const

const xml = (inside: string, root = ''): readonly (readonly [string, string])[] => [
  ['10320/LOC', `<locations ${root}>${inside}</locations>`],
]

describe('choose', () => {
  it.each([
    [{ country: 'GB' }, 'https://uk'],
    [{ country: 'fr', random: () => 0 }, 'https://www1'],
    [{ country: 'fr', random: () => 0.49 }, 'https://www1'],
    [{ random: () => 0.5 }, 'https://www2'],
    [{ random: () => 0.999 }, 'https://www2'],
    [{ locatt: { id: '0' } }, 'https://uk'],
    [{ locatt: { id: '2' }, country: 'gb' }, 'https://www2'],
    [{ locatt: { country: 'gb' } }, 'https://uk'],
    [{ locatt: { id: '9' }, country: 'gb' }, 'https://uk'],
  ])('%o gives %s', (options, href) => {
    expect(chosen(doi, options)).toBe(href)
  })

  it('respects weights, of any size', () => {
    const values = xml('<location href="a" weight="30"/><location href="b"/><location href="c" weight="-5"/>')
    const counts: Record<string, number> = {}
    for (let step = 0; step < 31; step += 1) {
      const href = String(chosen(values, { random: () => (step + 0.5) / 31 }))
      counts[href] = (counts[href] ?? 0) + 1
    }
    expect(counts).toEqual({ a: 30, b: 1 })
  })

  it('takes the best score first', () => {
    const inside =
      '<location href="a" weight="9"/><location href="b" weight="0" score="2"/><location href="c" score="-1"/>'
    expect(chosen(xml(inside))).toBe('b')
    expect(chosen(xml(inside, 'chooseby="weighted"'), { random: () => 0 })).toBe('a')
  })

  it('obeys the order of the record, and passes over methods that it does not know', () => {
    const inside =
      '<location href="a" id="1" weight="0"/><location href="b" country="de" weight="0"/><location href="c"/>'
    const options = { country: 'de', locatt: { id: '1' } }
    expect(chosen(xml(inside), options)).toBe('a')
    expect(chosen(xml(inside, 'chooseby="country,locatt"'), options)).toBe('b')
    expect(chosen(xml(inside, 'chooseby="constructor, weighted"'), options)).toBe('c')
    expect(chosen(xml(inside, 'chooseby="none"'), options)).toBe('a')
  })

  it('counts URLs with weight 0, unless the record says otherwise', () => {
    const url = ['URL', 'u'] as const
    const weightless = xml('<location href="a" weight="0"/>')
    expect(chosen([url, ...weightless], { random: () => 0.9 })).toBe('u')
    expect(chosen([url, ...xml('<location href="a" weight="0"/>', 'no_legacy="true"')], { random: () => 0.9 })).toBe(
      'a',
    )
    expect(chosen([url, ...xml('<location href="a"/>')], { random: () => 0.999 })).toBe('a')
    expect(chosen([url, ['URL', 'v']], { random: () => 0.999 })).toBe('u')
    expect(chosen([])).toBeUndefined()
  })

  it('refuses options that it does not have', () => {
    const misspelt = { locatt: {}, contry: 'de' }
    expect(() => chosen(doi, misspelt)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }))
  })
})
