// What reference/sipgate.md (3.2 and 4.2) found in other clients, where no other test here is about it: passwords and
// tokens are in presets.test.ts, secrets in secrecy.test.ts, webhooks in webhooks.test.ts, the deletion of a whole
// history in request.test.ts, pages in calls.test.ts, 403 and repetition in errors.test.ts and oauth.test.ts.
import { describe, expect, test } from 'vitest'
import { rejection } from '../../core/test/support/rejection.ts'
import { json, startPlainServer, startServer } from '../../core/test/support/server.ts'
import { localhost } from '../../core/test/support/tls.ts'
import { SipgateClient, sipgateToken } from '../src/index.ts'
import { start } from './support/start.ts'
import { untyped } from './support/untyped.ts'

const credentials = sipgateToken({ tokenId: 'token-FQ1V12', token: 'canary-4711' })

describe('credentials go to no other server (sipgateio, octokit, google-auth-library)', () => {
  test('by a redirect', async () => {
    const other = await startServer((_request, response) => json(response, 200, { company: 'Elsewhere' }))
    const server = await startServer((_request, response) => {
      response.writeHead(302, { location: `${other.origin}/v2/account` }).end()
    })
    await using client = new SipgateClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, credentials })
    await client.account()
    expect(server.seen[0]?.headers.authorization).toMatch(/^Basic /)
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  test('by a redirect of a message, which is not followed', async () => {
    const other = await startServer((_request, response) => json(response, 200, {}))
    const server = await startServer((_request, response) => {
      response.writeHead(307, { location: `${other.origin}/v2/sessions/sms` }).end()
    })
    await using client = new SipgateClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, credentials })
    const call = client.sms.send({ smsId: 's0', recipient: '+4930', message: 'x' })
    await expect(call).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
    expect(other.seen).toHaveLength(0)
  })

  test.each(['http://127.0.0.1:1/account', '//127.0.0.1:1/account', '/../../account'])('by an id: %s', async (id) => {
    const { fake, client } = await start()
    await expect(client.users.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(fake.requests.map(({ path }) => path)).toEqual([`/users/${encodeURIComponent(id)}`])
  })
})

test('the base address can be changed, path and all, for a mock or a proxy', async () => {
  const server = await startPlainServer((_request, response) => json(response, 200, { sub: 'w0' }))
  await using client = new SipgateClient({ baseUrl: `${server.origin}/proxy/v2/`, credentials })
  await client.userinfo()
  expect(server.seen[0]?.url).toBe('/proxy/v2/authorization/userinfo')
})

test('every call has a time-out', async () => {
  const server = await startServer(() => undefined)
  const options = { baseUrl: server.origin, trust: { ca: localhost.cert }, credentials }
  await using client = new SipgateClient({ ...options, timeout: 50 })
  await expect(client.account()).rejects.toMatchObject({ code: 'TIMEOUT' })
  await using patient = new SipgateClient(options)
  await expect(patient.groups.list({ timeout: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' })
})

test('every call can be ended, and fails with the reason', async () => {
  const reason = new Error('enough')
  const controller = new AbortController()
  const server = await startServer(() => controller.abort(reason))
  await using client = new SipgateClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, credentials })
  expect(await rejection(client.history.list({}, { signal: controller.signal }))).toBe(reason)
})

test('errors keep status, body and cause, and a 403 is not called what it is not', async () => {
  const { fake, client } = await start()
  fake.answer({ status: 403, body: { message: 'Password must be reset' } })
  const error = await rejection(client.sms.send({ smsId: 's0', recipient: '+4930', message: 'x' }))
  expect(error).toMatchObject({ code: 'FORBIDDEN', status: 403, body: { message: 'Password must be reset' } })
  expect(error).toHaveProperty('cause.code', 'HTTP_403')
})

test.each([
  ['history.list', (client: SipgateClient) => client.history.list({ from: new Date('never') })],
  ['history.all', (client: SipgateClient) => client.history.all({ from: new Date('never') }).next()],
  ['users.get', (client: SipgateClient) => client.users.get('')],
  ['calls.start', (client: SipgateClient) => untyped(client.calls, 'start', undefined)],
  ['calls.startNeo', (client: SipgateClient) => untyped(client.calls, 'startNeo', undefined)],
  ['sms.send', (client: SipgateClient) => untyped(client.sms, 'send', undefined)],
  ['contacts.list', (client: SipgateClient) => untyped(client.contacts, 'list', null)],
  ['contacts.create', (client: SipgateClient) => untyped(client.contacts, 'create', undefined)],
  ['request', (client: SipgateClient) => untyped(client, 'request', 'GET /account', null)],
])('%s never throws at once: what is wrong rejects', async (_name, call) => {
  const { fake, client } = await start()
  const promise: unknown = call(client)
  expect(promise).toBeInstanceOf(Promise)
  await expect(promise).rejects.toBeInstanceOf(TypeError)
  expect(fake.requests).toHaveLength(0)
})

test('what the caller passes is not changed', async () => {
  const { fake, client } = await start()
  const frozen = <const T extends object>(given: T): T => {
    for (const member of Object.values(given)) if (typeof member === 'object' && member !== null) Object.freeze(member)
    return Object.freeze(given)
  }
  await client.sms.send(
    frozen({ smsId: 's0', recipient: '+4915799912345', message: 'x', sendAt: new Date('2026-03-01') }),
  )
  await client.contacts.create(frozen({ scope: 'PRIVATE', name: 'Ada', numbers: [{ number: '+4930' }] }))
  await client.history.list(frozen({ types: ['CALL'], limit: 1 }))
  await client.webhooks.update(frozen({ incomingUrl: '', outgoingUrl: '', log: false, whitelist: [] }))
  expect(fake.requests).toHaveLength(4)
})

test('nothing is read before a write, and nothing else is changed: what another has set stays his', async () => {
  const { fake, client } = await start()
  await client.webhooks.update({ incomingUrl: 'https://example.org', outgoingUrl: '', log: true, whitelist: null })
  await client.sms.send({ smsId: 's0', recipient: '+4915799912345', message: 'x' })
  expect(fake.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PUT /settings/sipgateio',
    'POST /sessions/sms',
  ])
})

test('limit and offset are where the filter is', async () => {
  const { client } = await start()
  expect((await client.history.list({ limit: 2 })).items).toHaveLength(2)
})

test('sipgate learns no more than it has to', async () => {
  const { fake, client } = await start()
  await client.account()
  expect(Object.keys(fake.requests[0]?.headers ?? {}).sort()).toEqual([
    'accept',
    'authorization',
    'connection',
    'host',
    'user-agent',
  ])
})
