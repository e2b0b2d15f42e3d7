import { AuthError, HandlekitError, HttpError, TransportError } from '@handlekit/core'
import { describe, expect, test } from 'vitest'
import { rejection } from '../../core/test/support/rejection.ts'
import { bearerAuth } from '@handlekit/auth-bearer'
import { scopesFor, sipgateBasic, SipgateError, SipgateForbiddenError, sipgateToken } from '../src/index.ts'
import type { FakeFailure } from '../src/testing/index.ts'
import { clientOf, last, start, startFake } from './support/start.ts'

const failures: readonly [FakeFailure, number, string][] = [
  ['bad-request', 400, 'BAD_REQUEST'],
  ['unauthorized', 401, 'AUTH_REJECTED'],
  ['insufficient-funds', 402, 'INSUFFICIENT_FUNDS'],
  ['scope-missing', 403, 'SCOPE_MISSING'],
  ['extension-denied', 403, 'EXTENSION_DENIED'],
  ['not-booked', 403, 'NOT_BOOKED'],
  ['neo-account', 403, 'NEO_ACCOUNT'],
  ['not-found', 404, 'NOT_FOUND'],
  ['method-not-allowed', 405, 'METHOD_NOT_ALLOWED'],
  ['conflict', 409, 'CONFLICT'],
  ['unsupported-media-type', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['rate-limited', 429, 'RATE_LIMITED'],
  ['server-error', 500, 'SERVER_ERROR'],
  ['unavailable', 503, 'SERVER_ERROR'],
]

test.each(failures)('%s: %i is %s', async (failure, status, code) => {
  const { fake, client } = await start()
  fake.fail(failure)
  const error = await rejection(client.users.get('w0'))
  expect(error).toBeInstanceOf(SipgateError)
  expect(error).toBeInstanceOf(HandlekitError)
  expect(SipgateError.isInstance(error)).toBe(true)
  expect(SipgateForbiddenError.isInstance(error)).toBe(status === 403)
  expect(error).toMatchObject({
    code,
    status,
    name: status === 403 ? 'SipgateForbiddenError' : 'SipgateError',
    endpoint: 'GET /users/{userId}',
    scopes: ['users:read'],
    identity: fake.token.tokenId,
    message: expect.stringMatching(new RegExp(`^GET /users/\\{userId\\}: ${status}\\b`)),
  })
  expect(fake.requests).toHaveLength(1)
})

test('any other status is an error with a code, too', async () => {
  const { fake, client } = await start()
  fake.answer({ status: 418, body: { short: 'stout' } })
  const error = await rejection(client.account())
  expect(error).toMatchObject({ code: 'UNEXPECTED_STATUS', status: 418, body: { short: 'stout' } })
  expect(error).toHaveProperty('cause', expect.any(HttpError))
  expect(error).toHaveProperty('url', `${fake.url}/account`)
})

test('429 says how long to wait', async () => {
  const { fake, client } = await start()
  fake.fail('rate-limited')
  const error = await rejection(client.account())
  expect(error).toMatchObject({ retryAfter: 120_000, message: expect.stringContaining('Try again in 120 s') })
})

test('429 is tried again where the wait is short, also for a message: it has not been sent', async () => {
  const { fake, client } = await start()
  fake.answer({ status: 429, headers: { 'retry-after': '0' } })
  await client.sms.send({ smsId: 's0', recipient: '+4915799912345', message: 'Hello' })
  expect(fake.account.sentSms).toHaveLength(1)
  expect(fake.requests).toHaveLength(2)
})

describe.each(['disconnect', 'server-error', 'unavailable'] as const)('a message after which comes: %s', (failure) => {
  test('is not sent again', async () => {
    const { fake, client } = await start()
    fake.fail(failure)
    const error = await rejection(client.sms.send({ smsId: 's0', recipient: '+4915799912345', message: 'Hello' }))
    expect(fake.requests).toHaveLength(1)
    if (failure === 'disconnect') {
      expect(TransportError.isInstance(error)).toBe(true)
      expect(error).toMatchObject({ code: 'CONNECTION_LOST', sent: true })
    }
  })
})

test('a read is tried again after a lost connection', async () => {
  const { fake, client } = await start()
  fake.fail('disconnect')
  expect(await client.account()).toMatchObject({ company: 'Analytical Engines' })
  expect(fake.requests).toHaveLength(2)
})

describe('401', () => {
  test.each([
    ['a token', sipgateToken({ tokenId: 'token-AAAAAA', token: 'wrong' }), 'token-AAAAAA', /id of the token/],
    ['a password', sipgateBasic({ email: 'ada@example.org', password: 'wrong' }), 'ada@example.org', /e-mail address/],
    ['an access token', bearerAuth({ token: 'wrong' }), undefined, /five minutes/],
  ])('says who was refused, and what to check: %s', async (_name, credentials, identity, advice) => {
    const { fake, client } = await start({}, { credentials })
    const error = await rejection(client.account())
    expect(error).toMatchObject({ code: 'AUTH_REJECTED', status: 401, identity })
    expect(error).toHaveProperty('message', expect.stringMatching(advice))
    expect(error).toHaveProperty('cause', expect.any(AuthError))
    expect(fake.requests).toHaveLength(1)
  })

  test("a strategy's own error stays what it is", async () => {
    const failure = new AuthError('LOGIN_REQUIRED', 'Log in.')
    const { client } = await start({}, { credentials: { scheme: 'own', authorize: () => Promise.reject(failure) } })
    expect(await rejection(client.account())).toBe(failure)
  })
})

describe('403', () => {
  test('an empty one has the meaning that the endpoint leaves', async () => {
    const fake = await startFake({ tokens: [{ tokenId: 'token-FQ1V12', token: 'secret', scopes: ['balance:read'] }] })
    const client = clientOf(fake)
    expect(await client.balance()).toMatchObject({ currency: 'EUR' })
    expect(await rejection(client.account())).toMatchObject({
      code: 'SCOPE_MISSING',
      possible: ['SCOPE_MISSING'],
      scopes: ['account:read'],
      message: 'GET /account: 403, the token lacks the scope account:read, or all.',
    })
  })

  test('where several remain, it says which', async () => {
    const { client } = await start()
    const error = await rejection(client.sms.send({ smsId: 's9', recipient: '+4930123456', message: 'x' }))
    expect(error).toMatchObject({
      code: 'FORBIDDEN',
      possible: ['SCOPE_MISSING', 'EXTENSION_DENIED', 'NOT_BOOKED'],
      scopes: ['sessions:sms:write', 'sessions:write'],
    })
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/the scope sessions:sms:write, or sessions:write, or all/),
    )
  })

  test.each([
    [['all'], 'EXTENSION_DENIED', ['EXTENSION_DENIED']],
    [['users:read', 'balance:read'], 'EXTENSION_DENIED', ['EXTENSION_DENIED']],
    [['balance:read'], 'SCOPE_MISSING', ['SCOPE_MISSING']],
    [undefined, 'FORBIDDEN', ['SCOPE_MISSING', 'EXTENSION_DENIED']],
  ])('with a token that is known to have %j, a user who is denied means %s', async (scopes, code, possible) => {
    const { fake, client } = await start({}, { scopes })
    fake.fail('forbidden')
    expect(await rejection(client.users.get('w0'))).toMatchObject({ code, possible })
  })

  test.each([
    ['PUT /settings/sipgateio', ['SCOPE_MISSING', 'NOT_BOOKED'], 'NOT_BOOKED'],
    ['GET /log/webhooks', ['SCOPE_MISSING', 'NOT_BOOKED'], 'NOT_BOOKED'],
    ['GET /authorization/userinfo', [], 'FORBIDDEN'],
    ['GET /app/users', ['SCOPE_MISSING'], 'SCOPE_MISSING'],
    ['GET /new/thing', ['SCOPE_MISSING', 'EXTENSION_DENIED', 'NOT_BOOKED'], 'FORBIDDEN'],
  ] as const)('%s may mean %j; with a token for all, %s', async (endpoint, possible, code) => {
    const { fake, client } = await start()
    fake.fail('forbidden', 2)
    expect(await rejection(client.request(endpoint))).toMatchObject({ possible })
    expect(await rejection(clientOf(fake, { scopes: ['all'] }).request(endpoint))).toMatchObject({ code })
  })

  test('a device in a history filter is an extension that is denied', async () => {
    const { client } = await start({}, { scopes: ['all'] })
    const call = client.history.list({ connectionIds: ['e0'] })
    await expect(call).rejects.toMatchObject({ code: 'EXTENSION_DENIED' })
  })

  test('a sipgate neo account is told by what sipgate says', async () => {
    const { client } = await start({ product: 'neo' })
    await expect(client.groups.list()).rejects.toMatchObject({ code: 'NEO_ACCOUNT', possible: ['NEO_ACCOUNT'] })
    await expect(client.calls.start({ caller: 'e0', callee: '+4930' })).rejects.toMatchObject({ code: 'NEO_ACCOUNT' })
    expect(await client.account()).toMatchObject({ company: 'Analytical Engines' })
  })

  test('a 403 never asks a strategy for another token', async () => {
    let asked = 0
    const token = (): string => {
      asked += 1
      return `token ${asked}`.replace(' ', '-')
    }
    const { fake, client } = await start({ accessTokens: () => ['nothing'] }, { credentials: bearerAuth({ token }) })
    await expect(client.account()).rejects.toMatchObject({ code: 'SCOPE_MISSING' })
    expect(asked).toBe(1)
    expect(last(fake).request).toBe('GET /account')
  })
})

