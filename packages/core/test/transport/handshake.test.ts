import { describe, expect, test } from 'vitest'
import type { Credentials } from '../../src/index.ts'
import { httpClient } from '../support/client.ts'
import { Renewing } from '../support/credentials.ts'
import { rejection } from '../support/rejection.ts'
import { json, type Respond, startServer } from '../support/server.ts'

const hundred = Array.from({ length: 100 }, (_, index) => index)

/** Accepts the token that the credentials have now. */
function following(credentials: Renewing, atLeast = 1): Respond {
  return ({ headers }, response) => {
    const ok = credentials.challenges >= atLeast && headers.authorization === `Bearer ${credentials.token}`
    json(response, ok ? 200 : 401, {})
  }
}

/** Credentials whose handshake ends when it is told to. */
class Slow extends Renewing {
  asked = 0
  readonly started: Promise<void>
  readonly #start: () => void
  readonly #end: PromiseWithResolvers<void> = Promise.withResolvers()

  constructor() {
    super()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.started = promise
    this.#start = resolve
  }

  override async onChallenge(): Promise<boolean> {
    this.asked += 1
    this.#start()
    await this.#end.promise
    return super.onChallenge()
  }

  finish(): void {
    this.#end.resolve()
  }

  fail(reason: Error): void {
    this.#end.reject(reason)
  }
}

describe('a hundred requests that are refused together', () => {
  test.each([
    ['at once', new Renewing()],
    [
      'later',
      new (class extends Renewing {
        override onChallenge(): Promise<boolean> {
          return new Promise((resolve) => setImmediate(() => resolve(super.onChallenge())))
        }
      })(),
    ],
  ])('cause one handshake (which answers %s)', async (_name, credentials) => {
    const server = await startServer(following(credentials))
    const client = httpClient(server, { credentials })
    const answers = await Promise.all(hundred.map((index) => client.get(`/${index}`)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(credentials.challenges).toBe(1)
    expect(server.seen.length).toBeGreaterThan(100)
    expect(server.seen.length).toBeLessThanOrEqual(200)
  })

  test('cause one, while they all wait for it', async () => {
    const credentials = new Slow()
    const { promise: allRefused, resolve } = Promise.withResolvers<void>()
    let refused = 0
    const server = await startServer(({ url, headers }, response) => {
      if (url === '/open' || headers.authorization === 'Bearer token-1') return json(response, 200, {})
      json(response, 401, {})
      response.on('finish', () => (refused += 1) === 100 && resolve())
    })
    const client = httpClient(server, { credentials, connections: 101 })
    const calls = hundred.map((index) => client.get(`/${index}`))
    await allRefused
    // What was answered before this is read before this.
    await client.get('/open')
    expect(credentials.asked).toBe(1)
    credentials.finish()
    await Promise.all(calls)
    expect(credentials.asked).toBe(1)
    expect(server.seen).toHaveLength(201)
  })

  test('wait for the answer of one, and are refused with it', async () => {
    const credentials = new Slow()
    const server = await startServer((_request, response) => json(response, 401, {}))
    const client = httpClient(server, { credentials, connections: 100 })
    const reason = new Error('no session for you')
    const calls = hundred.map((index) => rejection(client.get(`/${index}`)))
    await credentials.started
    credentials.fail(reason)
    // Whoever is refused after it has failed asks anew, and fails alike: the promise is the same.
    for (const error of await Promise.all(calls)) expect(error).toBe(reason)
  })
})

test('a late 401 for an old token is sent again without asking', async () => {
  const credentials = new Renewing()
  const old = Promise.withResolvers<void>()
  const oldIsThere = Promise.withResolvers<void>()
  const server = await startServer(async ({ url, headers }, response) => {
    if (headers.authorization === 'Bearer token-1') return json(response, 200, {})
    if (url === '/late') {
      oldIsThere.resolve()
      await old.promise
    }
    json(response, 401, {})
  })
  const client = httpClient(server, { credentials })
  const late = client.get('/late')
  await oldIsThere.promise
  await client.get('/early')
  expect(credentials.challenges).toBe(1)
  old.resolve()
  await late
  expect(credentials.challenges).toBe(1)
  expect(server.seen.filter(({ url }) => url === '/late')).toHaveLength(2)
})

test('a caller that gives up while the handshake runs leaves it to the others', async () => {
  const credentials = new Slow()
  const server = await startServer(following(credentials))
  const client = httpClient(server, { credentials })
  const controller = new AbortController()
  const impatient = rejection(client.get('/impatient', { signal: controller.signal }))
  await credentials.started
  const others = ['/a', '/b', '/c'].map((path) => client.get(path))
  const reason = { not: 'even an error' }
  controller.abort(reason)
  expect(await impatient).toBe(reason)
  credentials.finish()
  await Promise.all(others)
  expect(credentials.challenges).toBe(1)
  expect(server.seen.filter(({ url }) => url === '/impatient')).toHaveLength(1)
})

test.each([
  ['at once', (): never => failing()],
  ['later', (): Promise<boolean> => Promise.resolve().then(failing)],
])('after a handshake that throws %s, the next request asks anew', async (_name, fail) => {
  const credentials = new (class extends Renewing {
    works = false
    override onChallenge(): boolean | Promise<boolean> {
      return this.works ? super.onChallenge() : fail()
    }
  })()
  const server = await startServer(following(credentials))
  const client = httpClient(server, { credentials })
  await expect(client.get('/')).rejects.toThrow('no session')
  await expect(client.get('/')).rejects.toThrow('no session')
  credentials.works = true
  await client.get('/')
  expect(credentials.challenges).toBe(1)
})

function failing(): never {
  throw new Error('no session')
}

test('after a handshake that says no, the next request asks anew', async () => {
  let asked = 0
  const server = await startServer((_request, response) => json(response, 401, {}))
  const credentials: Credentials = { scheme: 'test', onChallenge: () => (asked += 1) < 0 }
  const client = httpClient(server, { credentials })
  await expect(client.get('/')).rejects.toMatchObject({ code: 'AUTH_REJECTED' })
  await expect(client.get('/')).rejects.toMatchObject({ code: 'AUTH_REJECTED' })
  expect(asked).toBe(2)
})

test('a token that ends later is renewed again', async () => {
  const credentials = new Renewing()
  let needed = 1
  const server = await startServer(({ headers }, response) => {
    json(response, headers.authorization === `Bearer token-${needed}` ? 200 : 401, {})
  })
  const client = httpClient(server, { credentials })
  await client.get('/')
  needed = 2
  await client.get('/')
  expect(credentials.challenges).toBe(2)
})
