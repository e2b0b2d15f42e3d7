import { describe, expect, test } from 'vitest'
import type { Send } from './support/client.ts'
import { adminValue, prefixAdmin, urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'
import { anyText } from './support/matchers.ts'

const put = async (send: Send, path: string, body: unknown, charset = '; charset=utf-8'): ReturnType<Send> =>
  await send('PUT', `/api/handles/21.T12345/${path}`, {
    basic: prefixAdmin,
    body,
    headers: { 'content-type': `application/json${charset}` },
  })

const at2019 = '2019-01-01T00:00:00Z'
const in2026 = Date.UTC(2026, 0, 2, 3, 4, 5)

describe('bodies', () => {
  test.each([
    ['{"values":null}', 201],
    ['[]', 201],
    ['{index:1,type:URL,data:x}', 201],
    ["[{'index':1,'type':'URL','data':'x'}] // lenient", 201],
    ['{"index":1,"type":"URL"}', 400],
    ['"text"', 400],
    ['null', 400],
    ['', 400],
    ['{"values":{}}', 400],
    ['[null]', 400],
    ['[] []', 400],
  ])('%s gives %i', async (body, status) => {
    const { send } = await startServer()
    const answer = await put(send, 'BODY', body)
    expect(answer.status).toBe(status)
    if (status === 400) expect(answer.json).toEqual({ responseCode: 4, message: anyText })
  })

  test.each([
    ['application/json', 201],
    ['Application/JSON ; charset=utf-8', 201],
    ['application/vnd.x+json', 400],
    ['application/jsonx', 400],
  ])('content type %s gives %i', async (type, status) => {
    const { send } = await startServer()
    const answer = await send('PUT', '/api/handles/21.T12345/TYPE', {
      basic: prefixAdmin,
      body: '[]',
      headers: { 'content-type': type },
    })
    expect(answer.status).toBe(status)
    if (status === 400)
      expect(answer.json).toMatchObject({ message: `java.lang.Exception: Unsupported media type ${type}` })
  })

  test('without a charset are Latin-1', async () => {
    const { server, send } = await startServer()
    await put(send, 'L', [urlValue(1, 'ü€')], '')
    expect(server.records.get('21.T12345/L')).toMatchObject([
      { data: { value: Buffer.from('ü€', 'utf8').toString('latin1') } },
    ])
  })

  test('without a charset are UTF-8 if the server is told so', async () => {
    const { server, send } = await startServer({ defaultCharset: 'utf-8' })
    await put(send, 'L', [urlValue(1, 'ü€')], '')
    expect(server.records.get('21.T12345/L')).toMatchObject([{ data: { value: 'ü€' } }])
  })

  test('may be large', async () => {
    const { send } = await startServer()
    expect((await put(send, 'LARGE', [urlValue(1, 'x'.repeat(300_000))])).status).toBe(201)
  })
})

describe('values', () => {
  test.each([
    ['index "7"', { index: '7' }, { index: 7 }],
    ['index 1.5', { index: 1.5 }, { index: 1 }],
    ['index 4294967303 wraps', { index: 4_294_967_303 }, { index: 7 }],
    ['index [7]', { index: [7] }, { index: 7 }],
    ['type 7', { type: 7 }, { type: '7' }],
    ['data true', { data: true }, { data: { format: 'string', value: 'true' } }],
    ['format in any case', { data: { format: 'STRING', value: 'v' } }, { data: { value: 'v' } }],
    ['base64 of the other alphabet', { data: { format: 'base64', value: '-_8' } }, { data: { value: '+/8=' } }],
    ['base64 garbage', { data: { format: 'base64', value: '!!!' } }, { data: { format: 'string', value: '' } }],
    ['hex', { data: { format: 'hex', value: '61C3A4' } }, { data: { format: 'string', value: 'aä' } }],
    ['control characters', { data: '\u0001' }, { data: { format: 'base64', value: 'AQ==' } }],
    [
      'admin data of another type',
      { data: { format: 'admin', value: { handle: 'h', index: 1 } } },
      { data: { format: 'base64' } },
    ],
    ['text of type HS_ADMIN', { type: 'HS_ADMIN', data: 'x' }, { data: { format: 'string', value: 'x' } }],
    [
      'a sub-type',
      { type: 'hs_vlist.x', data: { format: 'vlist', value: [] } },
      { data: { format: 'vlist', value: [] } },
    ],
    ['ttl 0', { ttl: 0 }, { ttl: 0 }],
    ['ttl -5', { ttl: -5 }, { ttl: -5 }],
    ['ttl as a compact time', { ttl: '20310506T070809Z' }, { ttl: '2031-05-06T07:08:09Z' }],
    ['ttl with a fraction', { ttl: '2031-05-06T07:08:09.123Z' }, { ttl: '2031-05-06T07:08:09Z' }],
    ['ttl beyond 2038', { ttl: '2040-01-01T00:00:00Z' }, { ttl: '1903-11-25T17:31:44Z' }],
    ['timestamp is not taken', { timestamp: at2019 }, { timestamp: '2026-01-02T03:04:05Z' }],
    ['unknown properties', { colour: 'red' }, { index: 1 }],
    ['permissions as a number', { permissions: 1100 }, { permissions: '1100' }],
    ['permissions *', { permissions: '*' }, { permissions: '1111' }],
  ])('%s', async (_, given, stored) => {
    const { server, send } = await startServer({ now: () => in2026 })
    const answer = await put(send, 'V', [{ index: 1, type: 'T', data: 'd', ...given }])
    expect(answer.status).toBe(201)
    expect(server.records.get('21.T12345/V')).toMatchObject([stored])
  })

  test.each([
    ['index "1.5"', { index: '1.5' }],
    ['index true', { index: true }],
    ['type null', { type: null }],
    ['data null', { data: null }],
    ['data []', { data: [] }],
    ['data without value', { data: { format: 'string' } }],
    ['odd hex', { data: { format: 'hex', value: 'abc' } }],
    ['an EC key', { data: { format: 'key', value: { kty: 'EC', x: 'AQ', y: 'AQ' } } }],
    ['ttl true', { ttl: true }],
    ['ttl "soon"', { ttl: 'soon' }],
    ['references [null]', { references: [null] }],
    ['permissions {}', { permissions: {} }],
  ])('%s is refused', async (_, given) => {
    const { server, send } = await startServer()
    const answer = await put(send, 'V', [{ index: 1, type: 'T', data: 'd', ...given }])
    expect(answer).toMatchObject({ status: 400, json: { responseCode: 4 } })
    expect(server.records.get('21.T12345/V')).toBeUndefined()
  })

  test('an index that wraps below zero is refused by the protocol', async () => {
    const { send } = await startServer()
    const answer = await put(send, 'V', [{ index: 2_147_483_648, type: 'T', data: 'd' }])
    expect(answer.json).toEqual({ responseCode: 202, message: 'Value indexes must be positive', handle: '21.T12345/V' })
  })

  test('numbers as data keep their digits', async () => {
    const { server, send } = await startServer()
    await put(send, 'V', '[{"index":1,"type":"T","data":1.0},{"index":2,"type":"T","data":12345678901234567890}]')
    expect(server.records.get('21.T12345/V')).toMatchObject([
      { data: { value: '1.0' } },
      { data: { value: '12345678901234567890' } },
    ])
  })
})

describe('writing a whole record', () => {
  test('keeps the order that was sent, and the time of values that stay the same', async () => {
    let now = in2026
    const { server, send } = await startServer({ now: () => now })
    await put(send, 'W', [urlValue(5, 'a'), adminValue(), urlValue(1, 'b')])
    now += 60_000
    await put(send, 'W', [urlValue(1, 'changed'), urlValue(5, 'a'), adminValue()])
    expect(server.records.get('21.T12345/W')).toMatchObject([
      { index: 1, timestamp: '2026-01-02T03:05:05Z' },
      { index: 5, timestamp: '2026-01-02T03:04:05Z' },
      { index: 100, timestamp: '2026-01-02T03:04:05Z' },
    ])
  })

  test('overwrites unless overwrite is false, empty or anything but true', async () => {
    const { send } = await startServer()
    await put(send, 'W', [adminValue()])
    expect((await put(send, 'W', [adminValue()])).status).toBe(200)
    expect((await put(send, 'W?overwrite=True', [adminValue()])).status).toBe(200)
    for (const query of ['overwrite=false', 'overwrite', 'overwrite=yes']) {
      expect((await put(send, `W?${query}`, [adminValue()])).json).toEqual({ responseCode: 101, handle: '21.T12345/W' })
    }
  })

  test('refuses in the order of the real server', async () => {
    const { send } = await startServer()
    const anonymous = async (path: string, body: unknown): ReturnType<Send> => await send('PUT', path, { body })
    const twice = [urlValue(1, 'a'), urlValue(1, 'b')]
    expect((await anonymous('/api/handles/9.9/X', twice)).json).toMatchObject({ responseCode: 301 })
    expect((await anonymous('/api/handles/21.T12345/RICH', twice)).json).toMatchObject({ responseCode: 201 })
    expect((await anonymous('/api/handles/21.T12345/RICH?overwrite=false', [])).json).toMatchObject({
      responseCode: 101,
    })
    expect((await anonymous('/api/handles/21.T12345/RICH', [])).json).toMatchObject({ responseCode: 402 })
  })

  test('gives one 201 to many who create the same', async () => {
    const { send } = await startServer()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => put(send, 'RACE?overwrite=false', [urlValue(1, String(i))])),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(19)
  })
})

