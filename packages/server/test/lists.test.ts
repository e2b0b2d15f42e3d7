import { describe, expect, test } from 'vitest'
import { nobody, prefixAdmin, urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'
import { namesIn, textWith } from './support/matchers.ts'

const seeded = ['LOCKED', 'NOPERM', 'READER', 'RICH', 'USER01', 'VALUE-READER'].map((name) => `21.T12345/${name}`)

describe('listing handles', () => {
  test.each([
    ['', {}, seeded],
    ['&page=0&pageSize=2', { page: 0, pageSize: 2 }, seeded.slice(0, 2)],
    ['&page=2&pageSize=2', { page: 2, pageSize: 2 }, seeded.slice(4)],
    ['&page=9&pageSize=2', { page: 9, pageSize: 2 }, []],
    ['&page=0&pageSize=0', { page: 0, pageSize: 0 }, []],
    ['&page=-1&pageSize=2', {}, seeded],
    ['&page=1', {}, seeded],
  ])('with "%s"', async (query, position, handles) => {
    const { send } = await startServer()
    const answer = await send('GET', `/api/handles?prefix=21.T12345${query}`, { basic: prefixAdmin })
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.json).toEqual({ responseCode: 1, prefix: '21.T12345', totalCount: '6', ...position, handles })
    expect(namesIn(answer.json).slice(0, 3)).toEqual(['responseCode', 'prefix', 'totalCount'])
  })

  test('takes the prefix in any case and form, and echoes it', async () => {
    const { send } = await startServer()
    for (const prefix of ['21.t12345', '0.na/21.T12345']) {
      const answer = await send('GET', `/api/handles?prefix=${prefix}`, { basic: prefixAdmin })
      expect(answer.json).toMatchObject({ prefix, totalCount: '6' })
    }
  })

  test.each(['', '21.T12345/R', '9.9'])('a prefix %j that is none here is refused', async (prefix) => {
    const { send } = await startServer()
    expect((await send('GET', `/api/handles?prefix=${prefix}`)).json).toMatchObject({ responseCode: 301 })
  })

  test('refuses page numbers that are none', async () => {
    const { send } = await startServer()
    const answer = await send('GET', '/api/handles?prefix=21.T12345&page=a&pageSize=2', { basic: prefixAdmin })
    expect(answer).toMatchObject({ status: 400, json: { responseCode: 4 } })
  })

  test('can be switched off', async () => {
    const { send } = await startServer({ allowListHandles: false })
    const answer = await send('GET', '/api/handles?prefix=9.9')
    expect(answer.status).toBe(501)
    expect(answer.json).toEqual({
      responseCode: 5,
      message: 'This server does not support the list handles operation.',
      handle: '9.9',
    })
  })

  test('is in the order of the bytes of the names', async () => {
    const { server, send } = await startServer()
    for (const name of ['\u{1F600}', '\uFFFD', 'Ä', 'z', '-'])
      server.records.put(`21.T12345/${name}`, [urlValue(1, 'x')])
    const answer = await send('GET', '/api/handles?prefix=21.T12345', { basic: prefixAdmin })
    const handles = [
      '-',
      'LOCKED',
      'NOPERM',
      'READER',
      'RICH',
      'USER01',
      'VALUE-READER',
      'Z',
      'Ä',
      '\uFFFD',
      '\u{1F600}',
    ]
    expect(answer.json).toMatchObject({ handles: handles.map((name) => `21.T12345/${name}`) })
  })
})

describe('prefixes', () => {
  const asAdmin = { basic: prefixAdmin }

  test.each([{ serverAdmins: ['301:0.NA/21.T12345'] }, { homeOnlyAdmins: ['301:0.NA/21.T12345'] }])(
    'are listed, homed and unhomed by %j',
    async (options) => {
      const { send } = await startServer(options)
      const prefixes = async (): Promise<unknown> => (await send('GET', '/api/prefixes', asAdmin)).json
      for (let again = 0; again < 2; again += 1) {
        expect((await send('POST', '/api/prefixes/9.9', asAdmin)).json).toEqual({ responseCode: 1, handle: '9.9' })
      }
      await send('POST', '/api/prefixes', { ...asAdmin, body: { prefix: '0.na/9.8' } })
      expect(await prefixes()).toEqual({
        responseCode: 1,
        totalCount: '3',
        prefixes: ['0.NA/21.T12345', '0.NA/9.8', '0.NA/9.9'],
      })
      expect((await send('GET', '/api/prefixes?page=1&pageSize=1', asAdmin)).json).toMatchObject({
        totalCount: '3',
        page: 1,
        prefixes: ['0.NA/9.8'],
      })
      expect((await send('GET', '/api/handles/9.9/X')).json).toMatchObject({ responseCode: 100 })
      for (let again = 0; again < 2; again += 1) {
        expect((await send('DELETE', '/api/prefixes?prefix=9.9', asAdmin)).status).toBe(200)
      }
      expect((await send('GET', '/api/handles/9.9/X')).json).toMatchObject({ responseCode: 301 })
    },
  )

  test('keep their records when they are unhomed', async () => {
    const { server, send } = await startServer({ serverAdmins: ['301:0.NA/21.T12345'] })
    await send('DELETE', '/api/prefixes/21.T12345', asAdmin)
    expect(server.records.get('21.T12345/RICH')).toBeDefined()
  })

  test.each([
    ['GET', '/api/prefixes/9.9', 405, undefined],
    ['GET', '/api/prefixes?prefix=9.9', 405, undefined],
    ['PUT', '/api/prefixes', 405, { responseCode: 4, message: 'Unknown HTTP API endpoint PUT /api/prefixes' }],
    ['POST', '/api/prefixes', 400, { responseCode: 4, message: textWith('Prefix not specified in homing request') }],
    [
      'DELETE',
      '/api/prefixes',
      400,
      { responseCode: 4, message: textWith('Prefix not specified in unhoming request') },
    ],
    [
      'POST',
      '/api/prefixes/9.9/x',
      400,
      { responseCode: 102, message: 'Handle is not a prefix handle', handle: '9.9/x' },
    ],
    ['POST', '/api/prefixes/9.9', 401, { responseCode: 402, handle: '9.9' }],
  ])('%s %s gives %i', async (method, path, status, json) => {
    const { send } = await startServer()
    const answer = await send(method, path)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual(json)
    if (json === undefined) expect(answer.headers.allow).toBe('POST, DELETE, TRACE, OPTIONS')
  })

  test('are refused to those who are no administrators of the server', async () => {
    const { send } = await startServer()
    const answer = await send('POST', '/api/prefixes/9.9', { basic: nobody })
    expect(answer).toMatchObject({ status: 403, json: { responseCode: 400, handle: '9.9' } })
  })
})
