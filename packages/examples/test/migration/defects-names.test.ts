import { type HandleClient, parseHandle, parseReference } from '@handlekit/core'
import { beforeAll, expect, it } from 'vitest'
import { handleClient } from '../../../core/test/support/client.ts'
import { prefix, TestServer } from '../../../core/test/support/handle-server.ts'
import { code, rejection, rejections } from '../../../core/test/support/rejection.ts'
import { json, startServer } from '../../../core/test/support/server.ts'
import { requestsTo, serverWith, text } from './support/defects.ts'

// The defects of B2HANDLE and PYHANDLE that lie in names: of handles, of types, of values.

const test = TestServer.ofFile()
let client: HandleClient

beforeAll(() => {
  client = test.client()
})

const suffixes = ['a#b', 'a?index=1', 'a b', '100%', 'a%23b', 'a+b', 'a&b=c', 'ü/世界', 'x/', 'a//b', 'a\\b', 'a;b']
const dots = ['.', '..', './x', '../x', '../21.T12345/q1', '%2e%2e', '..%2Fx', 'a/../../x']

it.each([...suffixes, ...dots])('Q1: the name 21.T12345/%s reaches the server whole', async (suffix) => {
  const handle = `${prefix}/${suffix}`
  await client.create(handle, { URL: `https://example.org/${suffix}` })
  expect(test.server.records.names()).toContain(handle.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()))
  expect((await client.resolve(handle)).text('URL')).toBe(`https://example.org/${suffix}`)
  expect((await client.delete(handle)).outcome).toBe('deleted')
  expect(await client.tryResolve(handle)).toBeUndefined()
})

it('Q1: deleting a name with # or ? deletes neither another handle nor a value', async () => {
  const neighbour = `${prefix}/q1`
  await client.create(neighbour, { URL: 'https://example.org/q1' })
  const before = test.server.records.get(neighbour)
  for (const odd of [`${neighbour}#b`, `${neighbour}?index=1`, `${prefix}/../${neighbour}`, `${neighbour}/.`]) {
    await expect(client.delete(odd)).rejects.toThrow(code('HANDLE_NOT_FOUND'))
  }
  expect(test.server.records.get(neighbour)).toEqual(before)
})

it('Q1: in a request, a name is one piece of the path', async () => {
  const server = await startServer((_request, response) => json(response, 404, { responseCode: 100 }))
  const asking = handleClient(server)
  for (const suffix of ['../21.U/y', '..', 'a?index=1']) await asking.tryResolve(`21.T/${suffix}`)
  await rejection(asking.delete('21.T/a b#c'))
  expect(requestsTo(server)).toEqual([
    'GET /api/handles/21.T%2F..%2F21.U%2Fy',
    'GET /api/handles/21.T%2F..',
    'GET /api/handles/21.T%2Fa%3Findex%3D1',
    'DELETE /api/handles/21.T%2Fa%20b%23c',
  ])
})

it('Q8: an answer that spells the handle in another case is about the same handle', async () => {
  const server = await serverWith('21.t/CASE', [text(1, 'URL', 'https://example.org')])
  const asking = handleClient(server)
  const record = await asking.resolve('21.T/case')
  expect(record.handle).toBe('21.T/case')
  expect(record.text('URL')).toBe('https://example.org')
  expect((await asking.setValues('21.T/case', { URL: 'https://example.org/new' })).outcome).toBe('changed')
  await client.create(`${prefix}/q8`, { URL: 'https://example.org/q8' })
  expect((await client.resolve(`${prefix.toLowerCase()}/Q8`)).text('URL')).toBe('https://example.org/q8')
})

it('Q8: an answer about another handle is an error that names both', async () => {
  const asking = handleClient(await serverWith('21.T/not-me', []))
  await expect(asking.resolve('21.T/me')).rejects.toMatchObject({
    name: 'HandleProtocolError',
    code: 'WRONG_HANDLE',
    handle: '21.T/me',
    message: expect.stringMatching(/'21\.T\/not-me'.*'21\.T\/me'/),
  })
})

it.each(['hdl:', 'HDL:', 'doi:', 'info:hdl/', 'https://hdl.handle.net/', 'https://doi.org/'])(
  'Q9: %s before a name is no part of it, nor of its administrator’s',
  async (form) => {
    const handle = `${prefix}/q9`
    expect((await client.create(form + handle, { URL: 'https://example.org/q9' })).handle).toBe(handle)
    const record = await client.resolve(form + handle)
    expect(record.handle).toBe(handle)
    expect(record.at(100)?.data).toMatchObject({ value: { handle: `0.NA/${prefix}`, index: 200 } })
    await client.setValues(form + handle, { URL: 'https://example.org/changed' })
    await client.delete(form + handle)
    expect(test.server.records.get(handle)).toBeUndefined()
  },
)

