import { HandleAlreadyExistsError, HandlePermissionError, type ValuesInput } from '@handlekit/core'
import { describe, expect, it } from 'vitest'
import { admin, prefix, stranger, TestServer } from '../support/handle-server.ts'
import { code, rejection } from '../support/rejection.ts'

const test = TestServer.ofFile()

const newName = (): string => test.newHandle()
describe('create', () => {
  it('puts URL at 1, others from 2, and the administrator at 100', async () => {
    const client = test.client()
    const handle = newName()
    const result = await client.create(handle, { CHECKSUM: 'abc', URL: 'https://example.org', KEYWORD: ['a', 'b'] })
    expect(result).toEqual({ handle, outcome: 'created', indexes: [1, 2, 3, 4, 100] })
    const record = await client.resolve(handle)
    expect(record.values.map(({ index, type }) => [index, type])).toEqual([
      [1, 'URL'],
      [2, 'CHECKSUM'],
      [3, 'KEYWORD'],
      [4, 'KEYWORD'],
      [100, 'HS_ADMIN'],
    ])
    expect(record.at(100)?.data).toEqual({
      format: 'admin',
      value: { handle: `0.NA/${prefix}`, index: 200, permissions: '011111110011' },
    })
  })

  it('keeps the indexes that are given, and places the rest around them', async () => {
    const client = test.client()
    const handle = newName()
    const values = [
      { type: 'A', data: 'a' },
      { type: 'B', data: 'b', index: 2 },
      { type: 'URL', data: 'https://one' },
      { type: 'URL', data: 'https://two' },
      { type: 'C', data: 'c', index: 100 },
    ]
    expect((await client.create(handle, values)).indexes).toEqual([1, 2, 3, 4, 100, 101])
    const record = await client.resolve(handle)
    expect(record.at(3)?.type).toBe('A')
    expect(record.at(4)?.type).toBe('URL')
    expect(record.at(101)?.type).toBe('HS_ADMIN')
  })

  it('leaves out 100 to 199', async () => {
    const values = Array.from({ length: 100 }, (_, i) => ({ type: 'T', data: String(i) }))
    const { indexes } = await test.client().create(newName(), values)
    expect(indexes.slice(-4)).toEqual([99, 100, 200, 201])
  })

  it('takes the owner and the permissions that are asked for, of the client or of the call', async () => {
    const handle = newName()
    const client = test.client(undefined, { admin: { owner: `300:${prefix}/ADMIN`, permissions: '111111111111' } })
    await client.create(handle, { URL: 'https://example.org' })
    expect((await client.resolve(handle)).at(100)?.data).toEqual({
      format: 'admin',
      value: { handle: `${prefix}/ADMIN`, index: 300, permissions: '111111111111' },
    })
    const other = newName()
    await client.create(other, { URL: 'x' }, { admin: { permissions: ['ADD_VALUE', 'DELETE_HANDLE'], index: 150 } })
    expect((await client.resolve(other)).at(150)?.data).toMatchObject({
      value: { handle: `0.NA/${prefix}`, permissions: '000001000010' },
    })
    const locked = newName()
    await client.create(locked, { URL: 'x' }, { admin: false })
    expect((await client.resolve(locked)).get('HS_ADMIN')).toBeUndefined()
  })

  it('adds no administrator where one is given', async () => {
    const handle = newName()
    const data = {
      format: 'admin',
      value: { handle: `${prefix}/ADMIN`, index: 300, permissions: '111111111111' },
    } as const
    await test.client().create(handle, [{ type: 'HS_ADMIN', data, index: 105 }])
    expect((await test.client().resolve(handle)).indexesOf('HS_ADMIN')).toEqual([105])
  })

  it('keeps private what is private, whichever bits that takes', async () => {
    const handle = newName()
    const all = ['1110', '1100', '0110', '0000', '1111', '0001']
    await test.client().create(
      handle,
      all.map((permissions, i) => ({ type: 'T', data: 'x', index: i + 1, permissions })),
    )
    const kept = test.server.records.get(handle)?.slice(0, all.length)
    expect(kept?.map((value) => value.permissions ?? '1110')).toEqual(all)
  })

  it('refuses to touch an existing handle, and replaces it when asked to', async () => {
    const client = test.client()
    const handle = newName()
    await client.create(handle, { URL: 'https://one', EXTRA: 'x' })
    const error: unknown = await client.create(handle, { URL: 'https://two' }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(HandleAlreadyExistsError)
    expect(error).toMatchObject({ code: 'HANDLE_ALREADY_EXISTS', status: 409, responseCode: 101, handle })
    expect((await client.resolve(handle)).text('URL')).toBe('https://one')
    const result = await client.create(handle, { URL: 'https://two' }, { ifExists: 'replace' })
    expect(result.outcome).toBe('replaced')
    expect((await client.resolve(handle)).toObject()).toEqual({ URL: ['https://two'] })
  })

  it('lets one of twenty clients win a race, and tells the others', async () => {
    const handle = newName()
    const clients = Array.from({ length: 20 }, () => test.client())
    const results = await Promise.allSettled(clients.map((client, i) => client.create(handle, { URL: `https://${i}` })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(HandleAlreadyExistsError.isInstance(result.reason)).toBe(true)
    }
  })

  it('asks no question first', async () => {
    const client = test.client()
    const before = test.server.counters.requests
    await client.create(newName(), { URL: 'x' })
    expect(test.server.counters.requests - before).toBe(1)
  })

  it('tells who may not', async () => {
    const error: unknown = await test
      .client(stranger)
      .create(newName(), { URL: 'x' })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(HandlePermissionError)
    expect(error).toMatchObject({
      code: 'PERMISSION_DENIED',
      identity: stranger.username,
      responseCode: 400,
      status: 403,
    })
    expect(String(error)).toContain(stranger.username)
    await expect(test.anonymous().create(newName(), { URL: 'x' })).rejects.toThrow(code('AUTH_REQUIRED'))
  })

  it('shows what it would send, without the secrets, and sends nothing', async () => {
    const handle = newName()
    const before = test.server.counters.requests
    const result = await test.client().create(
      handle,
      [
        { type: 'URL', data: 'https://example.org' },
        { type: 'HS_SECKEY', data: 'canary-secret', permissions: '1100' },
      ],
      { plan: true },
    )
    expect(result.outcome).toBe('planned')
    expect(result.request).toMatchObject({
      method: 'PUT',
      url: `${test.server.httpsUrl}/api/handles/${encodeURIComponent(handle)}?overwrite=false`,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    expect(result.request?.body?.values).toHaveLength(3)
    expect(JSON.stringify(result)).not.toContain('canary-secret')
    expect(test.server.counters.requests).toBe(before)
  })

  const bad: [string, string, ValuesInput][] = [
    ['index 0', 'INVALID_INDEX', [{ index: 0, type: 'URL', data: 'x' }]],
    ['index -1', 'INVALID_INDEX', [{ index: -1, type: 'URL', data: 'x' }]],
    ['index 1.5', 'INVALID_INDEX', [{ index: 1.5, type: 'URL', data: 'x' }]],
    ['an index over 2147483647', 'INVALID_INDEX', [{ index: 2 ** 31, type: 'URL', data: 'x' }]],
    [
      'the same index twice',
      'DUPLICATE_INDEX',
      [
        { index: 1, type: 'URL', data: 'x' },
        { index: 1, type: 'B', data: 'x' },
      ],
    ],
    ['an empty type', 'INVALID_VALUE', { '': 'x' }],
    ['HS_ADMIN as text', 'INVALID_VALUE', { HS_ADMIN: 'me' }],
    ['broken Unicode', 'INVALID_VALUE', { URL: '\ud800' }],
    ['a ttl below 0', 'INVALID_VALUE', [{ type: 'URL', data: 'x', ttl: -1 }]],
    ['a ttl after 2038', 'INVALID_VALUE', [{ type: 'URL', data: 'x', ttl: new Date('2040-01-01T00:00:00Z') }]],
    ['three digits of permissions', 'INVALID_VALUE', [{ type: 'URL', data: 'x', permissions: '110' }]],
    // @ts-expect-error: a number is no data
    ['a number as data', 'INVALID_VALUE', { URL: 5 }],
    // @ts-expect-error: no data
    ['no data', 'INVALID_VALUE', [{ type: 'URL' }]],
    // @ts-expect-error: misspelt
    ['an unknown member', 'UNKNOWN_OPTION', [{ type: 'URL', data: 'x', tll: 5 }]],
    // @ts-expect-error: no such format
    ['an unknown format', 'INVALID_VALUE', { URL: { format: 'xml', value: '<a/>' } }],
    // @ts-expect-error: text
    ['text', 'INVALID_VALUE', 'https://example.org'],
  ]
  it.each(['90', '3600', '0', 'June 2031', '2030-01-01T00:00:00', '2030-02-30T00:00:00Z'])(
    "refuses '%s' as ttl, which JavaScript takes for a time",
    async (ttl) => {
      const values = [{ type: 'URL', data: 'x', ttl }]
      await expect(test.client().create(newName(), values)).rejects.toThrow(code('INVALID_VALUE'))
    },
  )

  it.each(bad)('refuses %s (%s) before any request', async (_what, expected, values) => {
    const before = test.server.counters.requests
    await expect(test.client().create(newName(), values)).rejects.toThrow(code(expected))
    expect(test.server.counters.requests).toBe(before)
  })

  it.each([
    ['an unknown option', 'UNKNOWN_OPTION', { index: 100, ownr: admin.username }],
    ['an owner that is none', 'INVALID_HANDLE', { owner: 'me' }],
    ['rights that are none', 'INVALID_VALUE', { permissions: '1' }],
  ])('refuses an admin with %s before any request', async (_what, expected, bad) => {
    const before = test.server.counters.requests
    const client = test.client()
    await expect(client.create(newName(), { URL: 'x' }, { admin: bad })).rejects.toThrow(code(expected))
    await expect(client.mint(prefix, { URL: 'x' }, { admin: bad })).rejects.toThrow(code(expected))
    expect(test.server.counters.requests).toBe(before)
  })

  it('refuses a bad name and an unknown option before any request', async () => {
    const before = test.server.counters.requests
    await expect(test.client().create('noslash', { URL: 'x' })).rejects.toThrow(code('INVALID_HANDLE'))
    // @ts-expect-error: misspelt
    await expect(test.client().create(newName(), { URL: 'x' }, { overwrite: true })).rejects.toThrow(
      code('UNKNOWN_OPTION'),
    )
    // @ts-expect-error: no such choice
    await expect(test.client().create(newName(), { URL: 'x' }, { ifExists: 'ask' })).rejects.toThrow(
      code('INVALID_OPTION'),
    )
    expect(test.server.counters.requests).toBe(before)
  })
})

describe('mint', () => {
  it('makes a UUID', async () => {
    const { handle, outcome } = await test.client().mint(prefix, { URL: 'https://example.org' })
    expect(handle).toMatch(
      new RegExp(`^${prefix}/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`),
    )
    expect(outcome).toBe('created')
    expect((await test.client().resolve(handle)).text('URL')).toBe('https://example.org')
  })

  it('lets the server make the name', async () => {
    const { handle, outcome } = await test.client().mint(prefix, { URL: 'https://example.org' }, { suffix: 'server' })
    expect(handle.startsWith(`${prefix}/`)).toBe(true)
    expect(outcome).toBe('created')
    expect((await test.client().resolve(handle)).text('URL')).toBe('https://example.org')
    expect(await test.client().tryResolve(`${prefix}/new`)).toBeUndefined()
  })

  it('asks a function, again when the name is taken, and replaces nothing', async () => {
    const taken = newName()
    await test.client().create(taken, { URL: 'https://kept' })
    const asked: number[] = []
    const suffix = (attempt: number): string => {
      asked.push(attempt)
      return attempt < 3 ? taken.slice(prefix.length + 1) : 'minted-by-function'
    }
    const { handle } = await test.client().mint(prefix, { URL: 'https://new' }, { suffix })
    expect(handle).toBe(`${prefix}/minted-by-function`)
    expect(asked).toEqual([1, 2, 3])
    expect((await test.client().resolve(taken)).text('URL')).toBe('https://kept')
  })

  it('gives up on a function that has only taken names', async () => {
    const taken = newName()
    await test.client().create(taken, { URL: 'https://kept' })
    const suffix = async (): Promise<string> => taken.slice(prefix.length + 1)
    const error = await rejection(test.client().mint(prefix, { URL: 'x' }, { suffix }))
    expect(error).toBeInstanceOf(HandleAlreadyExistsError)
    expect(error).toMatchObject({ handle: taken, status: 409, message: expect.stringContaining('5 names were tried') })
    expect(String(error)).not.toContain('ifExists')
  })

  it.each([undefined, null, '', 7, {}])('makes no handle of a suffix that is none: %s', async (given) => {
    const suffix = (): unknown => given
    const before = test.server.counters.requests
    // @ts-expect-error: no text
    const minting = test.client().mint(prefix, { URL: 'x' }, { suffix })
    await expect(minting).rejects.toThrow(code('INVALID_HANDLE'))
    expect(test.server.counters.requests).toBe(before)
  })

  it('takes the handle of a prefix for the prefix', async () => {
    const { handle } = await test.client().mint(`0.NA/${prefix}`, { URL: 'x' })
    expect(handle.startsWith(`${prefix}/`)).toBe(true)
    await expect(test.client().mint(`hdl:${prefix}`, { URL: 'x' })).rejects.toThrow(code('INVALID_HANDLE'))
  })

  it('refuses a prefix with a slash', async () => {
    await expect(test.client().mint(`${prefix}/a`, { URL: 'x' })).rejects.toThrow(code('INVALID_HANDLE'))
  })
})

describe('delete', () => {
  it('deletes a handle with all its values', async () => {
    const client = test.client()
    const handle = newName()
    await client.create(handle, { URL: 'x' })
    expect(await client.delete(`hdl:${handle}`)).toEqual({ handle, outcome: 'deleted', indexes: [] })
    expect(await client.tryResolve(handle)).toBeUndefined()
  })

  it('tells that there is none, unless that is fine', async () => {
    const handle = newName()
    await expect(test.client().delete(handle)).rejects.toThrow(code('HANDLE_NOT_FOUND'))
    expect(await test.client().delete(handle, { ifMissing: 'ignore' })).toMatchObject({ outcome: 'unchanged' })
  })

  it('can be planned', async () => {
    const client = test.client()
    const handle = newName()
    await client.create(handle, { URL: 'x' })
    const { request } = await client.delete(handle, { plan: true })
    expect(request).toMatchObject({ method: 'DELETE', url: expect.stringContaining(encodeURIComponent(handle)) })
    expect((await client.resolve(handle)).text('URL')).toBe('x')
  })
})
