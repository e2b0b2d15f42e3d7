import { basicAuth } from '@handlekit/auth-basic'
import { HandleClient } from '@handlekit/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { handleClient } from '../support/client.ts'
import { token } from '../support/credentials.ts'
import { admin, prefix, TestServer, writer } from '../support/handle-server.ts'
import { code, rejection } from '../support/rejection.ts'
import { json, startServer } from '../support/server.ts'

// What cannot be read is not what is not there.

const test = TestServer.ofFile()
let handle: string

const text = (value: string): object => ({ format: 'string', value })
const adminValue = (index: number, user: string, permissions: string): object => ({
  index,
  type: 'HS_ADMIN',
  data: { format: 'admin', value: { handle: user.slice('300:'.length), index: 300, permissions } },
})

/** A secret that administrators may read, behind a value that nobody may: the record cannot be read as a whole. */
beforeEach(() => {
  handle = test.newHandle()
  test.server.records.put(handle, [
    { index: 1, type: 'URL', data: text('https://example.org') },
    { index: 5, type: 'NOBODY', data: text('x'), permissions: '00100' },
    adminValue(100, admin.username, '111111111111'),
    // ADD_VALUE, REMOVE_VALUE and MODIFY_VALUE, not READ_VALUE.
    adminValue(101, writer.username, '000001110000'),
    { index: 300, type: 'HS_SECKEY', data: text('canary-old'), permissions: '1100' },
  ])
})

function at(index: number): unknown {
  const value = test.server.records.get(handle)?.find((one) => one.index === index)
  return value && `${value.type} ${JSON.stringify(value.data.value)} ${value.permissions ?? '1110'}`
}

const indexes = (): number[] => (test.server.records.get(handle) ?? []).map(({ index }) => index)

describe('a value that the credentials may read by itself', () => {
  it('is changed by its type, and stays private', async () => {
    const client = test.client()
    expect(await client.setValues(handle, { HS_SECKEY: 'canary-new' })).toMatchObject({ indexes: [300] })
    expect(at(300)).toBe('HS_SECKEY "canary-new" 1100')
    expect(indexes()).toEqual([1, 5, 100, 101, 300])
  })

  it('is changed and removed by its index', async () => {
    const client = test.client()
    await client.updateValue(handle, 300, { data: 'canary-new' })
    expect(at(300)).toBe('HS_SECKEY "canary-new" 1100')
    await client.setValues(handle, [{ index: 300, type: 'HS_SECKEY', data: 'canary-newer' }])
    expect(at(300)).toBe('HS_SECKEY "canary-newer" 1100')
    expect(await client.removeValues(handle, 'HS_SECKEY')).toMatchObject({ outcome: 'changed', indexes: [300] })
    expect(indexes()).toEqual([1, 5, 100, 101])
    expect(await client.removeValues(handle, [300, 'HS_SECKEY'])).toMatchObject({ outcome: 'unchanged' })
  })
})

