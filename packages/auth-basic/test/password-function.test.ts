import type { Credentials } from '@handlekit/core'
import { describe, expect, test, vi } from 'vitest'
import { handleClient, httpClient } from '../../core/test/support/client.ts'
import { json, type Respond, startServer } from '../../core/test/support/server.ts'
import { basicAuth } from '../src/index.ts'
import { decode, served } from './support.ts'

/** A server at which the password can be changed. */
class Account {
  password = 'first'
  readonly respond: Respond = ({ headers }, response) => {
    json(response, decode(headers.authorization).password === this.password ? 200 : 401, {})
  }
}

describe('a function that gives the password', () => {
  test.each([
    ['at once', () => 'first'],
    ['later', () => Promise.resolve('first')],
  ])('is read at the first request, and kept (it answers %s)', async (_name, give) => {
    const server = await startServer(new Account().respond)
    let reads = 0
    const password = (): string | Promise<string> => {
      reads += 1
      return give()
    }
    const client = httpClient(server, { credentials: basicAuth({ username: 'me', password }) })
    expect(reads).toBe(0)
    await client.get('/')
    await client.get('/')
    expect(reads).toBe(1)
  })

  test('is read once for a hundred requests together', async () => {
    const server = await startServer(new Account().respond)
    const given = Promise.withResolvers<string>()
    let reads = 0
    const password = (): Promise<string> => {
      reads += 1
      return given.promise
    }
    const client = httpClient(server, { credentials: basicAuth({ username: 'me', password }) })
    const calls = Array.from({ length: 100 }, () => client.get('/'))
    given.resolve('first')
    await Promise.all(calls)
    expect(reads).toBe(1)
  })

  test('is read again after a 401, once for all, and a changed password is tried', async () => {
    const account = new Account()
    const server = await startServer(account.respond)
    let reads = 0
    const password = (): string => {
      reads += 1
      return account.password
    }
    const client = httpClient(server, { credentials: basicAuth({ username: 'me', password }) })
    await client.get('/')
    account.password = 'second'
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.get('/')))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(reads).toBe(2)
  })

  test('is not tried again when it gives the same', async () => {
    const account = new Account()
    account.password = 'another'
    const server = await startServer(account.respond)
    let reads = 0
    const password = (): string => {
      reads += 1
      return 'wrong'
    }
    const client = httpClient(server, { credentials: basicAuth({ username: 'me', password }) })
    await expect(client.get('/')).rejects.toMatchObject({ code: 'AUTH_REJECTED', identity: 'me' })
    expect(server.seen).toHaveLength(1)
    expect(reads).toBe(2)
    account.password = 'wrong'
    await client.get('/')
  })

  test('is not read again for a late 401 to an older password: the present one is tried', async () => {
    const account = new Account()
    const slow = Promise.withResolvers<void>()
    const server = await startServer(async (request, response) => {
      const { password } = decode(request.headers.authorization)
      if (request.url === '/slow' && password === 'first') await slow.promise
      json(response, password === account.password ? 200 : 401, {})
    })
    let reads = 0
    const credentials = basicAuth({
      username: 'me',
      password: () => {
        reads += 1
        return account.password
      },
    })
    const [one, other] = [httpClient(server, { credentials }), httpClient(server, { credentials })]
    await one.get('/')
    const late = other.get('/slow')
    await vi.waitUntil(() => server.seen.some(({ url }) => url === '/slow'))
    account.password = 'second'
    await one.get('/')
    slow.resolve()
    expect((await late).status).toBe(200)
    expect(reads).toBe(2)
  })

  test('is waited for once only: what is known is answered at once', async () => {
    const server = await startServer(new Account().respond)
    const credentials = basicAuth({ username: 'me', password: async () => 'first' })
    const answers: unknown[] = []
    const watched: Credentials = {
      ...credentials,
      authorize(context) {
        const answer = credentials.authorize?.(context)
        answers.push(answer)
        return answer
      },
    }
    const client = httpClient(server, { credentials: watched })
    await client.get('/')
    await client.get('/')
    expect(answers).toEqual([expect.any(Promise), undefined])
  })

  test('is read once for a Handle server and another: a changed password is new for both', async () => {
    const account = new Account()
    const server = await startServer(({ headers }, response) => {
      const isRight = decode(headers.authorization).password === account.password
      json(response, isRight ? 200 : 401, isRight ? served : {})
    })
    let reads = 0
    const credentials = basicAuth({
      username: 'me',
      password: async () => {
        reads += 1
        return account.password
      },
    })
    const [handles, other] = [handleClient(server, { credentials }), httpClient(server, { credentials })]
    await handles.resolve('a/b')
    await other.get('/')
    expect(reads).toBe(1)
    account.password = 'second'
    await Promise.all([handles.resolve('a/b'), other.get('/')])
    await handles.resolve('a/b')
    await other.get('/')
    expect(reads).toBe(2)
  })

  test.each([
    ['nothing', '', 'EMPTY_SECRET'],
    ['undefined: a variable that is not set', undefined, 'EMPTY_SECRET'],
    ['null', null, 'EMPTY_SECRET'],
    ['a number', 471147114711, 'INVALID_OPTION'],
    ['a line with its end', 'canary\n', 'INVALID_OPTION'],
  ])('that gives %s ends the request, and nothing is sent', async (_name, value, code) => {
    const server = await startServer(new Account().respond)
    for (const password of [() => value, () => Promise.resolve(value)]) {
      const credentials = Reflect.apply(basicAuth, undefined, [{ username: 'me', password }])
      const call = httpClient(server, { credentials }).get('/')
      await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining('basicAuth: password') })
      await expect(call).rejects.not.toThrow(/canary|471147/)
    }
    expect(server.seen).toHaveLength(0)
  })

  test.each([
    ['at once', (): never => failing()],
    ['later', (): Promise<string> => Promise.resolve().then(failing)],
  ])('that throws %s ends the request with its error, and is asked again by the next', async (_name, fail) => {
    const server = await startServer(new Account().respond)
    let works = false
    const password = (): string | Promise<string> => (works ? 'first' : fail())
    const client = httpClient(server, { credentials: basicAuth({ username: 'me', password }) })
    await expect(Promise.all([client.get('/'), client.get('/')])).rejects.toThrow('the vault is closed')
    works = true
    await client.get('/')
    expect(server.seen).toHaveLength(1)
  })
})

function failing(): never {
  throw new Error('the vault is closed')
}

test('a password that was passed as it is cannot change: a 401 is the end', async () => {
  const server = await startServer((_request, response) => json(response, 401, {}))
  const client = httpClient(server, { credentials: basicAuth({ username: 'me', password: 'wrong' }) })
  await expect(client.get('/')).rejects.toMatchObject({ code: 'AUTH_REJECTED' })
  expect(server.seen).toHaveLength(1)
})
