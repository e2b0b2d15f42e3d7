import { describe, expect, test } from 'vitest'
import { textOf } from './support/client.ts'
import { adminValue, prefixAdmin, urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'

// How the handle is read from the path (specification 1.6.0): what is not found is echoed as it was understood.
describe('the handle in a path', () => {
  test.each([
    ['21.T12345/x/../y', '21.T12345/x/../y'],
    ['21.T12345/%2E%2E', '21.T12345/..'],
    ['21.T12345/./y', '21.T12345/./y'],
    ['21.T12345//a', '21.T12345//a'],
    ['21.T12345/a/', '21.T12345/a/'],
    ['21.T12345/a;jsessionid=x', '21.T12345/a;jsessionid=x'],
    ['21.T12345/a+b', '21.T12345/a+b'],
    ['21.T12345/%2541', '21.T12345/%41'],
    ['21.T12345/%00%0A', '21.T12345/\u0000\n'],
    ['21.T12345/%ff', '21.T12345/\uFFFD'],
    ['21.T12345%2Fslash', '21.T12345/slash'],
    ['21.T12345/a#b?index=x', '21.T12345/a'],
    ['21.T12345/a?index=1#b', '21.T12345/a'],
  ])('%s is %j', async (path, handle) => {
    const { send } = await startServer()
    const answer = await send('GET', `/api/handles/${path}`)
    expect(answer).toMatchObject({ status: 404, json: { responseCode: 100, handle } })
  })

  test('an extra slash before it belongs to it', async () => {
    const { send } = await startServer()
    expect((await send('GET', '/api/handles//21.T12345/a')).json).toMatchObject({
      responseCode: 301,
      handle: '/21.T12345/a',
    })
  })

  test.each(['/', '%2F'])('the handle %s is not echoed', async (path) => {
    const { send } = await startServer()
    for (const method of ['GET', 'DELETE']) {
      const answer = await send(method, `/api/handles/${path}`, { basic: prefixAdmin })
      expect(answer.json).not.toHaveProperty('handle')
      expect(answer.json).toHaveProperty('responseCode', method === 'GET' ? 301 : 100)
    }
  })

  test('the slashes of the fixed part may be encoded', async () => {
    const { send } = await startServer()
    expect((await send('GET', '/api%2Fhandles/21.T12345/LOCKED')).status).toBe(200)
    expect((await send('GET', '/api/handles%2F21.T12345/LOCKED')).status).toBe(200)
  })

  test.each(['%zz', '%', 'a%2'])('a malformed escape (%s) gets 400 without a body', async (escape) => {
    const { send } = await startServer()
    const answer = await send('GET', `/api/handles/21.T12345/${escape}`)
    expect(answer).toMatchObject({ status: 400, text: '' })
    expect(answer.headers).not.toHaveProperty('content-type')
  })

  test('a scheme before it is part of it', async () => {
    const { send } = await startServer()
    const answer = await send('GET', '/api/handles/hdl:21.T12345/RICH')
    expect(answer).toMatchObject({ status: 400, json: { responseCode: 301, handle: 'hdl:21.T12345/RICH' } })
  })
})

describe('a name without a slash', () => {
  test('is that of a prefix where it is read', async () => {
    const { send } = await startServer()
    const answer = await send('GET', '/api/handles/21.t12345?index=100')
    expect(answer).toMatchObject({ status: 200, json: { handle: '21.t12345', values: [{ index: 100 }] } })
  })

  test('is not where it is written', async () => {
    const { send } = await startServer()
    const answer = await send('PUT', '/api/handles/21.T12345', { basic: prefixAdmin, body: [urlValue(1, 'x')] })
    expect(answer).toMatchObject({ status: 400, json: { responseCode: 301, handle: '21.T12345' } })
  })
})

describe('case', () => {
  test('is folded for ASCII letters only, and records are stored in upper case', async () => {
    const { server, send } = await startServer()
    const path = (name: string): string => `/api/handles/${encodeURIComponent(name)}`
    await send('PUT', path('21.t12345/straße'), { basic: prefixAdmin, body: [urlValue(1, 'x')] })
    expect(server.records.names()).toContain('21.T12345/STRAßE')
    expect((await send('GET', path('21.T12345/StRaßE'))).status).toBe(200)
    expect((await send('GET', path('21.T12345/STRASSE'))).status).toBe(404)
  })

  test('matters on a case-sensitive server, in the prefix too', async () => {
    const { send } = await startServer({ caseSensitive: true })
    expect((await send('GET', '/api/handles/21.T12345/RICH')).status).toBe(200)
    expect((await send('GET', '/api/handles/21.T12345/rich')).json).toMatchObject({ responseCode: 100 })
    expect((await send('GET', '/api/handles/21.t12345/RICH')).json).toMatchObject({ responseCode: 100 })
    expect((await send('GET', '/api/handles/0.na/21.T12345')).json).toMatchObject({ responseCode: 100 })
    const created = await send('PUT', '/api/handles/21.T12345/rich', { basic: prefixAdmin, body: [adminValue()] })
    expect(created.status).toBe(201)
  })

  test('of the handle in a body may differ, on a case-sensitive server in the prefix only', async () => {
    const put = async (caseSensitive: boolean, handle: string): Promise<number> => {
      const { send } = await startServer({ caseSensitive })
      const body = { handle, values: [] }
      return (await send('PUT', '/api/handles/21.T12345/Abc', { basic: prefixAdmin, body })).status
    }
    expect(await put(false, '21.t12345/aBC')).toBe(201)
    expect(await put(true, '21.t12345/Abc')).toBe(201)
    expect(await put(true, '21.T12345/abc')).toBe(400)
  })
})

describe('minting', () => {
  test('needs a literal true', async () => {
    const { send } = await startServer()
    const mint = async (query: string): Promise<string> =>
      textOf((await send('PUT', `/api/handles/21.T12345/m-${query}`, { basic: prefixAdmin, body: [] })).json, 'handle')
    expect(await mint('?mintNewSuffix')).toBe('21.T12345/m-')
    expect(await mint('?mintNewSuffix=yes')).toBe('21.T12345/m-')
    expect(await mint('?mintNewSuffix=TRUE')).toMatch(/^21\.T12345\/m-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]+$/)
  })

  test('stores the name in upper case', async () => {
    const { server, send } = await startServer()
    const answer = await send('PUT', '/api/handles/21.T12345/?mintNewSuffix=true', { basic: prefixAdmin, body: [] })
    expect(server.records.names()).toContain(textOf(answer.json, 'handle').toUpperCase())
  })
})