test('402 comes from an account that is empty', async () => {
  const { fake, client } = await start()
  fake.account.balance = 0
  await expect(client.calls.start({ caller: 'e0', callee: '+4915799912345' })).rejects.toMatchObject({
    code: 'INSUFFICIENT_FUNDS',
    body: { errors: [{ status: 402, title: 'Payment Required', detail: 'Insufficient funds' }] },
  })
})

test('what sipgate says is in the body, not in the message, and no longer than needed', async () => {
  const { fake, client } = await start()
  fake.answer({ status: 500, body: `<html>${'x'.repeat(5_000)}` })
  const error = await rejection(client.account())
  expect(error).toBeInstanceOf(SipgateError)
  expect(error).toHaveProperty('message', expect.not.stringContaining('html'))
  expect(error).toHaveProperty('body', expect.stringMatching(/^<html>x{994}$/))
  expect(Object.keys(Object(error))).not.toContain('body')
})

test('the scopes of an endpoint', () => {
  expect(scopesFor('POST /sessions/sms')).toEqual(['sessions:sms:write', 'sessions:write'])
  expect(scopesFor('GET /authorization/userinfo')).toEqual([])
  expect(scopesFor('GET /nowhere')).toBeUndefined()
  expect(scopesFor('toString')).toBeUndefined()
})
