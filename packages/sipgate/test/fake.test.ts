import { describe, expect, test } from 'vitest'
import { type FakeSipgate, startFakeSipgate } from '../src/testing/index.ts'

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`

interface FakeInit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly authorization?: string
}

/** A request as anybody could send it. */
async function ask(fake: FakeSipgate, path: string, init: FakeInit = {}) {
  const { authorization = basic(fake.token.tokenId, fake.token.token), headers, ...rest } = init
  const answer = await fetch(`${fake.url}${path}`, { ...rest, headers: { authorization, ...headers } })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

describe('lets in', () => {
  test.each([
    ['an e-mail address and its password', (fake: FakeSipgate) => basic(fake.login.email, fake.login.password), 200],
    ['a token', (fake: FakeSipgate) => basic(fake.token.tokenId, fake.token.token), 200],
    ['an access token', (fake: FakeSipgate) => `Bearer ${fake.accessToken}`, 200],
    ['nobody else', (fake: FakeSipgate) => basic(fake.login.email, fake.token.token), 401],
    ['no other token', () => 'Bearer x', 401],
    ['nothing that is not Base64', (fake: FakeSipgate) => `Basic ${fake.token.tokenId}:${fake.token.token}`, 401],
    ['no other scheme', () => 'Digest x', 401],
    ['no other client without a header', () => '', 401],
  ])('%s', async (_name, header, status) => {
    await using fake = await startFakeSipgate()
    expect((await ask(fake, '/account', { authorization: header(fake) })).status).toBe(status)
  })

  test('whom it is told to', async () => {
    await using fake = await startFakeSipgate({
      logins: [{ email: 'a@example.org', password: 'a:b' }],
      tokens: [{ tokenId: 'token-1', token: 't', scopes: ['balance:read'] }],
      accessTokens: async (token) => (token === 'all' ? true : token === 'some' && ['users:read']),
    })
    const status = async (path: string, authorization: string) => (await ask(fake, path, { authorization })).status
    expect(await status('/account', basic('a@example.org', 'a:b'))).toBe(200)
    expect(await status('/account', basic('token-1', 't'))).toBe(403)
    expect(await status('/balance', basic('token-1', 't'))).toBe(200)
    expect(await status('/authorization/userinfo', basic('token-1', 't'))).toBe(200)
    expect(await status('/account', 'Bearer all')).toBe(200)
    expect(await status('/users', 'Bearer some')).toBe(200)
    expect(await status('/account', 'Bearer some')).toBe(403)
    expect(await status('/account', 'Bearer none')).toBe(401)
  })
})

test.each([
  ['GET', '/nowhere', undefined, 404],
  ['GET', '/', undefined, 404],
  ['PATCH', '/account', undefined, 405],
  ['POST', '/sessions/sms', 'text/plain', 415],
  ['POST', '/sessions/sms', undefined, 415],
  ['POST', '/sessions/sms', 'application/json', 500],
])('%s %s (%s) is %i', async (method, path, type, status) => {
  await using fake = await startFakeSipgate()
  const headers = type === undefined ? {} : { 'content-type': type }
  const body = type === undefined ? {} : { body: '{}' }
  expect((await ask(fake, path, { method, headers, ...body })).status).toBe(status)
})

test('what sipgate does without ids, it does', async () => {
  await using fake = await startFakeSipgate()
  expect((await ask(fake, '/history', { method: 'DELETE' })).status).toBe(204)
  expect(fake.account.history).toEqual([])
})

test('sipgate neo denies the classic endpoints in its own words', async () => {
  await using fake = await startFakeSipgate({ product: 'neo' })
  const { status, text, headers } = await ask(fake, '/groups')
  expect({ status, text }).toEqual({ status: 403, text: 'This endpoint requires a sipgate Classic PBX Account' })
  expect(headers.get('content-type')).toBe('text/plain')
  expect((await ask(fake, '/users')).status).toBe(200)
})

test('a call from a number needs a device', async () => {
  await using fake = await startFakeSipgate()
  const call = async (json: unknown) => {
    const headers = { 'content-type': 'application/json' }
    return (await ask(fake, '/sessions/calls', { method: 'POST', headers, body: JSON.stringify(json) })).status
  }
  expect(await call({ caller: '+4915799912345', callee: '+4930123456' })).toBe(400)
  expect(await call({ caller: '+4915799912345', callee: '+4930123456', deviceId: 'e0' })).toBe(200)
  expect(await call({ caller: 'e9', callee: '+4930123456' })).toBe(403)
  expect(await call({ caller: 'e0', callee: 'nobody' })).toBe(400)
})

test('answers that are planned come in order, once each, and are seen', async () => {
  await using fake = await startFakeSipgate()
  fake.fail('server-error', 2)
  fake.answer({ status: 418, body: { short: true }, headers: { 'x-own': '1' } })
  const statuses = []
  for (let request = 0; request < 4; request += 1) statuses.push((await ask(fake, '/account')).status)
  expect(statuses).toEqual([500, 500, 418, 200])
  expect(fake.requests).toHaveLength(4)
  fake.fail('disconnect')
  await expect(ask(fake, '/account')).rejects.toThrow('fetch failed')
})

test('it closes, twice if need be', async () => {
  const fake = await startFakeSipgate()
  await ask(fake, '/account')
  await fake.close()
  await fake.close()
  await expect(ask(fake, '/account')).rejects.toThrow('fetch failed')
})
