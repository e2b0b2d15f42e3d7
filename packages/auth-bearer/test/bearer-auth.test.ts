import type { Credentials } from '@handlekit/core/credentials'
import { InvalidArgumentError } from '@handlekit/core/strategy'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { httpClient } from '../../core/test/support/client.ts'
import { rejection } from '../../core/test/support/rejection.ts'
import { json, startServer } from '../../core/test/support/server.ts'
import { bearer, bearerAuth, type TokenRequest } from '../src/index.ts'
import { tokenOf } from './support/api.ts'
import { fakeClient } from './support/attempt.ts'

/** An API that takes one token. */
const apiFor = (good: () => string) =>
  startServer(({ headers }, response) => json(response, tokenOf(headers) === good() ? 200 : 401, {}))

describe('a token', () => {
  it('goes into the header', async () => {
    const server = await startServer((_request, response) => json(response, 200, {}))
    const api = httpClient(server, { credentials: bearerAuth({ token: 'aB1-._~+/==' }) })
    await api.get('/account')
    expect(server.seen[0]?.headers.authorization).toBe('Bearer aB1-._~+/==')
  })

  it('is put there without waiting', () => {
    const credentials = bearerAuth({ token: 't0' })
    expect(fakeClient(credentials).authorizeNow()).toBe('Bearer t0')
    expect(Object.keys(credentials)).not.toContain('onChallenge')
  })

  it('that is refused is one clear error, and one request', async () => {
    const server = await apiFor(() => 'another')
    const api = httpClient(server, { credentials: bearerAuth({ token: 'refused-token' }) })
    const error = await rejection(api.get('/account'))
    expect(error).toMatchObject({ code: 'AUTH_REJECTED', scheme: 'bearer', status: 401 })
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('refused-token')
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['', 'EMPTY_SECRET'],
    [undefined, 'EMPTY_SECRET'],
    [null, 'EMPTY_SECRET'],
    [7, 'INVALID_OPTION'],
    ['two words', 'INVALID_OPTION'],
    ['line-break\n', 'INVALID_OPTION'],
    ['ümlaut', 'INVALID_OPTION'],
    ['Bearer abc', 'INVALID_OPTION'],
  ])('%j is refused', async (token, code) => {
    const error = await rejection(async () => Reflect.apply(bearerAuth, undefined, [{ token }]))
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(error).toMatchObject({ code })
    if (typeof token === 'string' && token !== '') expect(inspect(error)).not.toContain(token.trim())
  })

  it('an option that nobody reads is refused', () => {
    const options = { token: 'a', tokn: 'b' }
    expect(() => bearerAuth(options)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }))
  })

  it('is nowhere to be seen', () => {
    for (const token of ['s3cret-t0ken', () => 's3cret-t0ken']) {
      const credentials = bearerAuth({ token })
      const shown = inspect(credentials, { depth: Infinity, showHidden: true, getters: true })
      expect(shown + JSON.stringify(credentials)).not.toContain('s3cret-t0ken')
    }
  })
})

describe('a function', () => {
  it('is called once for many requests, and its token kept', async () => {
    let calls = 0
    const token = async (): Promise<string> => `t${(calls += 1)}`
    const server = await apiFor(() => 't1')
    const api = httpClient(server, { credentials: bearerAuth({ token }) })
    await Promise.all(Array.from({ length: 20 }, () => api.get('/account')))
    await api.get('/account')
    expect(calls).toBe(1)
  })

  it('is asked again once after a 401, and told which token was refused', async () => {
    const requests: TokenRequest[] = []
    const token = (request: TokenRequest): string => `t${requests.push(request)}`
    const server = await apiFor(() => 't2')
    const api = httpClient(server, { credentials: bearerAuth({ token }) })
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.put('/account', { a: 1 })))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(requests).toEqual([{ rejected: undefined }, { rejected: 't1' }])
  })

  it('that has no other token ends it', async () => {
    let calls = 0
    const server = await apiFor(() => 'another')
    const token = (): string => {
      calls += 1
      return 'same'
    }
    const api = httpClient(server, { credentials: bearerAuth({ token }) })
    expect(await rejection(api.get('/account'))).toMatchObject({ code: 'AUTH_REJECTED' })
    expect(calls).toBe(2)
    expect(server.seen).toHaveLength(1)
  })

  it('is called again shortly before the token ends', async () => {
    let now = 1_700_000_000_000
    let calls = 0
    const token = () => ({ token: `t${(calls += 1)}`, expiresAt: new Date(now + 300_000) })
    const client = fakeClient(bearerAuth({ token, now: () => now }))
    expect(await client.authorize()).toBe('Bearer t1')
    now += 269_999
    expect(await client.authorize()).toBe('Bearer t1')
    now += 1
    expect(await client.authorize()).toBe('Bearer t2')
  })

  it('a late 401 for the token before does not ask again', async () => {
    let now = 1_700_000_000_000
    let calls = 0
    const token = () => ({ token: `t${(calls += 1)}`, expiresAt: now + 300_000 })
    const client = fakeClient(bearerAuth({ token, now: () => now }))
    const first = await client.authorize()
    now += 280_000
    await client.authorize()
    expect(await client.challenge(first)).toBe(true)
    expect(calls).toBe(2)
    expect(await client.challenge()).toBe(true)
    expect(calls).toBe(3)
  })

  it('a 401 that one client had before another got a new token does not ask again', async () => {
    let calls = 0
    const credentials = bearerAuth({ token: () => `t${(calls += 1)}` })
    const [one, two] = [fakeClient(credentials), fakeClient(credentials)]
    await one.authorize()
    await two.authorize()
    expect(await one.challenge()).toBe(true)
    expect(await two.challenge()).toBe(true)
    expect(calls).toBe(2)
  })

  it('a failure is passed on, and not remembered', async () => {
    let calls = 0
    const token = (): string => {
      calls += 1
      if (calls === 1) throw new Error('the vault is sealed')
      return 't2'
    }
    const client = fakeClient(bearerAuth({ token }))
    expect(await rejection(client.authorize())).toMatchObject({ message: 'the vault is sealed' })
    expect(await client.authorize()).toBe('Bearer t2')
  })

  it.each([
    ['', 'EMPTY_SECRET'],
    [{ token: 'a b' }, 'INVALID_OPTION'],
    [{ token: 'ab', expiresAt: 1_700_000_000 }, 'INVALID_OPTION'],
    [{ token: 'ab', expiresAt: Number.NaN }, 'INVALID_OPTION'],
    [undefined, 'EMPTY_SECRET'],
  ])('that gives %j fails', async (given, code) => {
    const credentials: Credentials = Reflect.apply(bearerAuth, undefined, [{ token: () => given }])
    expect(await rejection(fakeClient(credentials).authorize())).toMatchObject({ code })
  })
})

describe('in a credentials file', () => {
  const context = { resolvePath: (path: string): string => path }

  it('is a token', async () => {
    const credentials = await bearer.fromConfig({ token: 't0' }, context)
    expect(await fakeClient(credentials).authorize()).toBe('Bearer t0')
  })

  it.each([
    [{}, 'EMPTY_SECRET'],
    [{ token: '' }, 'EMPTY_SECRET'],
    [{ token: 7 }, 'INVALID_OPTION'],
    [{ token: () => 't' }, 'INVALID_OPTION'],
    [{ token: 't', now: 1 }, 'UNKNOWN_OPTION'],
  ])('%j is refused', (config, code) => {
    expect(() => bearer.fromConfig(config, context)).toThrow(expect.objectContaining({ code }))
  })
})
