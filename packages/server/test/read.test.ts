import { describe, expect, test } from 'vitest'
import type { HandleServer } from '../src/index.ts'
import { nobody, prefixAdmin, adminValue, urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'
import { textWith } from './support/matchers.ts'

const adminOnly = { index: 2, type: 'A', data: 'for administrators', permissions: '1100' }
const forNobody = { index: 3, type: 'N', data: 'for nobody', permissions: '00000' }

function record(server: HandleServer, ...values: readonly object[]): void {
  server.records.put('21.T12345/R', values)
}

describe('values that are not public', () => {
  test('are left out for a reader without credentials', async () => {
    const { server, send } = await startServer()
    record(server, adminValue(), urlValue(1, 'x'), adminOnly, forNobody)
    const answer = await send('GET', '/api/handles/21.T12345/R?index=1&index=2&index=3')
    expect(answer.json).toMatchObject({ responseCode: 1, values: [{ index: 1 }] })
  })

  test('come along after one that the caller may read', async () => {
    const { server, send } = await startServer()
    record(server, adminValue(), adminOnly, forNobody)
    const answer = await send('GET', '/api/handles/21.T12345/R', { basic: prefixAdmin })
    expect(answer.json).toMatchObject({ values: [{ index: 100 }, { index: 2 }, { index: 3, permissions: '0000' }] })
  })

  test('refuse everybody if the first may be read by nobody', async () => {
    const { server, send } = await startServer({ anonymousAdminFullAccess: true })
    record(server, adminValue(), forNobody, adminOnly)
    for (const options of [{}, { basic: prefixAdmin }]) {
      const answer = await send('GET', '/api/handles/21.T12345/R?publicOnly=false', options)
      expect(answer).toMatchObject({ status: 403, json: { responseCode: 401, handle: '21.T12345/R' } })
    }
  })

  test('do not matter where only public ones are selected', async () => {
    const { server, send } = await startServer()
    record(server, urlValue(1, 'x'), forNobody)
    const answer = await send('GET', '/api/handles/21.T12345/R?type=URL', { basic: nobody })
    expect(answer).toMatchObject({ status: 200, json: { values: [{ index: 1 }] } })
  })
})

describe('selecting', () => {
  test.each([
    ['index=0', []],
    ['index=-1', []],
    ['type=url.', [1, 2]],
    ['type=URL.ALT.', [2]],
    ['type=URL.A', []],
    ['type=url.alt&index=5', [2, 5]],
  ])('%s', async (query, indexes) => {
    const { send } = await startServer()
    const answer = await send('GET', `/api/handles/21.T12345/RICH?${query}`)
    expect(answer.json).toMatchObject({ values: indexes.map((index) => ({ index })) })
  })

  test.each(['index=', 'index=various', 'index=1.5', 'index=2147483648'])('%s is refused', async (query) => {
    const { send } = await startServer()
    const answer = await send('GET', `/api/handles/21.T12345/RICH?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      responseCode: 4,
      message: textWith('NumberFormatException'),
    })
  })

  test.each([
    ['publicOnly', 1],
    ['publicOnly=YES', 1],
    ['publicOnly=True', 1],
    ['publicOnly=1', 403],
    ['publicOnly=false', 403],
  ])('%s', async (query, expected) => {
    const { server, send } = await startServer()
    record(server, urlValue(1, 'x'), adminOnly)
    const answer = await send('GET', `/api/handles/21.T12345/R?${query}`, { basic: nobody })
    if (expected === 403) expect(answer.status).toBe(403)
    else expect(answer.json).toMatchObject({ values: [{ index: 1 }] })
  })
})

describe('writing JSON', () => {
  test('pretty indents by two', async () => {
    const { send } = await startServer()
    const answer = await send('GET', '/api/handles/21.T12345/NONE?pretty=yes')
    expect(answer.text).toBe('{\n  "responseCode": 100,\n  "handle": "21.T12345/NONE"\n}')
    expect((await send('GET', '/api/handles/21.T12345/NONE?pretty=1')).text).not.toContain('\n')
  })

  test.each([
    ['my.cb-1', 'my_cb_1'],
    ['1x', '_x'],
    ['$a_Z9', '$a_Z9'],
    ['%C3%A4<b>', 'ä_b_'],
  ])('JSONP calls %s as %s', async (callback, name) => {
    const { send } = await startServer()
    const answer = await send('GET', `/api/handles/21.T12345/NONE?callback=${callback}`)
    expect(answer.text).toBe(`${name}({"responseCode":100,"handle":"21.T12345/NONE"});`)
    expect(answer.headers['content-type']).toBe('application/javascript;charset=UTF-8')
  })

  test('POST takes its parameters from a form, from JSON, and first from the query', async () => {
    const { send } = await startServer()
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'index=3&pretty=true' }
    const fromForm = await send('POST', '/api/handles/21.T12345/RICH', form)
    expect(fromForm.json).toMatchObject({ values: [{ index: 3 }] })
    expect(fromForm.text).toContain('\n')
    const fromJson = await send('POST', '/api/handles/21.T12345/RICH?index=2', { body: { index: [1, '5'] } })
    expect(fromJson.json).toMatchObject({ values: [{ index: 1 }, { index: 2 }, { index: 5 }] })
    expect((await send('POST', '/api/handles/21.T12345/RICH', { body: [1] })).status).toBe(400)
    expect((await send('GET', '/api/handles/21.T12345/LOCKED', { body: { index: 7 } })).json).toMatchObject({
      values: [{ index: 1 }],
    })
  })
})

describe('0.SITE/status', () => {
  const admins = { serverAdmins: ['301:0.NA/21.T12345'] }

  test('is empty for nobody in particular, and refused to others', async () => {
    const { send } = await startServer(admins)
    expect((await send('GET', '/api/handles/0.SITE/status')).json).toMatchObject({ responseCode: 200, values: [] })
    const answer = await send('GET', '/api/handles/0.SITE/status', { basic: nobody })
    expect(answer).toMatchObject({ status: 403, json: { responseCode: 400, handle: '0.SITE/status' } })
  })

  test('tells server administrators about the server', async () => {
    const { send } = await startServer(admins)
    const answer = await send('GET', '/api/handles/0.site/STATUS', { basic: prefixAdmin })
    expect(answer.json).toMatchObject({
      responseCode: 1,
      handle: '0.site/STATUS',
      values: [
        { index: 1, type: 'CNRI.SERVER_STATUS', permissions: '1100' },
        { index: 3, type: 'CNRI.REPLICATION_STATUS', permissions: '1100' },
      ],
    })
  })
})
