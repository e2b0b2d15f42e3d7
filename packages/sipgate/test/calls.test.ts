import { describe, expect, test } from 'vitest'
import { SipgateClient, sipgateToken } from '../src/index.ts'
import { startFakeSipgate } from '../src/testing/index.ts'
import { last, start } from './support/start.ts'
import { untyped } from './support/untyped.ts'

test('the example of the README', async () => {
  await using fake = await startFakeSipgate()
  const client = new SipgateClient({ baseUrl: fake.url, credentials: sipgateToken(fake.token) })
  const { status, body } = await client.request('GET /account')
  expect(status).toBe(200)
  expect(body).toMatchObject({ company: 'Analytical Engines', mainProductType: 'TEAM' })
  expect((await client.account()).company).toBe('Analytical Engines')
  await client.close()
})

test('who one is, and what is left', async () => {
  const { client } = await start()
  expect(await client.userinfo()).toEqual({
    sub: 'w0',
    domain: 'sipgate.de',
    masterSipId: '2556404',
    locale: 'de_DE',
  })
  expect(await client.balance()).toEqual({ amount: 35_000, currency: 'EUR' })
})

test('users', async () => {
  const { client } = await start()
  const users = await client.users.list()
  expect(users.map(({ id, admin }) => [id, admin])).toEqual([
    ['w0', true],
    ['w1', false],
  ])
  expect(await client.users.get('w0')).toMatchObject({ id: 'w0', busyOnBusy: false, timezone: 'Europe/Berlin' })
  await expect(client.users.get('w9')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

describe('sms', () => {
  test('extensions and caller ids', async () => {
    const { client } = await start()
    expect(await client.sms.extensions('w0')).toEqual([{ id: 's0', alias: 'SMS of Ada', callerId: '+4915799912345' }])
    expect(await client.sms.callerIds('w0', 's0')).toEqual([
      { id: 1, phonenumber: '+4915799912345', verified: true, defaultNumber: true },
    ])
  })

  test('is sent now', async () => {
    const { fake, client } = await start()
    await client.sms.send({ smsId: 's0', recipient: '+4915799912345', message: 'Grüße, 5 €' })
    expect(fake.account.sentSms).toEqual([{ smsId: 's0', recipient: '+4915799912345', message: 'Grüße, 5 €' }])
  })

  test('is sent later, in seconds', async () => {
    const { fake, client } = await start()
    const sendAt = new Date('2026-03-01T12:00:00.900Z')
    await client.sms.send({ smsId: 's0', recipient: '+4915799912345', message: 'Hello', sendAt })
    expect(fake.account.sentSms[0]).toMatchObject({ sendAt: 1_772_366_400 })
  })

  test.each([new Date('never'), 1_772_366_400_000, '2026-03-01'])('%s is no time to send', async (sendAt) => {
    const { fake, client } = await start()
    const message = { smsId: 's0', recipient: '+4915799912345', message: 'Hello', sendAt }
    const call = untyped(client.sms, 'send', message)
    await expect(call).rejects.toMatchObject({ code: 'INVALID_VALUE' })
    expect(fake.requests).toHaveLength(0)
  })
})

describe('calls', () => {
  test('one is started, seen, changed and ended', async () => {
    const { fake, client } = await start()
    const { sessionId } = await client.calls.start({ caller: 'e0', callee: '+4915799912345' })
    expect(last(fake)).toMatchObject({ request: 'POST /sessions/calls', body: { caller: 'e0' } })
    const [call] = await client.calls.list()
    expect(call).toMatchObject({ callId: sessionId, muted: false, participants: [{ owner: true }, { owner: false }] })

    await client.calls.mute(sessionId, true)
    await client.calls.hold(sessionId, true)
    await client.calls.record(sessionId, { value: true, announcement: true })
    expect(last(fake).body).toEqual({ value: true, announcement: true })
    await client.calls.dtmf(sessionId, '12#')
    expect(last(fake).body).toEqual({ sequence: '12#' })
    await client.calls.announce(sessionId, 'https://example.org/a.wav')
    await client.calls.transfer(sessionId, { attended: false, phoneNumber: '+4930123456' })
    expect((await client.calls.list())[0]).toMatchObject({
      muted: true,
      hold: true,
      recording: true,
      participants: [{ phoneNumber: '+4930123456' }],
    })

    await client.calls.hangUp(sessionId)
    expect(await client.calls.list()).toEqual([])
    await expect(client.calls.hangUp(sessionId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('in sipgate neo a number has no plus sign, and the answer either of two names', async () => {
    const { fake, client } = await start({ product: 'neo' })
    const { callId } = await client.calls.startNeo({ deviceId: 'e0', targetNumber: '+4915799912345' })
    expect(last(fake)).toMatchObject({
      request: 'POST /calls',
      body: { deviceId: 'e0', targetNumber: '4915799912345' },
    })
    expect(fake.account.calls.map((call) => call.callId)).toEqual([callId])
    fake.answer({ status: 200, body: { callId: 'c1', extra: 1 } })
    expect(await client.calls.startNeo({ deviceId: 'e0', targetNumber: '4930' })).toEqual({ callId: 'c1', extra: 1 })
  })
})

describe('history', () => {
  test('a page', async () => {
    const { fake, client } = await start()
    const page = await client.history.list({ limit: 2, offset: 1 })
    expect(page.items.map(({ id }) => id)).toEqual(['100002', '100003'])
    expect(page.totalCount).toBe(5)
    expect(last(fake).query).toEqual([
      ['offset', '1'],
      ['limit', '2'],
    ])
  })

  test('every filter is sent as sipgate reads it', async () => {
    const { fake, client } = await start()
    await client.history.list({
      connectionIds: ['p0', 'g0'],
      types: ['CALL', 'FAX'],
      directions: ['INCOMING'],
      starred: ['UNSTARRED'],
      archived: false,
      from: new Date('2026-02-01T00:00:00Z'),
      to: '2026-03-01T00:00:00+01:00',
      phonenumber: '+4930123456',
    })
    expect(last(fake).query).toEqual([
      ['connectionIds', 'p0'],
      ['connectionIds', 'g0'],
      ['types', 'CALL'],
      ['types', 'FAX'],
      ['directions', 'INCOMING'],
      ['starred', 'UNSTARRED'],
      ['archived', 'false'],
      ['from', '2026-02-01T00:00:00.000Z'],
      ['to', '2026-03-01T00:00:00+01:00'],
      ['phonenumber', '+4930123456'],
    ])
  })

  test('all pages, each entry once', async () => {
    const { fake, client } = await start()
    const [first] = fake.account.history
    fake.account.history = Array.from({ length: 250 }, (_, number) => ({ ...first, id: `h${number}` }))
    const entries = await Array.fromAsync(client.history.all())
    expect(entries.map(({ id }) => id)).toEqual(fake.account.history.map(({ id }) => id))
    expect(fake.requests).toHaveLength(3)
  })

  test('pages that repeat themselves come to an end', async () => {
    const { fake, client } = await start()
    const page = { status: 200, body: { items: fake.account.history.slice(0, 2) } }
    for (let pages = 0; pages < 3; pages += 1) fake.answer(page)
    expect((await Array.fromAsync(client.history.all())).map(({ id }) => id)).toEqual(['100001', '100002'])
    expect(fake.requests).toHaveLength(2)
  })

  test('an entry is read, changed and deleted', async () => {
    const { fake, client } = await start()
    expect(await client.history.get('100001')).toMatchObject({ type: 'CALL', created: '2026-02-10T14:19:39Z' })
    await client.history.update('100001', { note: 'Call back', read: true })
    expect(last(fake).body).toEqual({ note: 'Call back', read: true })
    expect(await client.history.get('100001')).toMatchObject({ note: 'Call back', read: true, starred: false })
    await client.history.delete('100001')
    await expect(client.history.get('100001')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('several are changed and deleted', async () => {
    const { fake, client } = await start()
    await client.history.updateMany([
      { id: '100001', read: true },
      { id: '100002', starred: true },
    ])
    expect(fake.account.history.map(({ read, starred }) => [read, starred]).slice(0, 3)).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ])
    await client.history.deleteMany(['100001', '100003'])
    expect(last(fake)).toMatchObject({
      request: 'DELETE /history',
      query: [
        ['id', '100001'],
        ['id', '100003'],
      ],
    })
    expect(fake.account.history.map(({ id }) => id)).toEqual(['100002', '100004', '100005'])
  })

  test('no more than sipgate changes at a time', async () => {
    const { fake, client } = await start()
    const changes = Array.from({ length: 150 }, (_, number) => ({ id: `h${number}`, read: true }))
    await client.history.updateMany([{ id: 'h', read: true }, ...changes.slice(1)])
    const tooMany = client.history.updateMany([{ id: 'h', read: true }, ...changes])
    await expect(tooMany).rejects.toMatchObject({ code: 'INVALID_VALUE', message: expect.stringContaining('150') })
    expect(fake.requests).toHaveLength(1)
  })
})

test('numbers', async () => {
  const { fake, client } = await start()
  expect((await client.numbers.list()).map(({ endpointId }) => endpointId)).toEqual(['p0', ''])
  expect(await client.numbers.list({ offset: 1, limit: 1 })).toMatchObject([{ id: '102' }])
  expect(await client.numbers.ofUser('w0')).toHaveLength(2)
  await client.numbers.update('102', { endpointId: 'p1' })
  expect(last(fake)).toMatchObject({ request: 'PUT /numbers/102', body: { endpointId: 'p1' } })
  await expect(client.numbers.update('999', { quickDial: false })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('contacts', async () => {
  const { fake, client } = await start()
  await client.contacts.create({ scope: 'PRIVATE', given: 'Ada', family: 'Lovelace', numbers: [{ number: '+4940' }] })
  expect(last(fake).body).toEqual({
    scope: 'PRIVATE',
    given: 'Ada',
    family: 'Lovelace',
    numbers: [{ number: '+4940' }],
  })
  const page = await client.contacts.list({ phonenumbers: ['+4940'] })
  expect(page).toMatchObject({ totalCount: 1, items: [{ scope: 'PRIVATE' }] })
  const id = page.items[0]?.id ?? ''
  await client.contacts.update(id, { scope: 'SHARED', name: 'Ada Lovelace' })
  expect((await Array.fromAsync(client.contacts.all())).map(({ name, scope }) => [name, scope])).toEqual([
    ['Grace Hopper', 'SHARED'],
    ['Ada Lovelace', 'SHARED'],
  ])
  await client.contacts.delete(id)
  expect((await client.contacts.list()).items).toHaveLength(1)
})

test('devices', async () => {
  const { fake, client } = await start()
  expect((await client.devices.list('w0')).map(({ id }) => id)).toEqual(['e0', 'y0'])
  expect((await client.devices.list('w0', { type: 'mobile' })).map(({ id }) => id)).toEqual(['y0'])
  await client.devices.rename('e0', 'Kitchen')
  expect(last(fake)).toMatchObject({ request: 'PUT /devices/e0/alias', body: { value: 'Kitchen' } })
  expect(await client.devices.get('e0')).toMatchObject({ alias: 'Kitchen', type: 'REGISTER' })
})

test('groups', async () => {
  const { client } = await start()
  expect(await client.groups.list()).toEqual([{ id: 'g0', alias: 'Engineering', departmentId: 1 }])
  expect(await client.groups.get('g0')).toMatchObject({ alias: 'Engineering' })
  expect((await client.groups.members('g0')).map(({ firstname }) => firstname)).toEqual(['Ada', 'Alan'])
})

test('webhook settings', async () => {
  const { fake, client } = await start()
  const settings = { incomingUrl: 'https://example.org/in', outgoingUrl: '', log: true, whitelist: ['p0'] }
  await client.webhooks.update(settings)
  expect(await client.webhooks.settings()).toEqual(settings)
  await client.webhooks.update({ ...settings, whitelist: null })
  expect(await client.webhooks.settings()).toEqual({ ...settings, whitelist: null })
  fake.account.webhookLog = [{ created: '2026-02-10T14:19:39Z', url: 'https://example.org/in', status: '200' }]
  expect(await client.webhooks.log()).toEqual(fake.account.webhookLog)
})