describe('writing single values', () => {
  test('orders the record by index afterwards', async () => {
    const { server, send } = await startServer({ now: () => in2026 })
    server.records.put('21.T12345/W', [{ ...urlValue(9, 'a'), timestamp: at2019 }, adminValue()])
    expect((await put(send, 'W?index=1&index=50', [urlValue(50, 'b'), urlValue(1, 'c')])).status).toBe(201)
    expect(server.records.get('21.T12345/W')).toMatchObject([
      { index: 1, timestamp: '2026-01-02T03:04:05Z' },
      { index: 9, timestamp: at2019 },
      { index: 50 },
      { index: 100 },
    ])
  })

  test('is 200 as soon as one value was there', async () => {
    const { send } = await startServer()
    await put(send, 'W', [adminValue(), urlValue(1, 'a')])
    expect((await put(send, 'W?index=various', [urlValue(1, 'b'), urlValue(2, 'b')])).status).toBe(200)
    expect((await put(send, 'W?index=various', [urlValue(3, 'b')])).status).toBe(201)
  })

  test('takes every form of body, and indexes in any order', async () => {
    const { send } = await startServer()
    await put(send, 'W', [adminValue()])
    expect((await put(send, 'W?index=2&index=1&index=1', [urlValue(1, 'a'), urlValue(2, 'b')])).status).toBe(201)
    expect((await put(send, 'W?index=3', urlValue(3, 'c'))).status).toBe(201)
    expect((await put(send, 'W?index=3', { values: [urlValue(3, 'd')] })).status).toBe(200)
  })

  test('does not heed admin write', async () => {
    const { server, send } = await startServer()
    server.records.put('21.T12345/W', [adminValue(), { ...urlValue(1, 'a'), permissions: '11010' }])
    expect((await put(send, 'W?index=1', [urlValue(1, 'b')])).status).toBe(200)
  })

  test('refuses in the order of the real server', async () => {
    const { send } = await startServer()
    const answers = [
      await send('PUT', '/api/handles/9.9/X?index=various', { body: [] }),
      await send('PUT', '/api/handles/21.T12345/NONE?index=various', { body: [] }),
      await send('PUT', '/api/handles/21.T12345/NONE?index=0', { body: [urlValue(0, 'a')] }),
      await send('PUT', '/api/handles/21.T12345/NONE?index=1', { body: [urlValue(1, 'a'), urlValue(1, 'b')] }),
      await send('PUT', '/api/handles/21.T12345/NONE?index=1', { body: [urlValue(1, 'a')] }),
      await put(send, 'NONE?index=1', [urlValue(1, 'a')]),
      await put(send, 'LOCKED?index=1&overwrite=false', [urlValue(1, 'a')]),
      await put(send, 'LOCKED?index=1', [urlValue(1, 'a')]),
    ]
    const codes = [301, 202, 202, 201, 402, 100, 201, 400]
    expect(answers.map(({ json }) => json)).toMatchObject(codes.map((responseCode) => ({ responseCode })))
    expect(answers[1]?.json).toMatchObject({ message: 'Value list was empty' })
  })
})

