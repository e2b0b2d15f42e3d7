import { HandleRecordError, type HandleClient, type HandleLocation, type WriteResult } from '@handlekit/core'
import fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { prefix, TestServer, writer } from '../support/handle-server.ts'
import { rejection } from '../support/rejection.ts'

const test = TestServer.ofFile()
let client: HandleClient
let handle: string

beforeAll(() => {
  client = test.client()
})
beforeEach(() => {
  handle = test.newHandle()
})

const url = { index: 1, type: 'URL', data: 'www.url.foo' }
const loc = (data: string, index = 2, type = '10320/LOC'): typeof url => ({ index, type, data })

// The records of B2HANDLE's own tests.
const records = {
  L0: [url],
  L1: [url, loc("<locations><location href = 'http://second.foo' /></locations>")],
  L2: [
    url,
    loc("<locations><location href = 'http://first.foo' /><location href = 'http://second.foo' /></locations> "),
  ],
  R2: [
    loc(`<locations chooseby = "locatt,weighted">
<location weight = "1" href = "http://foo.bar" />
<location http_role = "conneg" weight = "0" href = "http://foo.foo" />
<location http_role = "no_conneg" weight = "0" href = "http://clipc.example/CHECKCONNEG.nc" />
</locations> `),
  ],
  R3: [loc('<locations chooseby = "locatt,weighted"></locations> ')],
  R4: [{ index: 3, type: 'CREATION_DATE', data: '2015-05-01' }],
} as const

/** Makes the record, with a private value. */
async function given(values: readonly (typeof url)[]): Promise<void> {
  await client.create(handle, [...values, { index: 50, type: 'PRIVATE', data: 'hidden', permissions: '1100' }])
}

/** The values of the type, seen behind the client's back: index → text. */
function stored(): Record<number, unknown> {
  const values = test.server.records.get(handle) ?? []
  return Object.fromEntries(
    values.filter(({ type }) => /^10320\/loc/i.test(type)).map(({ index, data }) => [index, data.value]),
  )
}

async function locationsOf(): Promise<HandleLocation[]> {
  return [...(await client.resolve(handle)).locations]
}

