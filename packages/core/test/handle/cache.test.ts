import { type HandleClient, HandleNotFoundError } from '@handlekit/core'
import { beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { TestServer } from '../support/handle-server.ts'
import { code, rejection, rejections } from '../support/rejection.ts'
import { json, type Seen, startServer } from '../support/server.ts'
import { handleClient } from '../support/client.ts'

const test = TestServer.ofFile()
let writer: HandleClient
let reader: HandleClient
let handle: string

beforeAll(() => {
  writer = test.client()
})
beforeEach(async () => {
  handle = test.newHandle()
  reader = test.client(undefined, { cache: true })
})

const requestsOf = (work: () => Promise<unknown>): Promise<number> => test.requestsOf(work)
const read = (): Promise<unknown> => reader.resolve(handle)

/** Lets the clock of this process stand where it is told to. */
function clock(): (seconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const began = Date.now()
  return (seconds) => void vi.setSystemTime(began + seconds * 1000)
}

it('a record is asked for once, until the first of its values has reached its ttl', async () => {
  const at = clock()
  await writer.create(handle, [
    { type: 'URL', data: 'https://a.example.org', ttl: 100 },
    { type: 'NOTE', data: 'n', ttl: 50 },
  ])
  expect(await requestsOf(read)).toBe(1)
  await writer.setValues(handle, { URL: 'https://b.example.org' })
  at(49)
  expect(await requestsOf(async () => expect((await reader.resolve(handle)).text('URL')).toMatch('//a.'))).toBe(0)
  at(51)
  expect(await requestsOf(async () => expect((await reader.resolve(handle)).text('URL')).toMatch('//b.'))).toBe(1)
  // What was asked for in part has the ttl of that part.
  expect(await requestsOf(() => reader.resolve(handle, { types: ['URL'] }))).toBe(1)
  at(149)
  expect(await requestsOf(() => reader.resolve(handle, { types: ['URL'] }))).toBe(0)
  expect(await requestsOf(read)).toBe(1)
})

it('who asks at once for what is not kept waits for one answer', async () => {
  await writer.create(handle, { URL: 'x' })
  const many = (): Promise<unknown> => Promise.all(Array.from({ length: 1000 }, () => reader.resolve(handle)))
  expect(await requestsOf(many)).toBe(1)
  expect(await requestsOf(many)).toBe(0)
})

it('but not for that of somebody who may give up', async () => {
  await writer.create(handle, { URL: 'old' })
  const controller = new AbortController()
  const given = rejection(reader.resolve(handle, { signal: controller.signal }))
  const others = [reader.resolve(handle), reader.resolve(handle, { timeout: 10_000 })]
  controller.abort(new Error('enough'))
  expect(await given).toMatchObject({ message: 'enough' })
  for (const record of await Promise.all(others)) expect(record.text('URL')).toBe('old')
})

it('nor is an error kept', async () => {
  const errors = await rejections([reader.resolve(handle), reader.resolve(handle)])
  expect(errors).toEqual([code('HANDLE_NOT_FOUND'), code('HANDLE_NOT_FOUND')])
  await writer.create(handle, { URL: 'x' })
  expect((await reader.resolve(handle)).text('URL')).toBe('x')
})

it('a ttl that is a time ends then; one of 0 is never kept', async () => {
  const at = clock()
  const until = new Date(Date.now() + 60_000)
  await writer.create(handle, [{ type: 'URL', data: 'x', ttl: until }], { admin: false })
  expect(await requestsOf(async () => [await read(), await read()])).toBe(1)
  at(61)
  expect(await requestsOf(async () => [await read(), await read()])).toBe(2)
  await writer.create(`${handle}-0`, [{ type: 'URL', data: 'x', ttl: 0 }])
  expect(await requestsOf(() => reader.resolve(`${handle}-0`))).toBe(1)
  expect(await requestsOf(() => reader.resolve(`${handle}-0`))).toBe(1)
})

it('is not kept longer than maxAge', async () => {
  const at = clock()
  reader = test.client(undefined, { cache: { maxAge: 10 } })
  await writer.create(handle, { URL: 'x' })
  await read()
  at(9)
  expect(await requestsOf(read)).toBe(0)
  at(10)
  expect(await requestsOf(read)).toBe(1)
})

it.each<[string, (client: HandleClient, name: string) => Promise<unknown>]>([
  ['setValues', (client, name) => client.setValues(name, { URL: 'changed' })],
  ['addValues', (client, name) => client.addValues(name, { MORE: 'x' })],
  ['updateValue', (client, name) => client.updateValue(name, 1, { ttl: 5 })],
  ['removeValues', (client, name) => client.removeValues(name, 'URL')],
  ['locations.add', (client, name) => client.locations.add(name, ['https://example.org'])],
  ['tombstone', (client, name) => client.tombstone(name)],
  ['create', (client, name) => client.create(name, { URL: 'changed' }, { ifExists: 'replace' })],
  ['a write in another spelling', (client, name) => client.setValues(name.toLowerCase(), { URL: 'changed' })],
])('%s of the same client forgets what was read', async (_what, change) => {
  await writer.create(handle, { URL: 'x' })
  const before = await reader.resolve(handle)
  for (let i = 0; i < 2; i += 1) await reader.resolve(handle, { types: ['URL'] })
  await change(reader, handle)
  expect((await reader.resolve(handle)).toJSON()).not.toEqual(before.toJSON())
  expect(await requestsOf(() => reader.resolve(handle, { types: ['URL'] }))).toBe(1)
})

it('delete forgets it, too', async () => {
  await writer.create(handle, { URL: 'x' })
  await read()
  await reader.delete(handle)
  expect(await reader.tryResolve(handle)).toBeUndefined()
})

it('a read that a write overtakes is not kept', async () => {
  const seen: string[] = []
  let answerRead: (() => void) | undefined
  const body = {
    responseCode: 1,
    handle: '21.T/x',
    values: [{ index: 1, type: 'URL', data: { format: 'string', value: 'old' }, ttl: 60 }],
  }
  const server = await startServer((request, response) => {
    seen.push(request.method)
    if (request.method !== 'GET') return json(response, 200, { responseCode: 1, handle: '21.T/x' })
    if (seen.length > 1) return json(response, 200, body)
    answerRead = () => json(response, 200, body)
    return undefined
  })
  const client = handleClient(server, { cache: true })
  const slow = client.resolve('21.T/x')
  await vi.waitUntil(() => answerRead)
  await client.delete('21.T/x')
  await client.resolve('21.T/x')
  answerRead?.()
  await slow
  await client.resolve('21.T/x')
  await client.resolve('21.T/x')
  expect(seen).toEqual(['GET', 'DELETE', 'GET'])
})

/** A server with one record, which tells what it was asked. */
async function serverWith(values: readonly object[], hold?: (request: Seen, answer: () => void) => void) {
  return startServer((request, response) => {
    const handle = decodeURIComponent(request.url.split(/[/?]/)[3] ?? '')
    const answer = (): void =>
      json(response, 200, { responseCode: 1, handle, ...(request.method === 'GET' && { values }) })
    if (hold) hold(request, answer)
    else answer()
  })
}
const text = (ttl: number | string): object => ({ index: 1, type: 'URL', data: { format: 'string', value: 'x' }, ttl })

it('writes of other handles do not disturb it', async () => {
  let release = (): void => {}
  const server = await serverWith([text(60)], ({ method }, answer) => {
    if (method === 'GET') release = answer
    else answer()
  })
  const client = handleClient(server, { cache: true })
  const reads = [client.resolve('21.T/x'), client.resolve('21.T/x')]
  await vi.waitUntil(() => server.seen.length === 1)
  await client.delete('21.T/y')
  reads.push(client.resolve('21.T/x'))
  release()
  await Promise.all(reads)
  await client.resolve('21.T/x')
  expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'DELETE'])
})