describe('a value that the credentials may not read', () => {
  const edits: [string, (client: HandleClient) => Promise<unknown>][] = [
    ['setValues by type', (client) => client.setValues(handle, { URL: 'https://moved', HS_SECKEY: 'new' })],
    ['setValues without adding', (client) => client.setValues(handle, { hs_seckey: 'new' }, { addMissing: false })],
    [
      'setValues by index',
      (client) => client.setValues(handle, [{ index: 300, type: 'HS_SECKEY', data: 'new', permissions: '1100' }]),
    ],
    ['updateValue', (client) => client.updateValue(handle, 300, { data: 'new' })],
    ['removeValues by type', (client) => client.removeValues(handle, 'HS_SECKEY')],
    ['removeValues by index', (client) => client.removeValues(handle, [1, 300])],
    ['a group', (client) => client.groups.add(handle, 300, writer.username)],
  ]

  it.each(edits)('is no missing one: %s', async (_name, edit) => {
    const before = test.server.records.get(handle)
    const error = await rejection(edit(test.client(writer)))
    expect(error).toMatchObject({ code: 'INCOMPLETE_READ', handle })
    expect(String(error)).toMatch(/READ_VALUE/)
    expect(test.server.records.get(handle)).toEqual(before)
  })

  it('hides locations, too', async () => {
    test.server.records.put(handle, [
      ...(test.server.records.get(handle) ?? []),
      { index: 3, type: '10320/loc.x', data: text('<locations/>'), permissions: '1100' },
    ])
    const { locations } = test.client(writer)
    for (const edit of [
      locations.add(handle, ['http://a']),
      locations.set(handle, []),
      locations.remove(handle, 'b'),
    ]) {
      expect(await rejection(edit)).toMatchObject({ code: 'INCOMPLETE_READ', handle })
    }
    await test.client().locations.add(handle, ['http://a'])
    expect(at(3)).toMatch(/^10320\/loc.x "<locations><location .* 1100$/)
  })

  it('is added beside, when the caller says add', async () => {
    await test.client(writer).addValues(handle, [{ type: 'HS_SECKEY', data: 'canary-second', permissions: '1100' }])
    expect(at(2)).toBe('HS_SECKEY "canary-second" 1100')
    expect(at(300)).toBe('HS_SECKEY "canary-old" 1100')
  })

  it('is replaced by one that is given whole', async () => {
    const whole = { type: 'HS_SECKEY', data: 'canary-new', ttl: 60, permissions: '1100' }
    expect(await test.client(writer).updateValue(handle, 300, whole)).toMatchObject({ indexes: [300] })
    expect(at(300)).toBe('HS_SECKEY "canary-new" 1100')
  })

  it('is removed unread where it may be an administrator', async () => {
    const client = test.client(writer)
    const removal = client.removeValues(handle, [300, 1], { includeAdmin: true })
    expect(await removal).toEqual({ handle, outcome: 'changed', indexes: [1, 300] })
    expect(indexes()).toEqual([5, 100, 101])
    // That nothing is there can be told without reading anything.
    expect(await client.removeValues(handle, 300)).toMatchObject({ outcome: 'unchanged' })
    expect(await rejection(client.updateValue(handle, 300, { ttl: 1 }))).toMatchObject({ code: 'NO_SUCH_VALUE' })
  })

  it('stands in the way of nothing else', async () => {
    const client = test.client(writer)
    expect((await client.setValues(handle, { URL: 'https://moved', NOTE: 'n' })).indexes).toEqual([2, 1])
    await client.removeValues(handle, ['NOTE', 'NOT-THERE', 77])
    await client.removeValues(handle, 'URL')
    expect(indexes()).toEqual([5, 100, 101, 300])
  })
})

describe('what is seen of it', () => {
  const put = (...values: object[]): void =>
    test.server.records.put(handle, [...(test.server.records.get(handle) ?? []), ...values])

  it('is all values of a type, the hidden ones too', async () => {
    put({ index: 2, type: 'URL', data: text('https://private'), permissions: '1100' })
    expect(await rejection(test.client().setValues(handle, { URL: 'x' }))).toMatchObject({ code: 'AMBIGUOUS_TYPE' })
    expect(await rejection(test.client(writer).setValues(handle, { URL: 'x' }))).toMatchObject({
      code: 'INCOMPLETE_READ',
    })
    expect(at(1)).toBe('URL "https://example.org" 1110')
  })

  it('is asked for in portions', async () => {
    const type = `21.T11148/${'c'.repeat(20)}`
    const client = test.client(writer)
    await client.setValues(handle, { [type]: Array.from({ length: 600 }, (_, n) => `v${n}`) })
    const absent = Array.from({ length: 2000 }, (_, n) => 10_000 + n)
    expect(await client.removeValues(handle, absent)).toMatchObject({ outcome: 'unchanged' })
  })

  it('is as it was read last', async () => {
    const asked: string[] = []
    const server = await startServer(({ url, method }, response) => {
      asked.push(`${method} ${new URL(url, 'http://x').search}`)
      const values = [
        { index: 5, type: 'URL', data: text('x') },
        { index: 6, type: '10320/loc', data: text('<locations/>') },
      ]
      if (url.endsWith('?publicOnly=false')) json(response, 403, { responseCode: 400, handle })
      else if (url.endsWith('publicOnly=true')) json(response, 200, { responseCode: 1, handle, values })
      else json(response, 200, { responseCode: 200, handle, values: [] })
    })
    const client = handleClient(server, { credentials: token('t') })
    expect(await client.removeValues(handle, ['URL', 5])).toMatchObject({ outcome: 'unchanged' })
    expect(await client.locations.remove(handle, 'http://a')).toMatchObject({ outcome: 'unchanged' })
    expect(asked.filter((line) => !line.startsWith('GET'))).toEqual([])
  })

  it('does not depend on what else is to be removed', async () => {
    const client = test.client(writer)
    const all = { includeAdmin: true }
    const { indexes: removed } = await client.removeValues(handle, ['URL', 300, 55, 300], all)
    expect(removed).toEqual([1, 300])
    expect(indexes()).toEqual([5, 100, 101])
    expect(await rejection(client.removeValues(handle, ['NOBODY', 1], all))).toMatchObject({ code: 'INCOMPLETE_READ' })
  })

  it('finds a place beside many hidden values', async () => {
    put(...Array.from({ length: 60 }, (_, n) => ({ index: 6 + n, type: 'P', data: text('p'), permissions: '1100' })))
    const [index = 0] = (await test.client(writer).addValues(handle, { FOO: 'x' })).indexes
    expect([2, 3, 4]).toContain(index)
    const { indexes: added } = await test.client(writer).addValues(handle, { FOO: ['a', 'b', 'c', 'd'] })
    expect(Math.max(...added)).toBeLessThan(200)
    const { indexes: all } = await test.client().setValues(handle, { P: Array.from({ length: 70 }, (_, n) => `p${n}`) })
    expect(all).toHaveLength(70)
  })

  it('says why it is not all', async () => {
    expect(String(await rejection(test.client().removeValues(handle, 'NOBODY')))).toContain('nobody may read')
    const plain = new HandleClient({ server: test.server.httpUrl, credentials: basicAuth(admin) })
    expect(await rejection(plain.removeValues(handle, 300))).toMatchObject({ code: 'HTTPS_REQUIRED' })
    expect(await rejection(plain.setValues(handle, { NEW: 'x' }))).toMatchObject({ code: 'HTTPS_REQUIRED' })
    test.server.records.put(
      handle,
      (test.server.records.get(handle) ?? []).filter(({ index }) => index !== 5),
    )
    expect(await rejection(plain.tombstone(handle))).toMatchObject({ code: 'HTTPS_REQUIRED' })
    await plain.close()
  })

  it('is of types that are text', async () => {
    const client = test.client(writer)
    expect(await rejection(client.removeValues(handle, '\ud800'))).toMatchObject({ code: 'INVALID_VALUE' })
    expect(await rejection(client.resolve(handle, { types: ['\ud800'] }))).toMatchObject({ code: 'INVALID_VALUE' })
  })
})

describe('a secret key', () => {
  it('is private unless said otherwise', async () => {
    const client = test.client()
    for (const values of [{ HS_SECKEY: 'canary' }, [{ type: 'hs_seckey.main', data: 'canary', index: 300 }]]) {
      const user = test.newHandle()
      await client.create(user, values)
      await client.addValues(user, [{ type: 'HS_SECKEY', data: 'canary-2', index: 301 }])
      await client.setValues(user, [{ type: 'HS_SECKEY', data: 'canary-3', index: 302 }])
      expect((await test.anonymous().resolve(user)).values.map(({ type }) => type)).toEqual(['HS_ADMIN'])
    }
  })

  it('is private where something else becomes one', async () => {
    const client = test.client()
    const user = test.newHandle()
    await client.create(user, [
      { type: 'HS_PUBKEY', index: 300, data: 'a key' },
      { type: 'NOTE', index: 5, data: 'a note' },
    ])
    await client.setValues(user, [{ index: 300, type: 'HS_SECKEY', data: 'canary' }])
    await client.updateValue(user, 5, { type: 'HS_SECKEY', data: 'canary' })
    expect((await test.anonymous().resolve(user)).values.map(({ type }) => type)).toEqual(['HS_ADMIN'])
  })

  it('keeps the permissions that it has', async () => {
    const client = test.client()
    const user = test.newHandle()
    await client.create(user, [{ type: 'HS_SECKEY', data: 'canary', index: 300, permissions: '1000' }])
    await client.setValues(user, { HS_SECKEY: 'canary-new' })
    expect((await client.resolve(user, { publicOnly: false })).at(300)?.permissions).toBe('1000')
  })
})

describe('an administrator of a sub-type', () => {
  const subtype = { index: 100, type: 'HS_ADMIN.main', data: { format: 'admin' as const, value: owner() } }

  function owner(): { handle: string; index: number; permissions: string } {
    return { handle: `0.NA/${prefix}`, index: 200, permissions: '111111111111' }
  }

  it('is one: it is protected, and no second one is made', async () => {
    const client = test.client()
    const name = test.newHandle()
    await client.create(name, [subtype, { type: 'URL', data: 'https://example.org' }])
    expect(test.server.records.get(name)?.map(({ index }) => index)).toEqual([1, 100])
    await expect(client.removeValues(name, 100)).rejects.toThrow(code('ADMIN_PROTECTED'))
    await expect(client.updateValue(name, 100, { data: 'nobody' })).rejects.toThrow(code('INVALID_VALUE'))
  })
})