describe('the portable cases', () => {
  const [first, second, third] = ['http://first.foo', 'http://second.foo', 'http://third.foo']
  const api = (): HandleClient['locations'] => client.locations
  const cases: {
    name: string
    on: keyof typeof records
    edit: () => Promise<WriteResult>
    /** id and href of every location afterwards. */
    gives: readonly (readonly [id: string | undefined, href: string])[]
    outcome: 'changed' | 'unchanged'
  }[] = [
    { name: 'X1', on: 'L2', edit: () => api().remove(handle, first), gives: [[undefined, second]], outcome: 'changed' },
    { name: 'X2', on: 'L1', edit: () => api().remove(handle, second), gives: [], outcome: 'changed' },
    { name: 'X3', on: 'L2', edit: () => api().remove(handle, [first, second]), gives: [], outcome: 'changed' },
    {
      name: 'X5',
      on: 'L2',
      edit: () => api().replace(handle, first, 'http://newfirst.foo'),
      gives: [
        [undefined, 'http://newfirst.foo'],
        [undefined, second],
      ],
      outcome: 'changed',
    },
    {
      name: 'X6 unknown',
      on: 'L2',
      edit: () => api().replace(handle, third, first),
      gives: [
        [undefined, first],
        [undefined, second],
      ],
      outcome: 'unchanged',
    },
    { name: 'X6 none', on: 'L0', edit: () => api().replace(handle, third, first), gives: [], outcome: 'unchanged' },
    { name: 'X7', on: 'L0', edit: () => api().add(handle, [first]), gives: [['0', first]], outcome: 'changed' },
    {
      name: 'X8',
      on: 'L2',
      edit: () => api().add(handle, [third]),
      gives: [
        [undefined, first],
        [undefined, second],
        ['0', third],
      ],
      outcome: 'changed',
    },
    ...(['L2', 'L0'] as const).map((on) => ({
      name: `X9 ${on}`,
      on,
      edit: () => api().add(handle, ['http://one', 'http://two', 'http://three']),
      gives: [
        ...(on === 'L2'
          ? ([
              [undefined, first],
              [undefined, second],
            ] as const)
          : []),
        ['0', 'http://one'],
        ['1', 'http://two'],
        ['2', 'http://three'],
      ] as const,
      outcome: 'changed' as const,
    })),
    {
      name: 'X10',
      on: 'L2',
      edit: () => api().add(handle, [first]),
      gives: [
        [undefined, first],
        [undefined, second],
      ],
      outcome: 'unchanged',
    },
    {
      name: 'remove what is not there',
      on: 'L0',
      edit: () => api().remove(handle, first),
      gives: [],
      outcome: 'unchanged',
    },
  ]

  it.each(cases)('$name on $on', async ({ on, edit, gives, outcome }) => {
    await given(records[on])
    const before = stored()
    const requests = await test.requestsOf(async () => expect((await edit()).outcome).toBe(outcome))
    if (outcome === 'unchanged') {
      expect(requests).toBe(1)
      expect(stored()).toEqual(before)
    }
    expect((await locationsOf()).map(({ id, href }) => [id, href])).toEqual(gives)
    expect(Object.keys(stored())).toEqual(gives.length > 0 ? ['2'] : [])
    const record = await client.resolve(handle, { publicOnly: false })
    expect([record.text('URL'), record.text('PRIVATE')]).toEqual(['www.url.foo', 'hidden'])
  })

  it.each(['add', 'remove'] as const)('X4: %s at a handle that is not there', async (method) => {
    expect(await rejection(client.locations[method](handle, [first]))).toMatchObject({ code: 'HANDLE_NOT_FOUND' })
  })

  it.each([
    { on: 'R2', length: 3, has: true },
    { on: 'R3', length: 0, has: false },
    { on: 'R4', length: 0, has: false },
  ] as const)('X11: $on', async ({ on, length, has }) => {
    await given(records[on])
    const { locations } = await client.resolve(handle)
    expect(locations.length).toBe(length)
    expect(locations.has('http://foo.bar')).toBe(has)
    expect(locations.has('http://bar.bar')).toBe(false)
  })
})

describe('record.locations', () => {
  it('describes every location', async () => {
    await given([
      loc(
        '<locations choose_by="country" chooseby="x"><location id="3" href="http://a?b&amp;c" weight="2.50" country="de"' +
          ' http_role="conneg" score="7"/><Location href="http://b" weight="heavy"/><other/>' +
          '<location href_template="http://t/{hdl}" weight="0"/></locations>',
      ),
      loc('<locations><location href="http://c"/></locations>', 9, '10320/loc'),
    ])
    const { locations } = await client.resolve(handle)
    const none = { id: undefined, weight: undefined, country: undefined, httpRole: undefined, attributes: {} }
    expect([...locations]).toEqual([
      {
        index: 2,
        id: '3',
        href: 'http://a?b&c',
        weight: 2.5,
        country: 'de',
        httpRole: 'conneg',
        attributes: { score: '7' },
      },
      { ...none, index: 2, href: 'http://b', attributes: { weight: 'heavy' } },
      { ...none, index: 9, href: 'http://c' },
    ])
    expect(locations.chooseBy).toBe('country')
    expect(locations.templates).toEqual([{ ...none, index: 2, template: 'http://t/{hdl}', weight: 0 }])
  })

  it.each([
    ['<locations>', /Missing end tag|end tag/],
    ['no XML', /Root element/],
    ['', /Root element/],
    ['<links/>', /root is <links>/],
    ['<locations>&unknown;</locations>', /entity/],
    ['<!DOCTYPE locations><locations/>', /DTD/],
    ['<!DOCTYPE l [<!ENTITY a "b">]><locations a="&a;"/>', /entity/],
    ['<!DOCTYPE l SYSTEM "file:///etc/passwd"><locations/>', /DTD/],
    [`<locations>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</locations>`, /nested/],
  ])('malformed: no. %#', async (text, why) => {
    await given([url, loc(text, 7)])
    const record = await client.resolve(handle)
    expect(record.text('URL')).toBe('www.url.foo')
    const error = await rejection(() => record.locations.length)
    expect(error).toBeInstanceOf(HandleRecordError)
    expect(error).toMatchObject({
      code: 'MALFORMED_LOCATIONS',
      handle,
      indexes: [7],
      message: expect.stringMatching(why),
    })
    const edits = [
      () => client.locations.add(handle, ['http://x']),
      () => client.locations.replace(handle, 'http://x', 'http://y'),
      () => client.locations.remove(handle, 'http://x'),
      () => client.locations.set(handle, []),
    ]
    for (const edit of edits) expect(await rejection(edit())).toMatchObject({ code: 'MALFORMED_LOCATIONS' })
    expect(stored()).toEqual({ 7: text })
  })
})