it.each<[string, (client: HandleClient, abort: () => AbortSignal) => Promise<unknown>]>([
  ['ran out of time', (client) => client.delete('21.T/x', { timeout: 20 })],
  ['was aborted', (client, abort) => client.delete('21.T/x', { signal: abort() })],
  ['a gateway gave up', (client) => client.delete('21.T/gateway')],
])('what is read while a write that %s may still happen is not kept', async (_what, write) => {
  const at = clock()
  const controller = new AbortController()
  const server = await startServer((request, response) => {
    const handle = /gateway/i.test(request.url) ? '21.T/gateway' : '21.T/x'
    if (request.method === 'GET') json(response, 200, { responseCode: 1, handle, values: [text(86_400)] })
    else if (handle === '21.T/gateway') response.writeHead(504).end('<html>')
    // An error of the library is a natural reason to stop the rest.
    else controller.abort(new HandleNotFoundError('HANDLE_NOT_FOUND', 'another one', { status: 404 }))
  })
  const client = handleClient(server, { cache: true, timeout: 1000, retries: 0 })
  await rejection(write(client, () => controller.signal))
  const name = /gateway/.test(server.seen[0]?.url ?? '') ? '21.T/GATEWAY' : '21.T/X'
  const reads = async (): Promise<number> => {
    const before = server.seen.length
    for (let i = 0; i < 2; i += 1) await client.resolve(name)
    return server.seen.length - before
  }
  expect(await reads()).toBe(2)
  at(61)
  expect(await reads()).toBe(1)
})

