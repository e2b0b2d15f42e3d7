import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LocationsEdit } from '../../src/handle/locations-edit.ts'
import { toLocationDrafts } from '../../src/handle/locations-input.ts'
import { parseLocationsXml } from '../../src/handle/locations-xml.ts'
import { HandleRecord } from '../../src/handle/record.ts'

// What others wrote, as they wrote it: quotes, blanks, comments, unknown elements and attributes, any script.

const name = fc.stringMatching(/^[a-z_ßäαж世][a-z0-9._·ß世-]{0,5}$/u)
const text = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .filter((part) => /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(part))
const escaped = text.map((part) => part.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`))
const blank = fc.constantFrom(' ', '\n', '\r\n\t', '  ')
const attribute = fc
  .tuple(blank, name, fc.constantFrom('=', ' = '), escaped, fc.constantFrom('"', "'"))
  .map(([space, key, equals, value, quote]) => ({ key, text: `${space}${key}${equals}${quote}${value}${quote}` }))
const attributes = (...taken: string[]): fc.Arbitrary<string> =>
  fc.uniqueArray(attribute, { maxLength: 4, selector: ({ key }) => key }).map((list) =>
    list
      .filter(({ key }) => !taken.includes(key))
      .map((one) => one.text)
      .join(''),
  )

const hrefs = ['http://a', 'http://b', 'http://ü😀'] as const
const location = fc
  .tuple(
    fc.constantFrom('location', 'Location', 'loc_template'),
    fc.constantFrom('href', 'href_template'),
    fc.constantFrom(...hrefs),
    attributes('href', 'href_template'),
    fc.constantFrom('/>', ' />', undefined),
  )
  .map(([tag, key, href, rest, end]) => `<${tag} ${key}='${href}'${rest}${end ?? `></${tag}>`}`)
const unusual = fc.constantFrom(
  `<location href=''/>`,
  `<location href="" weight="0"/>`,
  `<location href='http://a' href_template='http://t/{hdl}'/>`,
  `<location größe="1" href='http://b' xml:lang="de" :="x" 𠀀="y"/>`,
)
const other = fc.oneof(
  escaped,
  blank,
  text.filter((part) => !part.includes('-')).map((part) => `<!--${part}-->`),
  text.filter((part) => !/[\]>]/.test(part)).map((part) => `<![CDATA[${part}]]>`),
  fc.constant('<?php x="<location/>" ?>'),
  fc.tuple(name, attributes()).map(([tag, rest]) => `<x${tag}${rest}><location href="http://a"/></x${tag}>`),
)
const list = fc
  .tuple(
    attributes(),
    fc.array(fc.oneof(location, unusual, other), { maxLength: 6 }),
    fc.constantFrom('', '\n', ' <!-- end -->'),
  )
  .map(([root, inside, end]) => `<locations${root}>${inside.join('')}</locations >${end}`)

function edit(texts: readonly string[], make: (edit: LocationsEdit) => void): string[] {
  const change = new LocationsEdit(texts.map((xml) => ({ xml: parseLocationsXml(xml) })))
  make(change)
  return change.edits.map(String)
}

describe('what is not named stays byte for byte', () => {
  const lists = fc.array(list, { minLength: 1, maxLength: 3 })

  it('adding and removing gives back the original', () => {
    fc.assert(
      fc.property(
        lists,
        fc.dictionary(
          name.filter((key) => !/^(?:id|href|href_template)$/.test(key)),
          text,
        ),
        (texts, attributes) => {
          const drafts = toLocationDrafts([{ href: 'http://new', attributes }, 'http://newer'])
          const added = edit(texts, (change) => change.add(drafts))
          expect(added.slice(0, -1)).toEqual(texts.slice(0, -1))
          expect(added.at(-1)).not.toBe(texts.at(-1))
          const locations = recordOf(added).locations
          expect(locations.has('http://new') && locations.has('http://newer')).toBe(true)
          expect(edit(added, (change) => change.remove(['http://new', 'http://newer']))).toEqual(texts)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('replacing keeps everything but the href', () => {
    fc.assert(
      fc.property(lists, (texts) => {
        const replaced = edit(texts, (change) => change.replace('http://a', 'http://z&"'))
        const expected = described(texts).map((one) => (one.href === 'http://a' ? { ...one, href: 'http://z&"' } : one))
        expect(described(replaced)).toEqual(expected)
        const unnamed = (xml: string): unknown[] => {
          const { elements } = parseLocationsXml(xml)
          let end = 0
          const between = elements.map((element) => xml.slice(end, (({ end } = element), element.start)))
          const others = elements.filter(({ attributes }) => !/^http:\/\/(?:a|z&")$/.test(attributes.get('href') ?? ''))
          return [between, xml.slice(end), others.map((element) => xml.slice(element.start, element.end))]
        }
        expect(replaced.map(unnamed)).toEqual(texts.map(unnamed))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [
      '<locations><!-- c --><location href="a"><!-- d --></location></locations>',
      '<!-- c -->',
      '<!-- d --></location>',
    ],
    ['<locations><![CDATA[c]]><location href="a"><![CDATA[d]]></location></locations>', 'CDATA[c]', 'CDATA[d]'],
    ['<locations><?c?><location href="a"><?d?></location></locations>', '<?c?>', '<?d?>'],
  ])('what follows a tag that changes: %s', (xml, ...kept) => {
    const [changed = ''] = edit([xml], (change) => {
      change.setChooseBy('weighted')
      change.replace('a', 'b')
    })
    for (const part of kept) expect(changed).toContain(part)
    expect(changed).toMatch(/^<locations chooseby="weighted"><[!?].*<location href="b"><[!?]/)
  })

  it('a list that ends with the text, beyond U+FFFF', () => {
    const xml = '<locations a="😀"/>'
    expect(parseLocationsXml(xml).root).toMatchObject({ tagEnd: xml.length, contentEnd: xml.length })
  })

  it('setting the locations to what they are changes nothing', () => {
    fc.assert(
      fc.property(lists, (texts) => {
        const drafts = toLocationDrafts([...recordOf(texts).locations])
        expect(edit(texts, (change) => change.set(drafts))).toEqual(texts)
        expect(edit(texts, (change) => change.remove(['http://nowhere']))).toEqual(texts)
      }),
      { numRuns: 300 },
    )
  })
})

function recordOf(texts: readonly string[]): HandleRecord {
  return HandleRecord.of(
    '21.T/x',
    texts.map((value, place) => ({ index: place + 1, type: '10320/loc', data: { format: 'string', value } })),
  )
}

function described(texts: readonly string[]): { href: string }[] {
  return [...recordOf(texts).locations]
}

// What takes more than linear time for such does not end before the test's own time is over.
describe('size', () => {
  it('100 000 locations', () => {
    const hrefs = Array.from({ length: 100_000 }, (_, place) => `http://x/${place}`)
    const [added = ''] = edit(['<locations/>'], (change) => change.add(toLocationDrafts(hrefs)))
    const { locations } = recordOf([added])
    expect(locations.length).toBe(100_000)
    expect(locations.choose({ random: () => 0.5 })?.href).toBe('http://x/50000')
    expect(edit([added], (change) => change.set(toLocationDrafts([...locations])))).toEqual([added])
    const [removed = ''] = edit([added], (change) => change.remove(hrefs.slice(1)))
    expect(removed).toBe('<locations><location id="0" href="http://x/0" /></locations>')
  })

  it('an attribute of 5 MB', () => {
    const { root } = parseLocationsXml(`<locations a="${'&amp;'.repeat(1_000_000)}"/>`)
    expect(root.attributes.get('a')).toHaveLength(1_000_000)
  })

  it('500 000 comments', () => {
    expect(parseLocationsXml(`<locations>${'<!---->'.repeat(500_000)}</locations>`).elements).toEqual([])
  })

  it.each([
    ['depth', `<locations>${'<a>'.repeat(500_000)}${'</a>'.repeat(500_000)}</locations>`],
    ['open tags', '<a '.repeat(1_000_000)],
    ['brackets', '<'.repeat(5_000_000)],
    ['entities', `<!DOCTYPE l [<!ENTITY a "${'x'.repeat(1000)}">]><locations>${'&a;'.repeat(100_000)}</locations>`],
    ['no end', `<locations><location href="${'x'.repeat(5_000_000)}`],
    ['blanks', `<locations${' '.repeat(5_000_000)}x`],
    ['quotes', `<locations a=${'"'.repeat(1_000_000)}`],
  ])('%s', (_, xml) => {
    expect(() => parseLocationsXml(xml)).toThrow(/deep|defined|[Aa]ttribute|start tag|Root/)
  })

  it('100 000 attributes', () => {
    const names = Array.from({ length: 100_000 }, (_, n) => `a${n}`)
    const { root } = parseLocationsXml(`<locations ${names.map((name) => `${name}="1"`).join(' ')}/>`)
    expect(root.attributes.size).toBe(100_000)
  })
})
