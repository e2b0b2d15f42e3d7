import { HandleAlreadyExistsError, type HandleClient } from '@handlekit/core'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { handleClient } from '../../../core/test/support/client.ts'
import { admin, prefix, stranger, TestServer } from '../../../core/test/support/handle-server.ts'
import { code, rejection } from '../../../core/test/support/rejection.ts'
import { json, startServer } from '../../../core/test/support/server.ts'
import { requestsTo, sent, serverWith, text } from './support/defects.ts'

// The defects of B2HANDLE and PYHANDLE that lie in how they create, change and delete.

const test = TestServer.ofFile()
let client: HandleClient
let handle: string

beforeAll(() => {
  client = test.client()
})
beforeEach(() => {
  handle = test.newHandle()
})

const stored = (): unknown => test.server.records.get(handle)

it('Q4: who administers a record can be changed, and the caller’s object stays as it was', async () => {
  await client.create(handle, { URL: 'https://example.org' })
  const value = Object.freeze({ handle: `${prefix}/ADMIN`, index: 300, permissions: '111111111111' })
  const data = Object.freeze({ format: 'admin', value } as const)
  expect((await client.updateValue(handle, 100, { data })).indexes).toEqual([100])
  expect((await client.resolve(handle)).at(100)?.data).toEqual({ format: 'admin', value })
  const other = Object.freeze({ ...value, permissions: '011111110011' })
  const values = Object.freeze({ HS_ADMIN: Object.freeze({ format: 'admin', value: other } as const) })
  expect((await client.setValues(handle, values)).indexes).toEqual([100])
  expect((await client.resolve(handle)).at(100)?.data).toEqual({ format: 'admin', value: other })
  expect(values).toEqual({ HS_ADMIN: { format: 'admin', value: other } })
})

it('Q4: a value that comes without a timestamp can be changed like any other', async () => {
  const server = await serverWith('21.T/x', [text(1, 'URL', 'https://example.org'), text(3, 'NOTE', 'x')])
  const asking = handleClient(server)
  expect((await asking.resolve('21.T/x')).at(1)?.timestamp).toBeUndefined()
  expect((await asking.setValues('21.T/x', { URL: 'https://example.org/new', NOTE: 'y' })).indexes).toEqual([1, 3])
  expect((await asking.updateValue('21.T/x', 1, { ttl: 60 })).indexes).toEqual([1])
  expect(sent(server.seen[2])).toEqual({
    values: [text(1, 'URL', 'https://example.org/new'), text(3, 'NOTE', 'y')],
  })
})

it('Q5: of several clients that make a handle, the others learn that it exists', async () => {
  const calls = ['one', 'two', 'three'].map((NOTE) => test.client().create(handle, { NOTE }))
  const ends = await Promise.allSettled(calls)
  const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  expect(lost).toHaveLength(2)
  for (const error of lost) {
    expect(error).toBeInstanceOf(HandleAlreadyExistsError)
    expect(error).toMatchObject({ code: 'HANDLE_ALREADY_EXISTS', status: 409, responseCode: 101, handle })
  }
})

it('Q5: an index that somebody took is an error of its own', async () => {
  await client.create(handle, { URL: 'https://example.org' })
  const taken = client.addValues(handle, [{ type: 'NOTE', data: 'x', index: 1 }])
  expect(await rejection(taken)).toMatchObject({ code: 'VALUE_ALREADY_EXISTS', status: 409, responseCode: 201, handle })
  expect((await client.resolve(handle)).text('URL')).toBe('https://example.org')
})

