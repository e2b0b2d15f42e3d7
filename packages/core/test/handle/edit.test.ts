import { HandleRecordError, type ValuesInput } from '@handlekit/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { admin, prefix, TestServer, writer } from '../support/handle-server.ts'
import { code } from '../support/rejection.ts'

const test = TestServer.ofFile()
let handle: string

/** What a record holds, private values included, seen behind the client's back: index → type and text. */
function contents(name = handle): Record<number, string> {
  const values = test.server.records.get(name) ?? []
  return Object.fromEntries(
    values.map(({ index, type, data }) => [
      index,
      `${type} ${typeof data.value === 'string' ? data.value : data.format}`,
    ]),
  )
}

const start = {
  1: 'URL https://one',
  2: 'PRIVATE hidden',
  3: 'KEYWORD a',
  4: 'KEYWORD b',
  5: 'NOTE n',
  100: 'HS_ADMIN admin',
}

beforeEach(async () => {
  handle = test.newHandle()
  await test.client().create(handle, [
    { index: 1, type: 'URL', data: 'https://one', ttl: 60 },
    { index: 2, type: 'PRIVATE', data: 'hidden', permissions: '1100' },
    { index: 3, type: 'KEYWORD', data: 'a' },
    { index: 4, type: 'KEYWORD', data: 'b' },
    { index: 5, type: 'NOTE', data: 'n', references: [{ handle: `${prefix}/ADMIN`, index: 300 }] },
  ])
  expect(contents()).toEqual(start)
})

describe('setValues', () => {
  it('writes only what differs, and keeps ttl, permissions and references', async () => {
    const client = test.client()
    const result = await client.setValues(handle, { URL: 'https://two', NOTE: 'n' })
    expect(result).toEqual({ handle, outcome: 'changed', indexes: [1] })
    expect(contents()).toEqual({ ...start, 1: 'URL https://two' })
    expect((await client.resolve(handle)).at(1)?.ttl).toBe(60)
    await client.setValues(handle, { PRIVATE: 'changed', NOTE: 'm' })
    const record = await client.resolve(handle, { publicOnly: false })
    expect(record.get('PRIVATE')?.permissions).toBe('1100')
    expect(record.get('NOTE')?.references).toEqual([{ handle: `${prefix}/ADMIN`, index: 300 }])
  })

  it('adds what the record does not have, at free indexes, past private values', async () => {
    const result = await test.client().setValues(handle, { CHECKSUM: 'x', NOTE: 'm', OTHER: ['1', '2'] })
    expect(result.indexes).toEqual([5, 6, 7, 8])
    expect(contents()).toEqual({ ...start, 5: 'NOTE m', 6: 'CHECKSUM x', 7: 'OTHER 1', 8: 'OTHER 2' })
  })

  it('adds nothing when it is to change only', async () => {
    const client = test.client()
    expect(await client.setValues(handle, { CHECKSUM: 'x' }, { addMissing: false })).toMatchObject({
      outcome: 'unchanged',
    })
    expect((await client.setValues(handle, { CHECKSUM: 'x', NOTE: 'm' }, { addMissing: false })).indexes).toEqual([5])
  })

  it('sends nothing but the read when nothing changes', async () => {
    const client = test.client()
    expect(await test.requestsOf(() => client.setValues(handle, { URL: 'https://one', KEYWORD: ['a', 'b'] }))).toBe(1)
    expect(await test.requestsOf(() => client.setValues(handle, { URL: 'https://two' }))).toBe(2)
    expect(await client.setValues(handle, {})).toMatchObject({ outcome: 'unchanged', indexes: [] })
  })

  it('sets several values of one type in their order', async () => {
    const client = test.client()
    expect((await client.setValues(handle, { KEYWORD: ['a', 'c'] })).indexes).toEqual([4])
    expect((await client.setValues(handle, { keyword: ['a', 'c', 'd'] })).indexes).toEqual([6])
    expect(contents()).toEqual({ ...start, 4: 'KEYWORD c', 6: 'keyword d' })
  })

  it('refuses to guess which of several is meant', async () => {
    const error: unknown = await test
      .client()
      .setValues(handle, { KEYWORD: 'c', URL: 'x' })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(HandleRecordError)
    expect(error).toMatchObject({ code: 'AMBIGUOUS_TYPE', handle, indexes: [3, 4] })
    expect(contents()).toEqual(start)
  })

  it('sets by index', async () => {
    const values = [
      { index: 4, type: 'KEYWORD', data: 'z' },
      { index: 9, type: 'NEW', data: 'n', ttl: 5 },
    ]
    expect((await test.client().setValues(handle, values)).indexes).toEqual([4, 9])
    expect(contents()).toEqual({ ...start, 4: 'KEYWORD z', 9: 'NEW n' })
  })

  it('changes ttl and permissions, also where the data stays', async () => {
    const client = test.client()
    const values = [{ type: 'URL', data: 'https://one', ttl: 7, permissions: '1100' }]
    expect((await client.setValues(handle, values)).indexes).toEqual([1])
    expect((await client.resolve(handle, { publicOnly: false })).at(1)).toMatchObject({ ttl: 7, permissions: '1100' })
  })

  it('puts a missing URL at index 1', async () => {
    const client = test.client()
    await client.removeValues(handle, 'URL')
    expect((await client.setValues(handle, { URL: 'https://back' })).indexes).toEqual([1])
  })

  it('keeps the value that another client added meanwhile', async () => {
    const clients = Array.from({ length: 8 }, () => test.client())
    await Promise.all(clients.map((client, i) => client.setValues(handle, { [`NEW-${i}`]: String(i) })))
    const texts = Object.values(contents())
    for (let i = 0; i < 8; i += 1) expect(texts).toContain(`NEW-${i} ${i}`)
    expect(texts).toContain('PRIVATE hidden')
  })

  it('does not overwrite a value that it cannot read', async () => {
    const half = `${prefix}/HALF`
    const client = test.client(writer)
    const result = await client.setValues(half, { URL: 'https://changed', ADDED: 'x' })
    expect(new Set(result.indexes)).toEqual(new Set([1, 3]))
    expect(contents(half)).toEqual({
      1: 'URL https://changed',
      2: 'SECRET hidden',
      3: 'ADDED x',
      100: 'HS_ADMIN admin',
      101: 'HS_ADMIN admin',
    })
  })

  it('can be planned', async () => {
    const { outcome, request, indexes } = await test
      .client()
      .setValues(handle, { URL: 'https://two', NEW: 'n' }, { plan: true })
    expect({ outcome, indexes }).toEqual({ outcome: 'planned', indexes: [1, 6] })
    expect(request?.url).toMatch(/\?index=1&index=6&overwrite=true$/)
    expect(contents()).toEqual(start)
    expect(await test.client().setValues(handle, { NOTE: 'n' }, { plan: true })).toEqual({
      handle,
      outcome: 'planned',
      indexes: [],
    })
  })

  it('is planned whole where it takes two requests', async () => {
    const plan = await test.client(writer).setValues(`${prefix}/HALF`, { URL: 'https://x', NEW: 'n' }, { plan: true })
    // As far as can be seen, 2 is free.
    expect(plan.indexes).toEqual([2, 1])
    expect(plan.requests?.map(({ url }) => url.slice(url.indexOf('?')))).toEqual([
      '?index=2&overwrite=false',
      '?index=1&overwrite=true',
    ])
    expect(plan.request).toBe(plan.requests?.[0])
  })

  it('tells that there is no such handle', async () => {
    await expect(test.client().setValues(`${prefix}/NOT-THERE`, { URL: 'x' })).rejects.toThrow(code('HANDLE_NOT_FOUND'))
  })
})

