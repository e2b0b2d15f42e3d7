import { AuthError, HandleNotFoundError, HandlePermissionError, HandleResponseError } from '@handlekit/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { prefix, stranger, TestServer } from '../support/handle-server.ts'
import { code } from '../support/rejection.ts'

const test = TestServer.ofFile()
const handle = `${prefix}/READ`

beforeAll(async () => {
  await test.client().create(handle, [
    { index: 1, type: 'URL', data: 'https://example.org/1', ttl: 60 },
    { index: 2, type: 'URL', data: 'https://example.org/2' },
    { index: 3, type: 'URL.ALT', data: 'https://mirror.example.org' },
    { index: 4, type: 'BYTES', data: new Uint8Array([0, 1, 255]) },
    { index: 5, type: 'NOTE', data: 'Grüße, 世界 € 𝄞', ttl: new Date('2031-05-06T07:08:09Z') },
    { index: 6, type: 'PRIVATE', data: 'for administrators', permissions: '1100' },
    { index: 7, type: 'RELATED', data: 'see', references: [{ handle: `${prefix}/ADMIN`, index: 300 }] },
    { index: 8, type: 'HS_VLIST', data: { format: 'vlist', value: [{ handle: `${prefix}/ADMIN`, index: 300 }] } },
    { index: 9, type: 'HS_PUBKEY', data: { format: 'key', value: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } } },
  ])
})

describe('resolve', () => {
  it('gives every value with all that the server keeps of it', async () => {
    const record = await test.client().resolve(handle)
    expect(record.handle).toBe(handle)
    expect(record.values.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 100])
    expect(record.at(1)).toEqual({
      index: 1,
      type: 'URL',
      data: { format: 'string', value: 'https://example.org/1' },
      ttl: 60,
      permissions: '1110',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      references: [],
    })
    expect(record.at(4)?.data).toEqual({ format: 'base64', value: new Uint8Array([0, 1, 255]) })
    expect(record.text('NOTE')).toBe('Grüße, 世界 € 𝄞')
    expect(record.at(5)?.ttl).toBe('2031-05-06T07:08:09Z')
    expect(record.at(7)?.references).toEqual([{ handle: `${prefix}/ADMIN`, index: 300 }])
    expect(record.at(8)?.data).toEqual({ format: 'vlist', value: [{ handle: `${prefix}/ADMIN`, index: 300 }] })
    expect(record.at(9)?.data).toEqual({ format: 'key', value: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } })
    expect(record.at(100)?.data).toEqual({
      format: 'admin',
      value: { handle: `0.NA/${prefix}`, index: 200, permissions: '011111110011' },
    })
  })

  it('finds values by type, whatever the case of its letters, unless it is to be exact', async () => {
    const record = await test.client().resolve(handle)
    expect(record.text('url')).toBe('https://example.org/1')
    expect(record.texts('Url')).toEqual(['https://example.org/1', 'https://example.org/2'])
    expect(record.indexesOf('URL')).toEqual([1, 2])
    expect(record.get('url', { exact: true })).toBeUndefined()
    expect(record.getAll('URL', { exact: true })).toHaveLength(2)
    expect(record.get('NOPE')).toBeUndefined()
    expect(record.toObject()['URL']).toEqual(['https://example.org/1', 'https://example.org/2'])
  })

  it.each([`hdl:${handle}`, `https://hdl.handle.net/${handle}`, handle.toLowerCase()])('takes %s', async (form) => {
    expect((await test.client().resolve(form)).text('URL')).toBe('https://example.org/1')
  })

  it('asks for single indexes and types', async () => {
    const client = test.client()
    expect((await client.resolve(handle, { indexes: [2] })).values).toHaveLength(1)
    expect((await client.resolve(handle, { types: ['URL'] })).indexesOf('URL')).toEqual([1, 2])
    expect((await client.resolve(handle, { types: ['URL.'] })).values.map(({ index }) => index)).toEqual([1, 2, 3])
    expect((await client.resolve(handle, { indexes: [5], types: ['BYTES'] })).values.map(({ index }) => index)).toEqual(
      [4, 5],
    )
    expect((await client.resolve(handle, { types: ['NOPE'] })).values).toEqual([])
    expect((await client.resolve(handle, { authoritative: true })).values).toHaveLength(9)
    // To a server, an empty list is none at all.
    await expect(client.resolve(handle, { indexes: [] })).rejects.toThrow(code('INVALID_OPTION'))
    await expect(client.resolve(handle, { indexes: [1], types: [] })).rejects.toThrow(code('INVALID_OPTION'))
  })

  it('shows private values to those who ask for them and may see them', async () => {
    expect((await test.client().resolve(handle, { publicOnly: false })).text('PRIVATE')).toBe('for administrators')
    expect((await test.client().resolve(handle)).get('PRIVATE')).toBeUndefined()
    expect((await test.anonymous().resolve(handle)).get('PRIVATE')).toBeUndefined()
    await expect(test.client(stranger).resolve(handle, { publicOnly: false })).rejects.toThrow(HandlePermissionError)
    expect((await test.client(stranger).resolve(handle)).text('URL')).toBe('https://example.org/1')
    await expect(test.anonymous().resolve(handle, { publicOnly: false })).rejects.toThrow(
      expect.objectContaining({ code: 'AUTH_REQUIRED', status: 401 }),
    )
  })

  it('says that there is no such handle, or gives undefined', async () => {
    const missing = `${prefix}/NOT-THERE`
    const error = await test
      .client()
      .resolve(missing)
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(HandleNotFoundError)
    expect(error).toBeInstanceOf(HandleResponseError)
    expect(error).toMatchObject({ code: 'HANDLE_NOT_FOUND', status: 404, responseCode: 100, handle: missing })
    expect(await test.client().tryResolve(missing)).toBeUndefined()
    expect((await test.client().tryResolve(handle))?.text('URL')).toBe('https://example.org/1')
  })

  it('tells when the prefix lives elsewhere', async () => {
    await expect(test.client().resolve('21.T99999/X')).rejects.toThrow(
      expect.objectContaining({ code: 'WRONG_SERVER', responseCode: 301 }),
    )
  })

  it('gives the server’s JSON', async () => {
    const record = await test.client().resolve(handle, { indexes: [1] })
    expect(JSON.parse(JSON.stringify(record))).toMatchObject({
      handle,
      values: [{ index: 1, type: 'URL', data: { format: 'string', value: 'https://example.org/1' }, ttl: 60 }],
    })
  })
})