it.each(['3600', '1', 'soon', 'PT1H'])('a ttl that is neither a number nor a time (%s) is not obeyed', async (ttl) => {
  const server = await serverWith([text(ttl)])
  const client = handleClient(server, { cache: true })
  for (let i = 0; i < 2; i += 1) await client.resolve('21.T/x')
  expect(server.seen).toHaveLength(2)
})

it('what one caller changes in a record, another does not see', async () => {
  const group = { index: 2, type: 'HS_VLIST', data: { format: 'vlist', value: [{ handle: 'a/b', index: 1 }] }, ttl: 60 }
  const server = await serverWith([text(60), group])
  const client = handleClient(server, { cache: true })
  const [first, second] = await Promise.all([client.resolve('21.T/x'), client.resolve('21.T/x')])
  for (const record of [first, second, await client.resolve('21.T/x')]) {
    Reflect.apply(Array.prototype.push, record.values, ['junk'])
    for (const part of [record.toJSON().values, record.at(2)?.data]) {
      expect(() => Reflect.apply(Array.prototype.push, Reflect.get(Object(part), 'value') ?? part, [1])).toThrow(
        TypeError,
      )
    }
  }
  expect((await client.resolve('21.T/x')).values).toHaveLength(2)
  expect(server.seen).toHaveLength(1)
})

it('a read that others wait for may end before their time does', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const answers: (() => void)[] = []
  const server = await serverWith([text(60)], (_request, answer) => void answers.push(answer))
  const client = handleClient(server, { cache: true, timeout: 1000, retries: 0 })
  const first = rejection(client.resolve('21.T/x'))
  await vi.waitUntil(() => answers.length === 1)
  vi.advanceTimersByTime(900)
  const others = [client.resolve('21.T/x'), client.resolve('21.T/x')]
  vi.advanceTimersByTime(100)
  expect(await first).toEqual(code('TIMEOUT'))
  await vi.waitUntil(() => answers.length === 3)
  answers[1]?.()
  expect((await Promise.race(others)).text('URL')).toBe('x')
  // The other one has waited for 100 ms already.
  vi.advanceTimersByTime(900)
  const ends = await Promise.allSettled(others)
  expect(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))).toEqual([code('TIMEOUT')])
})

it('a record of very many values is kept like any other', async () => {
  const values = Array.from({ length: 150_000 }, (_, i) => ({ ...text(60), index: i + 1 }))
  const server = await serverWith(values)
  const client = handleClient(server, { cache: true })
  for (let i = 0; i < 2; i += 1) expect((await client.resolve('21.T/x')).toObject()['URL']).toHaveLength(values.length)
  expect(server.seen).toHaveLength(1)
})

it('authoritative reads ask, and let go of what was kept', async () => {
  await writer.create(handle, { URL: 'x' })
  await read()
  expect(await requestsOf(() => reader.resolve(handle, { authoritative: true }))).toBe(1)
  expect(await requestsOf(read)).toBe(1)
})

it('private values, records without values and handles that are not there are not kept', async () => {
  await writer.create(handle, { URL: 'x' })
  for (const call of [
    () => reader.resolve(handle, { publicOnly: false }),
    () => reader.resolve(handle, { types: ['NOTHING'] }),
    () => reader.tryResolve(`${handle}-nothing`),
  ]) {
    expect(await requestsOf(async () => [await call(), await call()])).toBe(2)
  }
})

it('keeps so many, and lets go of what was not used longest', async () => {
  reader = test.client(undefined, { cache: { maxRecords: 2 } })
  const [a, b, c] = ['a', 'b', 'c'].map((end) => `${handle}-${end}`)
  for (const name of [a, b, c]) await writer.create(name ?? '', { URL: 'x' })
  const resolve = (...which: (string | undefined)[]): Promise<number> =>
    requestsOf(async () => {
      for (const name of which) await reader.resolve(name ?? '')
    })
  expect(await resolve(a, b, a, c)).toBe(3)
  expect(await resolve(a, c)).toBe(0)
  expect(await resolve(b)).toBe(1)
})

it('without the option, and after close, nothing is kept', async () => {
  await writer.create(handle, { URL: 'x' })
  const plain = test.client()
  expect(await requestsOf(async () => [await plain.resolve(handle), await plain.resolve(handle)])).toBe(2)
  await read()
  await reader.close()
  expect(await rejection(read())).toMatchObject({ code: 'CLIENT_CLOSED' })
})

it.each([{ maxRecords: 0 }, { maxRecords: 1.5 }, { maxAge: 0 }, { maxAge: Number.NaN }, { size: 1 }])(
  'refuses %j',
  (cache) => {
    expect(() => test.client(undefined, { cache })).toThrow(/cache/)
  },
)