describe('addValues', () => {
  it('adds a further value of a type', async () => {
    const result = await test.client().addValues(handle, { KEYWORD: 'c' })
    expect(result).toEqual({ handle, outcome: 'changed', indexes: [6] })
    expect(contents()).toEqual({ ...start, 6: 'KEYWORD c' })
  })

  it('does not overwrite the index that it is told', async () => {
    await expect(test.client().addValues(handle, [{ index: 2, type: 'X', data: 'x' }])).rejects.toThrow(
      expect.objectContaining({ code: 'VALUE_ALREADY_EXISTS', status: 409, responseCode: 201 }),
    )
    expect(contents()).toEqual(start)
  })

  it('finds another place when another client was first', async () => {
    const clients = Array.from({ length: 4 }, () => test.client())
    const results = await Promise.all(clients.map((client, i) => client.addValues(handle, { KEYWORD: `k${i}` })))
    expect(new Set(results.flatMap(({ indexes }) => indexes)).size).toBe(4)
    expect(Object.values(contents()).filter((text) => text.startsWith('KEYWORD'))).toHaveLength(6)
  })
})

describe('updateValue', () => {
  it('sends back as it came what this version would not write', async () => {
    const admin = { handle: 'ADMIN', index: 300, permissions: 111111111111 }
    const odd = [
      { index: 5, type: '', data: { format: 'string', value: 'x' } },
      { index: 6, type: 'HS_ADMIN', data: { format: 'admin', value: { ...admin, permissions: '000000000000' } } },
      { index: 7, type: 'HS_ADMIN', data: { format: 'string', value: 'no administrator' } },
    ]
    test.server.records.put(handle, [
      ...(test.server.records.get(handle) ?? []).filter(({ index }) => index >= 100),
      ...odd,
    ])
    for (const { index } of odd) await test.client().updateValue(handle, index, { ttl: 60 })
    const after = test.server.records.get(handle)?.filter(({ index }) => index < 100)
    expect(after?.map(({ type, data, ttl }) => ({ type, data, ttl }))).toEqual(
      odd.map(({ type, data }) => ({ type, data, ttl: 60 })),
    )
    await expect(test.client().updateValue(handle, 7, { type: 'HS_ADMIN.x' })).rejects.toThrow(code('INVALID_VALUE'))
  })

  it('changes one value and keeps the rest of it', async () => {
    const client = test.client()
    expect(await client.updateValue(handle, 5, { data: 'm' })).toEqual({ handle, outcome: 'changed', indexes: [5] })
    expect((await client.resolve(handle)).at(5)).toMatchObject({
      type: 'NOTE',
      data: { value: 'm' },
      references: [{ handle: `${prefix}/ADMIN`, index: 300 }],
    })
    await client.updateValue(handle, 5, { ttl: 9 })
    await client.updateValue(handle, 5, { type: 'REMARK', references: [] })
    expect((await client.resolve(handle)).at(5)).toMatchObject({
      type: 'REMARK',
      ttl: 9,
      data: { value: 'm' },
      references: [],
    })
    expect(contents()).toEqual({ ...start, 5: 'REMARK m' })
  })

  it('tells the two values of a type apart', async () => {
    await test.client().updateValue(handle, 4, { data: 'B' })
    expect(contents()).toEqual({ ...start, 4: 'KEYWORD B' })
  })

  it('changes an administrator', async () => {
    const data = {
      format: 'admin',
      value: { handle: `0.NA/${prefix}`, index: 200, permissions: '111111111111' },
    } as const
    await test.client().updateValue(handle, 100, { data })
    expect((await test.client().resolve(handle)).at(100)?.data).toEqual(data)
  })

  it('sends nothing when nothing changes', async () => {
    expect(await test.client().updateValue(handle, 5, { data: 'n', ttl: 86_400 })).toMatchObject({
      outcome: 'unchanged',
    })
  })

  it('tells that there is no such value', async () => {
    await expect(test.client().updateValue(handle, 77, { data: 'x' })).rejects.toThrow(code('NO_SUCH_VALUE'))
    await expect(test.client().updateValue(handle, 0, { data: 'x' })).rejects.toThrow(code('INVALID_INDEX'))
    await expect(test.client().updateValue(handle, 5, {})).rejects.toThrow(code('INVALID_VALUE'))
  })
})