describe('names', () => {
  it.each([
    'a b',
    'a+b',
    'a?b',
    'a#b',
    'a%b',
    'a%41',
    'a;b',
    'a:b',
    'a/b',
    'x/../y',
    '..',
    'q\'"(1)!*',
    'ä€世𝄞',
    'a&b=c',
    'a//b',
    'a\\b',
    '%2F',
  ])('%j is created, read and deleted, and nothing else is', async (suffix) => {
    const client = test.client()
    const before = await Array.fromAsync(client.list(prefix))
    const name = `${prefix}/${suffix}`
    expect((await client.create(name, { URL: 'https://example.org' })).handle).toBe(name)
    expect((await client.resolve(name)).handle).toBe(name)
    expect(await Array.fromAsync(client.list(prefix))).toHaveLength(before.length + 1)
    await client.delete(name)
    expect(await Array.fromAsync(client.list(prefix))).toEqual(before)
  })
})

describe('list', () => {
  it('gives all names, over several pages', async () => {
    const client = test.client()
    for (let i = 0; i < 12; i += 1) await client.create(`${prefix}/list-${i}`, { URL: 'https://example.org' })
    const names = await Array.fromAsync(client.list(prefix, { pageSize: 5 }))
    expect(names.filter((name) => name.includes('LIST-'))).toHaveLength(12)
    expect(new Set(names).size).toBe(names.length)
    expect(await client.list(prefix).count()).toBe(names.length)
    const pages = await Array.fromAsync(client.list(`0.NA/${prefix}`, { pageSize: 5 }).pages())
    expect(pages.map(({ handles }) => handles.length)).toEqual(
      Array.from({ length: Math.ceil(names.length / 5) }, (_, page) => Math.min(5, names.length - page * 5)),
    )
    expect(pages.flatMap(({ handles }) => handles)).toEqual(names)
    expect(pages[0]?.totalCount).toBe(names.length)
  })

  it('needs the right to list', async () => {
    await expect(Array.fromAsync(test.client(stranger).list(prefix))).rejects.toThrow(HandlePermissionError)
    await expect(Array.fromAsync(test.anonymous().list(prefix))).rejects.toThrow(AuthError)
  })

  it('asks for what stands for the prefixes below one', async () => {
    const below = Array.fromAsync(test.client().list(`0.NA/0.NA/${prefix}`))
    await expect(below).rejects.toThrow(HandleResponseError)
  })

  it('refuses what is no prefix', () => {
    expect(() => test.client().list('a/b')).toThrow(expect.objectContaining({ code: 'INVALID_HANDLE' }))
    expect(() => test.client().list('')).toThrow(expect.objectContaining({ code: 'INVALID_HANDLE' }))
    expect(() => test.client().list(prefix, { pageSize: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })
})

describe('verifyCredentials', () => {
  it('tells as whom the server knows us', async () => {
    expect(await test.client().verifyCredentials()).toEqual({ identity: `300:${prefix}/ADMIN`, scheme: 'basic' })
  })

  it('fails for a wrong password, an unknown user, and no credentials', async () => {
    const wrong = { username: `300:${prefix}/ADMIN`, password: 'canary-password' }
    const error: unknown = await test
      .client(wrong)
      .verifyCredentials()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'AUTH_REJECTED', identity: wrong.username, scheme: 'basic', status: 401 })
    expect(String(error)).toContain('Identity not verified')
    expect(String(error)).toContain('HS_SECKEY')
    expect(String(error)).not.toContain('canary-password')
    await expect(test.client({ username: '300:21.T12345/NOBODY', password: 'x' }).verifyCredentials()).rejects.toThrow(
      AuthError,
    )
    await expect(test.anonymous().verifyCredentials()).rejects.toThrow(
      expect.objectContaining({ code: 'AUTH_REQUIRED' }),
    )
  })

  it('changes nothing at the server', async () => {
    const sessions = test.server.counters.sessions
    await test.client().verifyCredentials()
    expect(test.server.counters.sessions).toBe(sessions)
  })
})
