import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bearerAuth } from '@handlekit/auth-bearer'
import { json, startPlainServer } from '../../core/test/support/server.ts'
import { rejection } from '../../core/test/support/rejection.ts'
import { SipgateClient, sipgateBasic, sipgateToken } from '../src/index.ts'
import { clientOf, startFake } from './support/start.ts'

const passwords = ['a:b', ':', 'with space', ' ', 'p€', 'pässwörd', 'ключ', '🔑', '%3A+&=?', 'x'.repeat(500)]

test.each(passwords)('a password such as %j works', async (password) => {
  const login = { email: 'ada@example.org', password }
  const fake = await startFake({ logins: [login] })
  expect(await clientOf(fake, { credentials: sipgateBasic(login) }).account()).toMatchObject({ verified: true })
  const late = clientOf(fake, { credentials: sipgateBasic({ ...login, password: async () => password }) })
  expect(await late.userinfo()).toMatchObject({ sub: 'w0' })
})

test.each(['ädä@exämple.org', 'ada+x@example.org', 'no address at all'])(
  'so does the e-mail address %j',
  async (email) => {
    const login = { email, password: 'secret' }
    const fake = await startFake({ logins: [login] })
    const client = clientOf(fake, { credentials: sipgateBasic(login) })
    expect(await client.userinfo()).toMatchObject({ sub: 'w0' })
  },
)

test.each([
  { tokenId: 'token-FQ1V12', token: '9d5a6a52-8a9d-4e0b-9f39-0d1d1b0b2f4f' },
  { tokenId: 'token-1234567', token: 'opaque' },
  { tokenId: 'something else', token: 'token-with-a-strange-look' },
])('sipgate may change what its tokens look like: $tokenId', async (pair) => {
  const fake = await startFake({ tokens: [pair] })
  if (pair.token.startsWith('token-')) {
    expect(() => sipgateToken(pair)).toThrow(/changed places/)
    return
  }
  expect(await clientOf(fake, { credentials: sipgateToken(pair) }).userinfo()).toMatchObject({ sub: 'w0' })
})

test('an access token need not be a JWT, and may come from a function', async () => {
  const fake = await startFake()
  for (const token of [fake.accessToken, () => fake.accessToken]) {
    const client = clientOf(fake, { credentials: bearerAuth({ token }) })
    expect(await client.userinfo()).toMatchObject({ sub: 'w0' })
  }
})

test('the server reads what was meant, whatever the text', async () => {
  const server = await startPlainServer((_request, response) => json(response, 200, { sub: 'w0' }))
  const text = fc.string({ unit: 'binary', minLength: 1 }).filter((one) => one.isWellFormed() && !/\p{Cc}/u.test(one))
  const user = text.filter((one) => !one.includes(':'))
  await fc.assert(
    fc.asyncProperty(user, text, async (email, password) => {
      await using client = new SipgateClient({ baseUrl: server.origin, credentials: sipgateBasic({ email, password }) })
      await client.userinfo()
      const sent = server.seen.at(-1)?.headers.authorization ?? ''
      expect(Buffer.from(sent.slice('Basic '.length), 'base64').toString('utf8')).toBe(`${email}:${password}`)
    }),
  )
})

describe('refuses at once, without showing what is secret,', () => {
  const basic = (options: unknown): unknown => Reflect.apply(sipgateBasic, undefined, [options])
  const token = (options: unknown): unknown => Reflect.apply(sipgateToken, undefined, [options])

  test.each([
    [
      'a colon in the address',
      () => basic({ email: 'a:b@example.org', password: 'canary' }),
      'INVALID_OPTION',
      /colon.*RFC 7617/,
    ],
    ['a colon in the id', () => token({ tokenId: 'token-A:B', token: 'canary' }), 'INVALID_OPTION', /colon.*RFC 7617/],
    ['no password', () => basic({ email: 'ada@example.org', password: '' }), 'EMPTY_SECRET', /sipgateBasic: password/],
    ['no token', () => token({ tokenId: 'token-FQ1V12' }), 'EMPTY_SECRET', /sipgateToken: token/],
    ['no address', () => basic({ password: 'canary' }), 'INVALID_OPTION', /email/],
    ['no id', () => token({ tokenId: '', token: 'canary' }), 'INVALID_OPTION', /tokenId/],
    ['a number for an id', () => token({ tokenId: 7, token: 'token-canary' }), 'INVALID_OPTION', /tokenId/],
    ['a line with its end', () => token({ tokenId: 'token-FQ1V12', token: 'canary\n' }), 'INVALID_OPTION', /control/],
    [
      'a token for an id',
      () => token({ tokenId: 'canary', token: 'token-FQ1V12' }),
      'INVALID_OPTION',
      /changed places/,
    ],
    ['a misspelt option', () => basic({ email: 'a', passwort: 'canary' }), 'UNKNOWN_OPTION', /password/],
    ['nothing', () => token(undefined), 'INVALID_OPTION', /options/],
  ])('%s', async (_name, make, code, message) => {
    const error = await rejection(make)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(String(error)).not.toContain('canary')
  })

  test.each([
    ['no credentials', {}, 'INVALID_OPTION'],
    ['options that are none', undefined, 'INVALID_OPTION'],
    ['http to another machine', { baseUrl: 'http://api.sipgate.com/v2' }, 'INSECURE_URL'],
    ['credentials in the address', { baseUrl: 'https://me:canary@api.sipgate.com/v2' }, 'INVALID_URL'],
    ['a misspelt option', { baseURL: 'https://api.sipgate.com/v2' }, 'UNKNOWN_OPTION'],
    ['no time', { timeout: 0 }, 'INVALID_OPTION'],
  ])('%s', async (_name, options, code) => {
    const credentials = sipgateToken({ tokenId: 'token-FQ1V12', token: 'canary' })
    const given = options && Object.keys(options).length > 0 ? { credentials, ...options } : options
    const error = await rejection(() => Reflect.construct(SipgateClient, [given]))
    expect(error).toMatchObject({ code })
    expect(String(error)).not.toContain('canary')
  })
})

test('without a base address it is sipgate, and making a client connects to nothing', async () => {
  const seen: string[] = []
  const client = new SipgateClient({
    credentials: {
      scheme: 'own',
      authorize({ url }) {
        seen.push(url.href)
        throw new Error('not today')
      },
    },
  })
  await expect(client.account()).rejects.toThrow('not today')
  expect(seen).toEqual(['https://api.sipgate.com/v2/account'])
  await client.close()
})