it('Q6: a handle without values is a record without values, and can be edited', async () => {
  const server = await startServer(({ method }, response) =>
    json(response, 200, { responseCode: method === 'GET' ? 200 : 1, handle: '21.T/empty' }),
  )
  const asking = handleClient(server)
  const record = await asking.resolve('21.T/empty')
  expect(record.values).toEqual([])
  expect(record.text('URL')).toBeUndefined()
  expect(record.toObject()).toEqual({})
  expect(record.locations.length).toBe(0)
  expect((await asking.setValues('21.T/empty', { URL: 'x', NOTE: 'y' })).indexes).toEqual([1, 2])
  expect((await asking.locations.add('21.T/empty', ['https://example.org'])).indexes).toEqual([2])
  expect((await asking.removeValues('21.T/empty', 'URL')).outcome).toBe('unchanged')
})

it('Q6: whether an empty handle exists is the server’s answer to creating it, not the client’s guess', async () => {
  const server = await startServer((_request, response) => json(response, 201, { responseCode: 1, handle: '21.T/new' }))
  expect((await handleClient(server).create('21.T/new', { URL: 'x' })).outcome).toBe('created')
  expect(requestsTo(server)).toEqual(['PUT /api/handles/21.T%2Fnew?overwrite=false'])
})

it('Q10: where nothing is to change, nothing is written, and the result says so', async () => {
  await client.create(handle, { URL: 'https://example.org', NOTE: ['a', 'b'] })
  const before = stored()
  const edits = [
    () => client.setValues(handle, {}),
    () => client.setValues(handle, { URL: 'https://example.org', NOTE: ['a', 'b'] }),
    () => client.setValues(handle, { MISSING: 'x' }, { addMissing: false }),
    () => client.addValues(handle, []),
    () => client.updateValue(handle, 1, { data: 'https://example.org' }),
    () => client.removeValues(handle, ['MISSING', 77]),
    () => client.removeValues(handle, []),
    () => client.locations.remove(handle, ['https://example.org/gone']),
    () => client.locations.replace(handle, 'https://example.org/gone', 'https://example.org/x'),
    () => client.locations.add(handle, []),
  ]
  for (const edit of edits) {
    // The one request reads.
    const requests = await test.requestsOf(async () =>
      expect(await edit()).toEqual({ handle, outcome: 'unchanged', indexes: [] }),
    )
    expect(requests).toBe(1)
  }
  expect(stored()).toEqual(before)
})

it('Q11: a deletion that failed says why, whatever the answer looks like', async () => {
  const answers: [number, string, object][] = [
    [404, '<!DOCTYPE html><title>Not here</title>', { name: 'HandleResponseError', code: 'BAD_REQUEST', status: 404 }],
    [404, '{"responseCode":100}', { name: 'HandleNotFoundError', status: 404, responseCode: 100 }],
    [403, '{"responseCode":400}', { name: 'HandlePermissionError', status: 403, responseCode: 400 }],
    [500, '', { name: 'HandleResponseError', code: 'SERVER_ERROR', status: 500 }],
    [200, '<html>Welcome</html>', { name: 'HandleProtocolError', code: 'NOT_JSON', status: 200 }],
  ]
  for (const [status, body, expected] of answers) {
    const server = await startServer((_request, response) => response.writeHead(status).end(body))
    expect(await rejection(handleClient(server).delete('21.T/x'))).toMatchObject({ ...expected, handle: '21.T/x' })
  }
})

it('Q13: what a call is told reaches the server: replacing replaces, and stores no yes or no', async () => {
  await client.create(handle, { URL: 'https://example.org/old', NOTE: 'x' })
  const values = { URL: 'https://example.org/new' }
  expect(await rejection(client.create(handle, values))).toEqual(code('HANDLE_ALREADY_EXISTS'))
  expect(await client.create(handle, values, { ifExists: 'replace' })).toMatchObject({ outcome: 'replaced' })
  expect((await client.resolve(handle)).values.map(({ type }) => type)).toEqual(['URL', 'HS_ADMIN'])
})