describe('an edit', () => {
  it('writes every attribute, and escapes', async () => {
    await given([url])
    const location = {
      href: 'http://a?b&c"<d>\'\n',
      weight: 17.5,
      country: 'de',
      httpRole: 'conneg',
      attributes: { score: 3 },
    }
    await client.locations.add(handle, [location], { chooseBy: 'country,weighted' })
    expect(await locationsOf()).toEqual([{ ...location, index: 2, id: '0', attributes: { score: '3' } }])
    expect(stored()[2]).toBe(
      '<locations chooseby="country,weighted"><location id="0" href="http://a?b&amp;c&quot;&lt;d&gt;\'&#10;" weight="17.5"' +
        ' country="de" http_role="conneg" score="3" /></locations>',
    )
    expect((await client.resolve(handle)).at(2)?.type).toBe('10320/LOC')
  })

  it('updates what is there where attributes are given, and nothing else', async () => {
    await given([
      loc('<locations x="y"><!-- c --><location  a=\'1\' href="http://a" weight="1.0"/>\n<z>&#x41;</z></locations>'),
    ])
    await client.locations.add(handle, [{ href: 'http://a', weight: 1 }])
    expect(await client.locations.add(handle, [{ href: 'http://a', weight: 1 }])).toMatchObject({
      outcome: 'unchanged',
    })
    await client.locations.add(handle, [{ href: 'http://a', country: 'de' }, 'http://b'])
    expect(stored()).toEqual({
      2:
        '<locations x="y"><!-- c --><location a="1" href="http://a" weight="1.0" country="de" />\n<z>&#x41;</z>' +
        '<location id="0" href="http://b" /></locations>',
    })
  })

  it('finds the lowest id that none of all the values has, in the value as it is spelled', async () => {
    await given([
      loc('<locations><location id="0" href="http://a"/><location id="3" href="http://b"/></locations>'),
      loc(
        '<locations><location id="1" href_template="t"/><location id="x" href="http://c"/></locations>',
        8,
        '10320/loc',
      ),
    ])
    const result = await client.locations.add(handle, ['http://d', 'http://e', 'http://d'])
    expect(result).toEqual({ handle, outcome: 'changed', indexes: [8] })
    expect((await locationsOf()).slice(3).map(({ index, id, href }) => [index, id, href])).toEqual([
      [8, '2', 'http://d'],
      [8, '4', 'http://e'],
    ])
    expect((await client.resolve(handle)).at(8)?.type).toBe('10320/loc')
  })

  it('keeps what it does not know of the value: ttl, permissions, references', async () => {
    const references = [{ handle: `${prefix}/ADMIN`, index: 300 }]
    const [, value] = records.L2
    await client.create(handle, [{ ...value, ttl: 77, permissions: '1100', references }])
    await client.locations.replace(handle, 'http://first.foo', 'http://x')
    expect((await client.resolve(handle, { publicOnly: false })).at(2)).toMatchObject({
      ttl: 77,
      permissions: '1100',
      references,
    })
  })

  it('replaces every occurrence, in every value, in one request', async () => {
    await given([
      loc('<locations><location href="http://a" id="7" x="y"/></locations>'),
      loc('<locations><location href="http://a"/><location href="http://b"/></locations>', 3),
    ])
    const edit = (): Promise<WriteResult> => client.locations.replace(handle, 'http://a', 'http://z')
    expect(await test.requestsOf(async () => expect(await edit()).toMatchObject({ indexes: [2, 3] }))).toBe(2)
    expect(stored()).toEqual({
      2: '<locations><location href="http://z" id="7" x="y" /></locations>',
      3: '<locations><location href="http://z" /><location href="http://b"/></locations>',
    })
  })

  it('removes a value in which nothing is left, and no other', async () => {
    await given([
      loc('<locations><location href="http://a"/></locations>'),
      loc('<locations><location href="http://a"/><location href="http://b"/></locations>', 3),
      loc('<locations><location href="http://a"/><location href_template="http://t"/></locations>', 4),
      loc('<locations/>', 5),
    ])
    const result = await client.locations.remove(handle, 'http://a')
    expect(result).toEqual({ handle, outcome: 'changed', indexes: [3, 4, 2] })
    expect(stored()).toEqual({
      3: '<locations><location href="http://b"/></locations>',
      4: '<locations><location href_template="http://t"/></locations>',
      5: '<locations/>',
    })
  })

  it('sets the locations', async () => {
    await given([
      loc(
        '<locations chooseby="weighted"><location id="5" href="http://a" x="y"/><location href="http://b"/><t/></locations>',
      ),
    ])
    const before = [...(await client.resolve(handle)).locations]
    expect(await client.locations.set(handle, before)).toMatchObject({ outcome: 'unchanged' })
    await client.locations.set(handle, ['http://c', { href: 'http://a', weight: 2 }], { chooseBy: 'country' })
    expect(stored()).toEqual({
      2:
        '<locations chooseby="country"><location id="5" href="http://a" weight="2" /><t/>' +
        '<location id="0" href="http://c" /></locations>',
    })
    await client.locations.set(handle, [])
    expect(stored()).toEqual({ 2: '<locations chooseby="country"><t/></locations>' })
  })

  it('begins a list in one that is empty', async () => {
    await given([loc('<?xml version="1.0"?><locations x="y"/>\n')])
    await client.locations.add(handle, ['http://a'])
    expect(stored()).toEqual({
      2: '<?xml version="1.0"?><locations x="y"><location id="0" href="http://a" /></locations>\n',
    })
  })

  it('says how to choose where it is asked to, by the name that counts', async () => {
    await given([loc('<locations choose_by="a" chooseby="b"><location href="http://a"/></locations>')])
    await client.locations.add(handle, ['http://b'])
    expect((await client.resolve(handle)).locations.chooseBy).toBe('a')
    await client.locations.add(handle, [], { chooseBy: 'c' })
    expect(stored()[2]).toMatch(/^<locations choose_by="c" chooseby="b">/)
  })

  it('can be planned', async () => {
    await given(records.L2)
    const before = stored()
    const { outcome, request } = await client.locations.remove(handle, 'http://first.foo', { plan: true })
    expect([outcome, request?.method]).toEqual(['planned', 'PUT'])
    expect(request?.url).toMatch(/\?index=2&overwrite=true$/)
    const all = await client.locations.set(handle, [], { plan: true })
    expect(all.request).toMatchObject({ method: 'DELETE', url: expect.stringMatching(/\?index=2$/) })
    expect(await client.locations.replace(handle, 'x', 'y', { plan: true })).toEqual({
      handle,
      outcome: 'planned',
      indexes: [],
    })
    expect(stored()).toEqual(before)
  })

  it('ends with the signal’s reason, and does not begin after it', async () => {
    await given(records.L2)
    const signal = AbortSignal.abort(new Error('enough'))
    expect(await rejection(client.locations.add(handle, ['http://x'], { signal }))).toBe(signal.reason)
  })

  it('does not overwrite a value that it cannot see', async () => {
    const half = `${prefix}/HALF`
    const result = await test.client(writer).locations.add(half, ['http://x'])
    expect(result.indexes).toEqual([3])
    expect(test.server.records.get(half)?.find(({ index }) => index === 2)?.data.value).toBe('hidden')
  })

  it('refuses what cannot be right, before any request', async () => {
    const requests = await test.requestsOf(async () => {
      const { locations } = client
      const bad = [
        locations.add(handle, [{ href: '' }]),
        locations.add(handle, [{ href: 'http://\u0001' }]),
        locations.add(handle, [{ href: 'http://a', weight: Number.NaN }]),
        locations.add(handle, [{ href: 'http://a', attributes: { 'a b': 1 } }]),
        locations.add(handle, [{ href: 'http://a', attributes: { href: 'http://b' } }]),
        locations.replace(handle, 'http://a', ''),
        locations.remove(handle, ['']),
      ]
      for (const call of bad) expect(await rejection(call)).toMatchObject({ code: 'INVALID_VALUE' })
      const misspelt = { plan: true, chooseby: 'x' }
      expect(await rejection(locations.add(handle, ['http://a'], misspelt))).toMatchObject({ code: 'UNKNOWN_OPTION' })
      expect(await rejection(locations.set(handle, [], { chooseBy: '' }))).toMatchObject({ code: 'INVALID_OPTION' })
    })
    expect(requests).toBe(0)
  })
})

