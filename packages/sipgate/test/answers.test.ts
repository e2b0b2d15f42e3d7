import { describe, expect, test } from 'vitest'
import type { SipgateClient } from '../src/index.ts'
import { start } from './support/start.ts'

test('fields that are not in the types are kept, and null stays null', async () => {
  const { fake, client } = await start()
  fake.account.account = { company: null, tier: { level: 3 }, mainProductType: 'SOMETHING_NEW' }
  expect(await client.account()).toEqual(fake.account.account)
  fake.account.users = [{ id: 'w0', email: null, nickname: 'Ada' }]
  expect(await client.users.list()).toEqual(fake.account.users)
})

test('a text that looks like a time stays a text', async () => {
  const { fake, client } = await start()
  const [entry] = fake.account.history
  fake.account.history = [{ ...entry, id: '1', note: '2026-02-10T14:19:39Z' }]
  expect(await client.history.get('1')).toMatchObject({
    note: '2026-02-10T14:19:39Z',
    created: '2026-02-10T14:19:39Z',
  })
})

const reads: readonly [string, (client: SipgateClient) => Promise<unknown>][] = [
  ['account', (client) => client.account()],
  ['userinfo', (client) => client.userinfo()],
  ['balance', (client) => client.balance()],
  ['users.list', (client) => client.users.list()],
  ['users.get', (client) => client.users.get('w0')],
  ['sms.extensions', (client) => client.sms.extensions('w0')],
  ['sms.callerIds', (client) => client.sms.callerIds('w0', 's0')],
  ['calls.list', (client) => client.calls.list()],
  ['history.list', (client) => client.history.list()],
  ['history.all', (client) => Array.fromAsync(client.history.all())],
  ['history.get', (client) => client.history.get('1')],
  ['numbers.list', (client) => client.numbers.list()],
  ['numbers.ofUser', (client) => client.numbers.ofUser('w0')],
  ['contacts.list', (client) => client.contacts.list()],
  ['devices.list', (client) => client.devices.list('w0')],
  ['devices.get', (client) => client.devices.get('e0')],
  ['groups.list', (client) => client.groups.list()],
  ['groups.get', (client) => client.groups.get('g0')],
  ['groups.members', (client) => client.groups.members('g0')],
  ['webhooks.settings', (client) => client.webhooks.settings()],
  ['webhooks.log', (client) => client.webhooks.log()],
  ['calls.start', (client) => client.calls.start({ caller: 'e0', callee: '+4930' })],
  ['calls.startNeo', (client) => client.calls.startNeo({ deviceId: 'e0', targetNumber: '4930' })],
]

describe.each(reads)('%s', (_name, call) => {
  test.each([
    ['a list', ['canary']],
    [
      'wrong types',
      {
        items: [{ id: { canary: 1 }, url: 7 }],
        data: 'canary',
        id: 7,
        sub: 7,
        amount: 'canary',
        company: 7,
        log: 'canary',
      },
    ],
    ['a text', '"canary"'],
  ])('an answer that is %s in place of what was asked for is an error with a code', async (_what, body) => {
    const { fake, client } = await start()
    fake.answer({ status: 200, body, headers: { 'content-type': 'application/json' } })
    await expect(call(client)).rejects.toMatchObject({
      status: 200,
      name: 'SipgateError',
      code: expect.stringMatching(/WRONG_SHAPE|NOT_JSON/),
    })
  })

  test('an answer that is no JSON is one, too', async () => {
    const { fake, client } = await start()
    fake.fail('not-json')
    await expect(call(client)).rejects.toMatchObject({
      code: 'NOT_JSON',
      message: expect.stringMatching(/is not JSON/),
    })
  })

  test('so is an empty one', async () => {
    const { fake, client } = await start()
    fake.answer({ status: 200 })
    await expect(call(client)).rejects.toMatchObject({ code: 'NOT_JSON' })
  })
})

test('the error says where it is wrong, and nothing of what is there', async () => {
  const { fake, client } = await start()
  fake.answer({ status: 200, body: { items: [{ id: 'w0' }, { id: 4711 }] } })
  const call = client.users.list()
  await expect(call).rejects.toThrow(
    'GET /users: the answer (200) is not what sipgate documents at items.1.id (Invalid input: expected string, received number).',
  )
})

test('after a write it says that it has been done', async () => {
  const { fake, client } = await start()
  fake.answer({ status: 200, body: {} })
  const call = client.calls.start({ caller: 'e0', callee: '+4930' })
  await expect(call).rejects.toThrow(/has been carried out: do not repeat it/)
})

test('a write whose answer nobody documents takes any', async () => {
  const { fake, client } = await start()
  for (const body of [undefined, 'OK', { id: 1 }, []]) {
    fake.answer({ status: 200, body })
    expect(await client.sms.send({ smsId: 's0', recipient: '+4930', message: 'x' })).toBeUndefined()
  }
})
