import { type BulkOperation, type BulkResult, type HandleClient, InvalidArgumentError } from '@handlekit/core'
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { handleClient } from '../support/client.ts'
import { prefix, TestServer } from '../support/handle-server.ts'
import { rejection } from '../support/rejection.ts'
import { json, startServer } from '../support/server.ts'

const test = TestServer.ofFile()
let client: HandleClient

beforeAll(() => {
  client = test.client()
})

const create = (name: string, values: Record<string, string> = { URL: 'x' }): BulkOperation => ({
  method: 'create',
  handle: `${prefix}/${name}`,
  values,
})
const remove = (name: string): BulkOperation => ({ method: 'delete', handle: `${prefix}/${name}` })

/** The handle that a path names. */
const handleIn = (url: string): string => decodeURIComponent(url.split(/[/?]/)[3] ?? '')

/** The outcome or the code of the error, by position. */
function outcomes(results: readonly BulkResult[]): string[] {
  return results
    .toSorted((a, b) => a.position - b.position)
    .map(({ result, error }) => result?.outcome ?? String(Reflect.get(error ?? {}, 'code')))
}

it('runs all, and tells of each what became of it', async () => {
  const operations = Array.from({ length: 100 }, (_, i) => create(`BULK-${i}`))
  operations[10] = create('BULK-9')
  operations[20] = { method: 'create', handle: 'nonsense', values: {} }
  operations[30] = { method: 'create', handle: '99.OTHER/x', values: {} }
  const results = await Array.fromAsync(client.bulk(operations))
  expect(results).toHaveLength(100)
  for (const { operation, position, handle } of results) {
    expect(operation).toBe(operations[position])
    expect(operation).toMatchObject({ handle })
  }
  const expected = Array.from({ length: 100 }, () => 'created')
  expected[10] = 'HANDLE_ALREADY_EXISTS'
  expected[20] = 'INVALID_HANDLE'
  expected[30] = 'WRONG_SERVER'
  expect(outcomes(results)).toEqual(expected)
  expect(await client.resolve(`${prefix}/BULK-99`)).toMatchObject({ handle: `${prefix}/BULK-99` })
})

it('knows every way to write', async () => {
  const handle = `${prefix}/EVERY`
  const results = await Array.fromAsync(
    client.bulk([
      { method: 'create', handle, values: { URL: 'a', NOTE: 'n' } },
      { method: 'setValues', handle, values: { URL: 'b' } },
      { method: 'addValues', handle, values: { MORE: 'm' } },
      { method: 'updateValue', handle, index: 1, patch: { ttl: 60 } },
      { method: 'removeValues', handle, selection: 'NOTE' },
      { method: 'locations.set', handle, locations: ['https://a'], options: { chooseBy: 'country' } },
      { method: 'locations.add', handle, locations: ['https://b', 'https://c'] },
      { method: 'locations.replace', handle, oldHref: 'https://b', newHref: 'https://d' },
      { method: 'locations.remove', handle, hrefs: 'https://a' },
      { method: 'setValues', handle, values: { ABSENT: 'x' }, options: { addMissing: false } },
      { method: 'mint', prefix, values: { URL: 'x' }, options: { suffix: () => 'MINTED' } },
    ]),
  )
  expect(outcomes(results)).toEqual([
    'created',
    'changed',
    'changed',
    'changed',
    'changed',
    'changed',
    'changed',
    'changed',
    'changed',
    'unchanged',
    'created',
  ])
  const record = await client.resolve(handle)
  expect(record.toObject()).toMatchObject({ URL: ['b'], MORE: ['m'] })
  expect(record.at(1)?.ttl).toBe(60)
  expect(record.locations.chooseBy).toBe('country')
  expect([...record.locations].map(({ href }) => href)).toEqual(['https://d', 'https://c'])
  expect(outcomes(await Array.fromAsync(client.bulk([{ method: 'tombstone', handle }, remove('EVERY')])))).toEqual([
    'replaced',
    'deleted',
  ])
})

