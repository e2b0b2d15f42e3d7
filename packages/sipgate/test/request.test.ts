import type { HttpResponse } from '@handlekit/core'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { startPlainServer, json } from '../../core/test/support/server.ts'
import { SipgateClient, type SipgateResponse, sipgateToken } from '../src/index.ts'
import { last, start } from './support/start.ts'
import { untyped } from './support/untyped.ts'

describe('request', () => {
  test('fills in parameters, query and body', async () => {
    const { fake, client } = await start()
    fake.answer({ status: 200, body: { done: true } })
    const answer = await client.request('PUT /{userId}/phonelines/{phonelineId}', {
      parameters: { userId: 'w0', phonelineId: 'p0' },
      query: { a: [1, 2], b: undefined, c: 'ü &' },
      json: { alias: 'Ada' },
    })
    expect(answer).toMatchObject({ status: 200, body: { done: true } })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.getAll('Content-Type')).toEqual(['application/json'])
    expect(last(fake)).toEqual({
      request: 'PUT /w0/phonelines/p0',
      query: [
        ['a', '1'],
        ['a', '2'],
        ['c', 'ü &'],
      ],
      body: { alias: 'Ada' },
    })
    expect(fake.requests[0]?.headers['content-type']).toBe('application/json; charset=utf-8')
  })

  test('takes endpoints that are not in the table', async () => {
    const { fake, client } = await start()
    fake.answer({ status: 200, body: [] })
    expect((await client.request('GET /brand/{new}', { parameters: { new: 'x' } })).body).toEqual([])
  })

  test.each([
    'https://evil.example.org/account',
    'GET https://evil.example.org/account',
    'GET //evil.example.org/account',
    'GET /\\evil.example.org/account',
    'GET /account?x=1',
    'GET /account#x',
    'GET /../v1/account',
    'GET /users/%2e%2e/account',
    'GET /account\r\nHost: evil.example.org',
    'get /account',
    'GET account',
    'GET',
    '',
  ])('refuses %j: nothing is sent', async (endpoint) => {
    const { fake, client } = await start()
    await expect(untyped(client, 'request', endpoint)).rejects.toMatchObject({ code: 'INVALID_URL' })
    expect(fake.requests).toHaveLength(0)
  })

  test.each([
    ['GET /users/{userId}', undefined, 'INVALID_VALUE'],
    ['GET /users/{userId}', { userId: '' }, 'INVALID_VALUE'],
    ['GET /users/{userId}', { userId: 7 }, 'INVALID_VALUE'],
    ['GET /users/{userId}', { userId: '.' }, 'INVALID_VALUE'],
    ['GET /users/{userId}', { userId: '..' }, 'INVALID_VALUE'],
    ['GET /users/{userId}', { userId: 'w\ud800' }, 'INVALID_VALUE'],
    ['GET /users/{userId}', { userId: 'w0', userid: 'w1' }, 'INVALID_OPTION'],
    ['GET /account', { userId: 'w0' }, 'INVALID_OPTION'],
  ])('%s with %j is refused', async (endpoint, parameters, code) => {
    const { fake, client } = await start()
    await expect(untyped(client, 'request', endpoint, { parameters })).rejects.toMatchObject({ code })
    expect(fake.requests).toHaveLength(0)
  })

  test('an option that it does not know is refused, as in every call', async () => {
    const { client } = await start()
    await expect(untyped(client, 'request', 'GET /account', { body: {} })).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
    })
    const call = untyped(client, 'account', { timeOut: 1 })
    await expect(call).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' })
  })

  test('any id comes to the server as it is', async () => {
    const server = await startPlainServer((_request, response) => json(response, 200, { id: 'x' }))
    await using client = new SipgateClient({
      baseUrl: `${server.origin}/v2`,
      credentials: sipgateToken({ tokenId: 't', token: 's' }),
    })
    const id = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => text.isWellFormed() && text !== '.' && text !== '..')
    await fc.assert(
      fc.asyncProperty(id, async (userId) => {
        await client.users.get(userId)
        const { pathname } = new URL(server.seen.at(-1)?.url ?? '', server.origin)
        expect(pathname.split('/')).toHaveLength(4)
        expect(decodeURIComponent(pathname.split('/')[3] ?? '')).toBe(userId)
      }),
    )
  })
})