describe('removeValues', () => {
  it('removes by type, by index, and both', async () => {
    const client = test.client()
    expect(await client.removeValues(handle, 'keyword')).toEqual({ handle, outcome: 'changed', indexes: [3, 4] })
    expect((await client.removeValues(handle, [5, 'PRIVATE'])).indexes).toEqual([2, 5])
    expect(contents()).toEqual({ 1: 'URL https://one', 100: 'HS_ADMIN admin' })
  })

  it('never turns into the removal of everything', async () => {
    const client = test.client()
    expect(await client.removeValues(handle, 'NOPE')).toMatchObject({ outcome: 'unchanged', indexes: [] })
    expect(await client.removeValues(handle, [])).toMatchObject({ outcome: 'unchanged' })
    expect(await client.removeValues(handle, 77)).toMatchObject({ outcome: 'unchanged' })
    expect(contents()).toEqual(start)
  })

  it('protects the administrators', async () => {
    const client = test.client()
    await expect(client.removeValues(handle, 'HS_ADMIN')).rejects.toThrow(code('ADMIN_PROTECTED'))
    await expect(client.removeValues(handle, [1, 100])).rejects.toThrow(code('ADMIN_PROTECTED'))
    expect(contents()).toEqual(start)
    expect((await client.removeValues(handle, 100, { includeAdmin: true })).indexes).toEqual([100])
  })

  it('can be planned', async () => {
    const { request } = await test.client().removeValues(handle, 'KEYWORD', { plan: true })
    expect(request).toMatchObject({ method: 'DELETE', url: expect.stringMatching(/\?index=3&index=4$/) })
    expect(contents()).toEqual(start)
  })
})

describe('an edit', () => {
  it('writes a record’s own values back', async () => {
    const client = test.client()
    const { values } = await client.resolve(handle, { publicOnly: false })
    const copy: ValuesInput = values
    await client.create(`${handle}-copy`, copy)
    expect(contents(`${handle}-copy`)).toEqual(start)
    expect((await client.setValues(handle, copy)).outcome).toBe('unchanged')
  })

  it('is refused for a user without the right, and nothing is written', async () => {
    const client = test.client({ ...writer })
    await expect(client.setValues(handle, { URL: 'https://two' })).rejects.toThrow(code('PERMISSION_DENIED'))
    await expect(client.removeValues(`${prefix}/HALF`, 'URL')).rejects.toThrow(code('PERMISSION_DENIED'))
    expect(contents()).toEqual(start)
    expect(admin.username).toBe(`300:${prefix}/ADMIN`)
  })
})

it('a client that is closed in the middle of an edit finishes it first', async () => {
  const client = test.client()
  const editing = client.setValues(handle, { URL: 'https://closing' })
  await client.close()
  expect(await editing).toMatchObject({ outcome: 'changed' })
  expect(contents()).toEqual({ ...start, 1: 'URL https://closing' })
  await expect(client.resolve(handle)).rejects.toThrow(code('CLIENT_CLOSED'))
})
