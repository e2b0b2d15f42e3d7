import { describe, expect, test } from 'vitest'
import { httpClient } from '../../core/test/support/client.ts'
import { json, type Respond, startServer } from '../../core/test/support/server.ts'
import { basicAuth } from '../src/index.ts'
import { decode } from './support.ts'

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
