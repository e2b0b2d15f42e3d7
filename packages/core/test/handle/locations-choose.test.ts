import { describe, expect, it } from 'vitest'
import { type ChooseLocationOptions, InvalidArgumentError } from '../../src/index.ts'
import { HandleRecord } from '../../src/handle/record.ts'

type Values = readonly (readonly [type: string, value: string])[]

function chosen(values: Values, options?: ChooseLocationOptions): unknown {
  return recordOf(values).locations.choose(options)?.href
}

/** All that may be chosen, in their order. */
function choices(values: Values, options: ChooseLocationOptions = {}): unknown[] {
  const steps = Array.from({ length: 1000 }, (_, step) => chosen(values, { ...options, random: () => step / 1000 }))
  return [...new Set(steps)]
}

function recordOf(values: Values): HandleRecord {
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

const xml = (inside: string, root = ''): Values => [['10320/LOC', `<locations ${root}>${inside}</locations>`]]

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

  it('takes the best score first, of which none is 0', () => {
    const inside =
      '<location href="a" weight="9"/><location href="b" weight="0" score="2"/><location href="c" score="-1"/>'
    expect(chosen(xml(inside))).toBe('b')
    expect(chosen(xml(inside, 'chooseby="weighted"'), { random: () => 0 })).toBe('a')
    expect(choices(xml('<location href="a" score="-1"/><location href="b"/>'))).toEqual(['b'])
    expect(choices(xml('<location href="a" score="-1"/><location href="b" score="-2"/>'))).toEqual([undefined])
    expect(choices(xml('<location href="a" score="-1"/>'))).toEqual(['a'])
  })

  it('obeys the order of the record, and passes over methods that it does not know', () => {
    const inside =
      '<location href="a" id="1" weight="0"/><location href="b" country="de" weight="0"/><location href="c"/>'
    const options = { country: 'de', locatt: { id: '1' } }
    expect(chosen(xml(inside), options)).toBe('a')
    expect(chosen(xml(inside, 'chooseby="country,locatt"'), options)).toBe('b')
    expect(chosen(xml(inside, 'chooseby="constructor, weighted"'), options)).toBe('c')
    expect(choices(xml(inside, 'chooseby="none"'), options)).toEqual(['c'])
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

  it('takes the fraction that is left over for the last location with a weight', () => {
    const inside = [0.1, 0.2, 0.3, 0].map((weight, place) => `<location href="${place}" weight="${weight}"/>`).join('')
    expect(chosen(xml(inside), { random: () => 1 - Number.EPSILON / 2 })).toBe('2')
  })

  it.each<[object, RegExp]>([
    [{ contry: 'de' }, /no option 'contry'/],
    [{ country: 49 }, /country is a code/],
    [{ locatt: 'id:1' }, /locatt is an object/],
    [{ locatt: ['id:1'] }, /locatt is an object/],
    [{ locatt: { id: null } }, /locatt: 'id' is text or a number/],
    [{ locatt: { id: Number.NaN } }, /locatt: 'id' is text or a number/],
    [{ random: 0.5 }, /random is a function/],
  ])('refuses %o', (options, text) => {
    expect(() => chosen(doi, options)).toThrow(text)
    expect(() => chosen(doi, options)).toThrow(InvalidArgumentError)
  })
})

// Branch by branch, what the Location handler of the public proxy does (net.handle.apps.servlet_proxy).
describe('choose, as the public proxy', () => {
  const two = '<location href="de1" country="de" weight="0"/><location href="de2" country=" DE " weight="3"/>'
  const among = `${two}<location href="any" weight="100"/>`
  const tagged =
    '<location href="a" id="1" lang="de" weight="1.0"/><location href="b" id="2" lang="fr"/>' +
    '<location href="c" id="2" lang="de" country=""/>'
  const urls = [
    ['URL', 'u1'],
    ['url', 'u2'],
    ['URL.x', 'sub'],
  ] as const
  const subtypes = [
    ['URL.x', 's1'],
    ['URL.Y', 's2'],
  ] as const

  it.each<[string, Values, ChooseLocationOptions, readonly (string | undefined)[]]>([
    // What the list is.
    ['no URL and no location', [], {}, [undefined]],
    ['only URLs: the first', urls, {}, ['u1']],
    ['only URLs: the first without a subtype', [...subtypes, ...urls], {}, ['u1']],
    ['only URLs of subtypes: the first', subtypes, {}, ['s1']],
    ['a 0.TYPE/URL is one', [['0.type/url', 'z'], ...urls], {}, ['z']],
    ['URLs weigh nothing beside locations', [...urls, ...xml('<location href="a"/>')], {}, ['a']],
    ['URLs, subtypes included, where nothing weighs anything', [...urls, ...xml('')], {}, ['u1', 'u2', 'sub']],
    ['urlWeight', [...urls, ...xml('<location href="a" weight="0"/>', 'urlWeight="2"')], {}, ['u1', 'u2']],
    ['urlWeight, next to weights', [...urls, ...xml('<location href="a"/>', 'urlWeight="1.0"')], {}, ['a', 'u1', 'u2']],
    ['urlSubtypeWeight', [...urls, ...xml('<location href="a"/>', 'urlSubtypeWeight="1"')], {}, ['a', 'sub']],
    [
      'urlWeight is that of subtypes where there is nothing else',
      [...subtypes, ...xml('', 'urlWeight="1"')],
      {},
      ['s1', 's2'],
    ],
    [
      'of several lists the first that says it',
      [...urls, ...xml(''), ...xml('<location href="a"/>', 'urlWeight="0"'), ...xml('', 'urlWeight="9"')],
      {},
      ['a'],
    ],
    ['a urlWeight that is no number is 0', [...urls, ...xml('<location href="a"/>', 'urlWeight="much"')], {}, ['a']],
    ['no_legacy', [...urls, ...xml('', 'no_legacy="true"')], {}, [undefined]],
    ['links make URLs a list, in which they weigh 1', [...urls, ['10320/links', '<links/>']], {}, ['u1', 'u2']],
    ['headers do so, too', [...urls, ['10320/HEADERS', 'A: b']], {}, ['u1', 'u2']],
    ['a location without a place is none', xml('<location id="1"/><location href="a" weight="0"/>'), {}, ['a']],
    // How it is narrowed.
    ['without chooseby', xml(among), { country: 'de' }, ['de2']],
    ['without weighted at the end', xml(among, 'chooseby="locatt,country"'), { country: 'de' }, ['de2']],
    ['without weighted, for nobody', xml(among, 'chooseby="locatt,country"'), {}, ['de2', 'any']],
    ['blank', xml(among, 'chooseby=""'), { country: 'de' }, ['de2', 'any']],
    ['weighted before others', xml(among, 'chooseby="weighted,country"'), { country: 'de' }, ['de2', 'any']],
    ['blanks and capitals in chooseby', xml(among, 'chooseby=" Country ,, WEIGHTED"'), { country: 'de' }, ['de2']],
    ['choose_by wins', xml(among, 'chooseby="country" choose_by="weighted"'), { country: 'de' }, ['de2', 'any']],
    ['blanks and capitals in the country', xml(among), { country: ' De ' }, ['de2']],
    ['a country that is not there', xml(among), { country: 'fr' }, ['de2', 'any']],
    [
      'one that weighs nothing, and is the only one',
      xml(`${two.split('/>')[0]}/><location href="b"/>`),
      { country: 'de' },
      ['de1'],
    ],
    ['a locatt', xml(tagged), { locatt: { id: '1' } }, ['a']],
    ['a locatt as a number', xml(tagged), { locatt: { id: 1 } }, ['a']],
    ['blanks around its name', xml(tagged), { locatt: { ' id ': '1' } }, ['a']],
    ['none around its value', xml(tagged), { locatt: { id: ' 1' } }, ['a', 'b', 'c']],
    ['two that fit', xml(tagged), { locatt: { id: '2', lang: 'fr' } }, ['b']],
    ['two of which only the first fits', xml(tagged), { locatt: { id: '1', lang: 'fr' } }, ['a']],
    ['two of which only the second fits', xml(tagged), { locatt: { id: '9', lang: 'fr' } }, ['b']],
    ['one that fits several', xml(tagged), { locatt: { id: 2 } }, ['b', 'c']],
    ['one that is undefined', xml(tagged), { locatt: { id: undefined, lang: 'fr' } }, ['b']],
    ['one as it is written', xml(tagged), { locatt: { weight: '1.0' } }, ['a']],
    ['one that is not written', xml(tagged), { locatt: { weight: '1' } }, ['a', 'b', 'c']],
    ['no locatt in chooseby', xml(tagged, 'chooseby="country"'), { locatt: { id: '1' } }, ['a', 'b', 'c']],
    [
      'URL values, by what the proxy calls them',
      [...urls, ...xml(tagged)],
      { locatt: { mode: 'legacy' } },
      ['u1', 'u2', 'sub'],
    ],
    ['URL values, by their weight', [...urls, ...xml(tagged)], { locatt: { weight: '0.0' } }, ['u1', 'u2', 'sub']],
    [
      'an address is passed over',
      xml('<location href="a" addresses="0.0.0.0/0"/><location href="b"/>'),
      {},
      ['a', 'b'],
    ],
    ['conneg is passed over', xml('<location href="a" http_role="conneg"/><location href="b"/>'), {}, ['a', 'b']],
    // What is drawn.
    ['without weights', xml('<location href="a"/><location href="b"/>'), {}, ['a', 'b']],
    [
      'weights that are no numbers are 1',
      xml('<location href="a" weight="heavy"/><location href="b"/>'),
      {},
      ['a', 'b'],
    ],
    ['negative ones are 0', xml('<location href="a" weight="-1"/><location href="b" weight="-2"/>'), {}, ['a', 'b']],
  ])('%s', (_what, values, options, hrefs) => {
    expect(choices(values, options)).toEqual(hrefs)
  })

  it('tells of a URL value where it is, and what it weighs', () => {
    const record = recordOf([...urls, ...xml('', 'urlWeight="2.5"')])
    expect(record.locations.choose({ random: () => 0.9 })).toEqual({
      index: 2,
      href: 'u2',
      weight: 2.5,
      id: undefined,
      country: undefined,
      httpRole: undefined,
      attributes: {},
    })
  })
})