describe('deleting', () => {
  test('single values is all or nothing, and repeats do no harm', async () => {
    const { server, send } = await startServer()
    const remove = async (query: string): ReturnType<Send> =>
      await send('DELETE', `/api/handles/21.T12345/W?${query}`, { basic: prefixAdmin })
    server.records.put('21.T12345/W', [adminValue(), urlValue(1, 'a'), urlValue(2, 'b')])
    expect((await remove('index=1&index=9')).json).toEqual({ responseCode: 200, handle: '21.T12345/W' })
    expect(server.records.get('21.T12345/W')).toHaveLength(3)
    expect((await remove('index=1&index=1')).status).toBe(200)
    expect((await remove('index=various')).json).toMatchObject({ responseCode: 4 })
    expect((await remove('index=2&index=100')).status).toBe(200)
    expect(server.records.get('21.T12345/W')).toEqual([])
    expect((await send('GET', '/api/handles/21.T12345/W')).json).toMatchObject({ responseCode: 200 })
  })

  test('takes its parameters from the URL only', async () => {
    const { server, send } = await startServer()
    server.records.put('21.T12345/W', [adminValue(), urlValue(1, 'a')])
    await send('DELETE', '/api/handles/21.T12345/W', { basic: prefixAdmin, body: { index: 1 } })
    expect(server.records.get('21.T12345/W')).toBeUndefined()
  })

  test('a record under a foreign prefix is just not there', async () => {
    const { send } = await startServer()
    expect((await send('DELETE', '/api/handles/9.9/X')).json).toMatchObject({ responseCode: 402 })
    expect((await send('DELETE', '/api/handles/9.9/X', { basic: prefixAdmin })).json).toMatchObject({
      responseCode: 100,
    })
    expect((await send('DELETE', '/api/handles/9.9/X?index=1')).json).toMatchObject({ responseCode: 301 })
  })
})