it('changes groups, in the order of what is done to their handle', async () => {
  const handle = `${prefix}/GROUP`
  const [one, two] = [`300:${prefix}/ONE`, { handle: `${prefix}/TWO`, index: 300 }]
  const operations: BulkOperation[] = [
    { method: 'create', handle, values: [{ index: 200, type: 'HS_VLIST', data: { format: 'vlist', value: [] } }] },
    { method: 'groups.add', handle, index: 200, members: [one, two] },
    { method: 'groups.add', handle, index: 200, members: one },
    { method: 'groups.remove', handle, index: 200, members: one },
    { method: 'groups.remove', handle, index: 7, members: one },
  ]
  expect(outcomes(await Array.fromAsync(client.bulk(operations)))).toEqual([
    'created',
    'changed',
    'unchanged',
    'changed',
    'NO_SUCH_VALUE',
  ])
  expect((await client.resolve(handle)).at(200)?.data).toEqual({ format: 'vlist', value: [two] })
})

it('keeps the order of what is done to one handle, whatever its spelling', async () => {
  const steps = Array.from({ length: 40 }, (_, i): BulkOperation[] => [
    create('Order', { STEP: String(i) }),
    { method: 'delete', handle: `hdl:${prefix}/oRDER` },
  ])
  const results = await Array.fromAsync(client.bulk(steps.flat(), { concurrency: 8 }))
  expect(outcomes(results)).toEqual(steps.flatMap(() => ['created', 'deleted']))
})

it('runs so many at a time, and takes no more from the list than it works on', async () => {
  let open = 0
  let most = 0
  const waiting: (() => void)[] = []
  let isLast = false
  const answerAll = (): void => waiting.splice(0).forEach((answer) => answer())
  const server = await startServer((request, response) => {
    most = Math.max(most, (open += 1))
    waiting.push(() => {
      open -= 1
      json(response, 201, { responseCode: 1, handle: handleIn(request.url) })
    })
    // Answers when no more can come.
    if (waiting.length === 3 || isLast) answerAll()
  })
  let taken = 0
  function* endless(): Generator<BulkOperation> {
    for (;;) yield create(`E-${(taken += 1)}`)
  }
  let told = 0
  for await (const { error } of handleClient(server).bulk(endless(), { concurrency: 3 })) {
    expect(error).toBeUndefined()
    expect(taken).toBeLessThanOrEqual((told += 1) + 3)
    if (told < 30) continue
    isLast = true
    answerAll()
    break
  }
  expect(most).toBe(3)
})

it('goes no further while nobody listens', async () => {
  let taken = 0
  async function* endless(): AsyncGenerator<BulkOperation> {
    for (;;) {
      // Slower than the operations, so that there is always room for another.
      for (let i = 0; i < 4; i += 1) await client.tryResolve(`${prefix}/OTHER`)
      yield create(`SLOW-${(taken += 1)}`)
    }
  }
  let told = 0
  for await (const _result of client.bulk(endless(), { concurrency: 2 })) {
    for (let i = 0; i < 40; i += 1) await client.tryResolve(`${prefix}/OTHER`)
    expect(taken).toBeLessThanOrEqual((told += 1) + 2)
    if (told === 5) break
  }
})

it('whoever stops waits for what is running, and ends the list', async () => {
  const happened: string[] = []
  let release = (): void => {}
  const server = await startServer((request, response) => {
    const answer = (): void => json(response, 201, { responseCode: 1, handle: handleIn(request.url) })
    if (request.url.includes('B')) release = answer
    else answer()
  })
  async function* list(): AsyncGenerator<BulkOperation> {
    try {
      yield create('A')
      yield create('B')
      yield create('C')
    } finally {
      happened.push('list ended')
    }
  }
  for await (const _result of handleClient(server).bulk(list(), { concurrency: 2 })) {
    await vi.waitUntil(() => server.seen.length === 2)
    setImmediate(() => {
      happened.push('answered')
      release()
    })
    break
  }
  happened.push('stopped')
  expect(happened).toEqual(['answered', 'list ended', 'stopped'])
  expect(server.seen).toHaveLength(2)
})

it('a list that is waiting itself is told to end', async () => {
  const ended = Promise.withResolvers<void>()
  const more = Promise.withResolvers<void>()
  async function* list(): AsyncGenerator<BulkOperation> {
    try {
      yield create('WAITING-1')
      await more.promise
      yield create('WAITING-2')
    } finally {
      ended.resolve()
    }
  }
  for await (const _result of client.bulk(list())) break
  more.resolve()
  await ended.promise
  expect(await client.tryResolve(`${prefix}/WAITING-2`)).toBeUndefined()
})