it('any edits leave the rest of a record as it was', async () => {
  const href = fc.constantFrom<string>('http://a', 'http://b', 'http://c')
  const location = fc.record({ href, weight: fc.option(fc.nat(9), { nil: undefined }) })
  const several = fc.array(location, { maxLength: 3 })
  const edits = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constantFrom('add', 'set'), several }),
      fc.record({ kind: fc.constant('remove'), hrefs: fc.array(href, { maxLength: 2 }) }),
      fc.record({ kind: fc.constant('replace'), from: href, to: href }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  const { locations } = client
  await fc.assert(
    fc.asyncProperty(edits, async (list) => {
      handle = test.newHandle()
      await given([
        ...['a', 'b', 'c'].map((data, place) => ({ index: 10 + place, type: 'KEYWORD', data })),
        loc('<locations q="1"><location href="http://a" z="1"/><location href_template="t"/></locations>'),
        loc('<locations><location href="http://b"/></locations>', 3, '10320/loc'),
      ])
      const others = (): unknown => test.server.records.get(handle)?.filter(({ type }) => !type.startsWith('10320'))
      const before = structuredClone(others())
      for (const edit of list) {
        const was = (await locationsOf()).map((one) => one.href)
        let expected: string[]
        if ('several' in edit) {
          const given = edit.several.map((one) => one.href)
          await locations[edit.kind](handle, edit.several)
          const missing = given.filter((one, place) => !was.includes(one) && given.indexOf(one) === place)
          expected = edit.kind === 'set' ? given : [...was, ...missing]
        } else if ('hrefs' in edit) {
          await locations.remove(handle, edit.hrefs)
          expected = was.filter((one) => !edit.hrefs.includes(one))
        } else {
          await locations.replace(handle, edit.from, edit.to)
          expected = was.map((one) => (one === edit.from ? edit.to : one))
        }
        expect((await locationsOf()).map((one) => one.href).sort()).toEqual(expected.sort())
      }
      expect(others()).toEqual(before)
      expect(stored()[2]).toMatch(/^<locations q="1">.*<location href_template="t"\/>.*<\/locations>$/)
    }),
    { numRuns: 60 },
  )
})