it('Q13: every call gives its result', async () => {
  expect(await client.create(handle, { URL: 'x' })).toEqual({ handle, outcome: 'created', indexes: [1, 100] })
  expect(await client.setValues(handle, { URL: 'y' })).toEqual({ handle, outcome: 'changed', indexes: [1] })
  expect(await client.addValues(handle, { NOTE: 'z' })).toEqual({ handle, outcome: 'changed', indexes: [2] })
  expect(await client.removeValues(handle, 'NOTE')).toEqual({ handle, outcome: 'changed', indexes: [2] })
  expect(await client.delete(handle)).toEqual({ handle, outcome: 'deleted', indexes: [] })
})

it.each<[string, string | undefined, object]>([
  ['of nobody in particular', undefined, { handle: `0.NA/${prefix}`, index: 200 }],
  ['that is named', admin.username, { handle: `${prefix}/ADMIN`, index: 300 }],
])('Q17: the index of an administrator %s is sent as a number', async (_whose, owner, expected) => {
  const plan = await client.create(handle, { URL: 'x' }, { plan: true, ...(owner && { admin: { owner } }) })
  expect(plan.request?.body?.values[1]).toMatchObject({
    index: 100,
    type: 'HS_ADMIN',
    data: { format: 'admin', value: { ...expected, permissions: '011111110011' } },
  })
})

// There is no client for the server's MySQL tables. What went wrong there goes through the server here.
it('Q24: replacing is one request: another who reads never finds the handle gone', async () => {
  await client.create(handle, { URL: 'https://example.org/old' })
  const replacing = (): Promise<unknown> => client.create(handle, { URL: 'x' }, { ifExists: 'replace' })
  expect(await test.requestsOf(replacing)).toBe(1)
  const ended = await rejection(test.client(stranger).create(handle, { URL: 'y' }, { ifExists: 'replace' }))
  expect(ended).toEqual(code('PERMISSION_DENIED'))
  expect((await client.resolve(handle)).text('URL')).toBe('x')
})

it('Q24: an administrator’s name may have any length, and the value behind it is there', async () => {
  for (const name of ['A', 'ADMIN', 'A-VERY-LONG-NAME-OF-AN-ADMINISTRATOR']) {
    const owner = `300:${prefix}/${name}`
    await client.create(handle, { NOTE: 'behind' }, { ifExists: 'replace', admin: { owner, index: 1 } })
    const record = await client.resolve(handle)
    expect(record.at(1)?.data).toMatchObject({ value: { handle: `${prefix}/${name}`, index: 300 } })
    expect(record.text('NOTE')).toBe('behind')
    test.server.records.delete(handle)
  }
})

it('Q30: minting leaves a handle that has the name already alone, and tries another', async () => {
  await client.create(handle, { URL: 'https://example.org/kept' })
  const before = stored()
  const free = test.newHandle()
  const suffixes = [handle, free].map((name) => name.slice(prefix.length + 1))
  const minted = await client.mint(prefix, { URL: 'x' }, { suffix: (attempt) => suffixes[attempt - 1] ?? 'NONE' })
  expect(minted).toMatchObject({ handle: free, outcome: 'created' })
  expect(stored()).toEqual(before)
})

it('Q30: minting gives up rather than replace', async () => {
  await client.create(handle, { URL: 'https://example.org/kept' })
  const before = stored()
  const suffix = (): string => handle.slice(prefix.length + 1)
  await expect(client.mint(prefix, { URL: 'x' }, { suffix })).rejects.toThrow(HandleAlreadyExistsError)
  expect(stored()).toEqual(before)
  const [one, other] = [await client.mint(prefix, {}), await client.mint(prefix, {})]
  expect(one.handle).not.toBe(other.handle)
})

it('Q31: a URL that setValues or addValues adds goes to index 1, where it is free', async () => {
  await client.create(handle, { NOTE: 'x' })
  expect((await client.setValues(handle, { URL: 'https://example.org', OTHER: 'y' })).indexes).toEqual([1, 3])
  expect((await client.addValues(handle, { URL: 'https://example.org/2' })).indexes).toEqual([4])
  await client.removeValues(handle, 1)
  expect((await client.addValues(handle, { URL: 'https://example.org/3' })).indexes).toEqual([1])
})