it('Q9: a name that only begins with the letters of hdl: or doi: stays what it is', async () => {
  const names = ['did.test/x', 'hdl/abc', 'doi/abc', 'l.d/x', 'oi/i', '21.T/hdl:x', '21.T/doi:10.1/x']
  for (const name of names) expect(parseHandle(name).name).toBe(name)
  const server = await startServer((_request, response) => json(response, 404, { responseCode: 100 }))
  const asking = handleClient(server)
  for (const name of names) await rejection(asking.delete(name))
  expect(requestsTo(server)).toEqual(names.map((name) => `DELETE /api/handles/${encodeURIComponent(name)}`))
})

it('Q12: the index 1 is sent as 1, and yes and no as words', async () => {
  const server = await serverWith('21.T/x', [text(1, 'URL', 'https://example.org'), text(10, 'NOTE', 'x')])
  const asking = handleClient(server)
  await asking.resolve('21.T/x', { indexes: [1, 10], authoritative: true, publicOnly: true })
  await asking.removeValues('21.T/x', 1)
  await asking.updateValue('21.T/x', 1, { ttl: 60 })
  expect(requestsTo(server)).toEqual([
    'GET /api/handles/21.T%2Fx?index=1&index=10&auth=true&publicOnly=true',
    'GET /api/handles/21.T%2Fx?publicOnly=false',
    'DELETE /api/handles/21.T%2Fx?index=1',
    'GET /api/handles/21.T%2Fx?publicOnly=false',
    'PUT /api/handles/21.T%2Fx?index=1&overwrite=true',
  ])
})

it('Q12: the index 0, or anything that is no index, is refused before any request', async () => {
  const handle = `${prefix}/q12`
  const requests = await test.requestsOf(async () => {
    for (const index of [0, -3, 1.5, Number.NaN, 2 ** 31]) {
      const errors = await rejections([
        client.resolve(handle, { indexes: [index] }),
        client.updateValue(handle, index, { ttl: 1 }),
        client.removeValues(handle, index),
        client.addValues(handle, [{ type: 'X', data: 'x', index }]),
      ])
      for (const error of errors) expect(error).toEqual(code('INVALID_INDEX'))
    }
  })
  expect(requests).toBe(0)
})

const parameters = 'handle, ttl, location, checksum, overwrite, prefix, add_if_not_exist, key, additional_URLs, auth'
const types = [...parameters.split(', '), 'indices', 'plan', 'signal', 'EUDAT/CHECKSUM', 'toString', 'constructor']

it.each(types)('Q16: a value may have the type %s, more than once', async (type) => {
  const handle = `${prefix}/q16`
  await client.create(handle, { [type]: ['one', 'two'] }, { ifExists: 'replace' })
  await client.addValues(handle, { [type]: 'three' })
  await client.setValues(handle, { [type]: ['1', '2', '3'] })
  const record = await client.resolve(handle, { types: [type] })
  expect(record.texts(type)).toEqual(['1', '2', '3'])
  expect(record.toObject()).toEqual({ [type]: ['1', '2', '3'] })
  expect((await client.removeValues(handle, type)).indexes).toEqual(record.indexesOf(type))
})

it('Q16: the ttl of a value that is there can be changed, with its data or alone', async () => {
  const handle = `${prefix}/q16-ttl`
  await client.create(handle, { URL: 'https://example.org', NOTE: 'x' })
  await client.setValues(handle, [{ type: 'URL', data: 'https://example.org/new', ttl: 60 }])
  await client.updateValue(handle, 2, { ttl: 3600 })
  const { values } = await client.resolve(handle, { indexes: [1, 2] })
  expect(values.map(({ ttl, data }) => [ttl, data])).toEqual([
    [60, { format: 'string', value: 'https://example.org/new' }],
    [3600, { format: 'string', value: 'x' }],
  ])
})

it('Q32: a name may have colons behind its prefix', async () => {
  for (const handle of [`${prefix}/a:b`, `${prefix}/1:2:3/4:5`, `${prefix}/300:21.T12345/x`]) {
    await client.create(handle, { URL: 'https://example.org' })
    expect((await client.resolve(handle)).handle).toBe(handle)
    expect((await client.delete(handle)).outcome).toBe('deleted')
  }
})

it('Q32: 300:a/b is a value of a/b, and no handle', async () => {
  expect(parseReference('300:a/b')).toEqual({ handle: 'a/b', index: 300 })
  const requests = await test.requestsOf(async () => {
    const calls = [client.resolve('300:a/b'), client.create('300:a/b', {}), client.delete('hdl:300:a/b')]
    for (const error of await rejections(calls)) {
      expect(error).toMatchObject({
        name: 'InvalidArgumentError',
        code: 'INVALID_HANDLE',
        message: expect.stringContaining('the value 300 of the handle a/b'),
      })
    }
  })
  expect(requests).toBe(0)
})

it.each([
  '-3:a/b',
  ' 3 :a/b',
  '+3:a/b',
  '1_0:a/b',
  '3.0:a/b',
  '0x3:a/b',
  'nonumber:a/b',
  '100:100:a/b',
  '4294967297:a/b',
])('Q32: %s names no value: its index is none', (reference) => {
  expect(() => parseReference(reference)).toThrow(/is not a handle|is not an index/)
  expect(() => test.client(undefined, { admin: { owner: reference } })).toThrow(TypeError)
})