it('the time of an operation begins when those before it on its handle have ended', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const server = await startServer((request, response) => {
    vi.advanceTimersByTime(60)
    json(response, 200, { responseCode: 1, handle: handleIn(request.url) })
  })
  const operations = Array.from({ length: 10 }, () => remove('SAME'))
  const results = await Array.fromAsync(handleClient(server).bulk(operations, { timeout: 100 }))
  expect(outcomes(results)).toEqual(operations.map(() => 'deleted'))
})

it('an abort ends it: what was running is told of, and then its reason is thrown', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const server = await startServer((request, response) => {
    if (server.seen.length === 3) controller.abort(reason)
    if (request.url.includes('A')) json(response, 201, { responseCode: 1, handle: handleIn(request.url) })
  })
  let taken = 0
  async function* list(): AsyncGenerator<BulkOperation> {
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      taken += 1
      yield create(name)
    }
  }
  const results: BulkResult[] = []
  const bulk = handleClient(server).bulk(list(), { concurrency: 2, signal: controller.signal })
  const error = await rejection(
    (async () => {
      for await (const result of bulk) results.push(result)
    })(),
  )
  expect(error).toBe(reason)
  expect(results.map((result) => result.error ?? result.result?.outcome)).toEqual(['created', reason, reason])
  expect(taken).toBe(3)
  expect(await rejection(Array.fromAsync(client.bulk([create('F')], { signal: controller.signal })))).toBe(reason)
})

it('a list that fails ends it, after what was running', async () => {
  async function* list(): AsyncGenerator<BulkOperation> {
    yield create('LIST-1')
    yield create('LIST-2')
    throw new Error('line 3')
  }
  const results: BulkResult[] = []
  const error = await rejection(
    (async () => {
      for await (const result of client.bulk(list())) results.push(result)
    })(),
  )
  expect(error).toMatchObject({ message: 'line 3' })
  expect(outcomes(results)).toEqual(['created', 'created'])
})

it('plans without writing', async () => {
  await client.create(`${prefix}/PLANNED`, { URL: 'x' })
  const operations: BulkOperation[] = [remove('PLANNED'), create('NEVER')]
  const results = await Array.fromAsync(client.bulk(operations, { plan: true }))
  expect(outcomes(results)).toEqual(['planned', 'planned'])
  expect(new Set(results.map(({ result }) => result?.request?.method))).toEqual(new Set(['DELETE', 'PUT']))
  expect(await client.tryResolve(`${prefix}/PLANNED`)).toBeDefined()
  expect(await client.tryResolve(`${prefix}/NEVER`)).toBeUndefined()
})

it('what is no operation is told of like any failure', async () => {
  const lines: BulkOperation[] = JSON.parse(`[
    { "method": "explode", "handle": "${prefix}/X" },
    { "method": "create", "handle": "${prefix}/X", "valeus": {} },
    { "method": "create", "handle": "${prefix}/X", "values": {}, "options": { "ifExist": "replace" } },
    { "method": "toString" },
    null,
    { "method": "delete", "handle": 5 },
    { "method": "create", "handle": "${prefix}/X", "values": {}, "options": { "plan": false } },
    { "method": "create", "handle": "${prefix}/X", "values": {}, "options": 5 },
    { "method": "groups.add", "handle": "${prefix}/X", "index": 200, "member": "300:${prefix}/ONE" }
  ]`)
  const results = await Array.fromAsync(client.bulk(lines, { concurrency: 1, plan: true }))
  for (const { error } of results) expect(error).toBeInstanceOf(InvalidArgumentError)
  const messages = results.map(({ error }) => error?.message)
  expect(messages[0]).toMatch(/one of create, mint/)
  expect(messages[1]).toMatch(/bulk: create has no option 'valeus'/)
  expect(messages[2]).toMatch(/no option 'ifExist'/)
  expect(messages[6]).toBe("bulk: set 'plan' in the options of bulk(), not on a single operation (create).")
  expect(await client.tryResolve(`${prefix}/X`)).toBeUndefined()
})

it('does nothing for nothing, and refuses what cannot work', async () => {
  expect(await Array.fromAsync(client.bulk([]))).toEqual([])
  expect(() => client.bulk([], { concurrency: 0 })).toThrow(/at least 1/)
  expect(() => client.bulk([], JSON.parse('{"parallel":2}'))).toThrow(/no option 'parallel'/)
  for (const none of ['{}', 'null', '5']) expect(() => client.bulk(JSON.parse(none))).toThrow(/iterable/)
})