describe('a history is never deleted as a whole', () => {
  test.each([[[]], [['']], [['1', '']], [['  ']], [undefined], [null], ['1']])('deleteMany(%j)', async (ids) => {
    const { fake, client } = await start()
    const call = untyped(client.history, 'deleteMany', ids)
    await expect(call).rejects.toMatchObject({ code: 'INVALID_VALUE' })
    expect(fake.requests).toHaveLength(0)
  })

  test.each(['', '.', '..'])('delete(%j)', async (id) => {
    const { fake, client } = await start()
    await expect(client.history.delete(id)).rejects.toMatchObject({ code: 'INVALID_VALUE' })
    expect(fake.requests).toHaveLength(0)
  })

  test.each([
    ['DELETE /history', {}],
    ['DELETE /history', { query: { id: [] } }],
    ['DELETE /history', { query: { id: '' } }],
    ['DELETE /history', { query: { id: undefined } }],
    ['DELETE /history', { query: { id: ['1', undefined] } }],
    ['DELETE /history', { query: { ids: ['1'] } }],
    ['DELETE /history/', {}],
    ['DELETE /HISTORY', {}],
    ['DELETE /history;v=1', {}],
    ['DELETE /%68istory', {}],
    ['DELETE /{name}', { parameters: { name: 'history' } }],
    ['DELETE /{name}', { parameters: { name: 'history/' } }],
  ])('%s with %j', async (endpoint, options) => {
    const { fake, client } = await start()
    await expect(untyped(client, 'request', endpoint, options)).rejects.toMatchObject({ code: 'INVALID_VALUE' })
    expect(fake.requests).toHaveLength(0)
    expect(fake.account.history).toHaveLength(5)
  })

  test('with ids it is deleted by request, too', async () => {
    const { fake, client } = await start()
    await untyped(client, 'request', 'DELETE /history', { query: { id: ['100001'] } })
    expect(fake.account.history).toHaveLength(4)
  })
})

test('the types', () => {
  const never = (client: SipgateClient): unknown[] => [
    // @ts-expect-error: no ids
    client.history.deleteMany([]),
    // @ts-expect-error: perhaps no ids
    client.history.deleteMany(['1'].slice(1)),
    // @ts-expect-error: it has a call of its own
    client.request('DELETE /history'),
    // @ts-expect-error: an address
    client.request('https://api.sipgate.com/v2/account'),
    // @ts-expect-error: an address
    client.request('GET https://api.sipgate.com/v2/account'),
    // @ts-expect-error: the parameter is missing
    client.request('GET /users/{userId}'),
    // @ts-expect-error: it has another name
    client.request('GET /users/{userId}', { parameters: { user: 'w0' } }),
    // @ts-expect-error: sipgate counts seconds
    client.sms.send({ smsId: 's0', recipient: '+49', message: 'x', sendAt: Date.now() }),
    // @ts-expect-error: a part of the settings
    client.webhooks.update({ incomingUrl: '' }),
    // @ts-expect-error: no credentials
    new SipgateClient({}),
    client.request('GET /{userId}/sms/{smsId}/callerids', { parameters: { userId: 'w0', smsId: 's0' } }),
    client.request('DELETE /history/{entryId}', { parameters: { entryId: '1' } }),
  ]
  expect(never).toBeTypeOf('function')
  expectTypeOf<SipgateResponse>().toEqualTypeOf<HttpResponse>()
  expectTypeOf<SipgateResponse['body']>().toEqualTypeOf<unknown>()
  type User = Awaited<ReturnType<SipgateClient['users']['get']>>
  expectTypeOf<NonNullable<User['busyOnBusy']>>().toEqualTypeOf<boolean>()
  expectTypeOf<NonNullable<User['admin']>>().toEqualTypeOf<boolean>()
})
