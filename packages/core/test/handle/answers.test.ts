import { HandlekitError, type HandleClient } from '@handlekit/core'
import { expect, it, describe } from 'vitest'
import { handleClient } from '../support/client.ts'
import { type Respond, startServer } from '../support/server.ts'

// What a client makes of answers that no good server gives, and of those that every server gives.

const handle = '21.T12345/x'

async function clientOf(respond: Respond): Promise<HandleClient> {
  return handleClient(await startServer(respond), { retries: 0 })
}

async function failureOf(call: Promise<unknown>): Promise<HandlekitError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!HandlekitError.isInstance(error)) throw new Error(`not an error of handlekit: ${String(error)}`)
  return error
}

const json = (status: number, body: unknown): Respond => {
  return (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const text = (status: number, type: string, body: string): Respond => {
  return (_request, response) => void response.writeHead(status, { 'content-type': type }).end(body)
}

const value = {
  index: 1,
  type: 'URL',
  data: { format: 'string', value: 'x' },
  ttl: 1,
  timestamp: '2020-01-01T00:00:00Z',
}

describe('an answer that cannot be used', () => {
  it.each<[string, string, Respond]>([
    ['HTML', 'NOT_JSON', text(200, 'text/html', '<!DOCTYPE html><title>Welcome</title>')],
    ['half of a JSON', 'NOT_JSON', text(200, 'application/json', '{"responseCode":1,')],
    ['nothing', 'NOT_JSON', text(200, 'application/json', '')],
    ['another JSON', 'WRONG_SHAPE', json(200, { hello: 'world' })],
    ['a list', 'WRONG_SHAPE', json(200, [])],
    [
      'a value without data',
      'WRONG_SHAPE',
      json(200, { responseCode: 1, handle, values: [{ index: 1, type: 'URL' }] }),
    ],
    ['another handle', 'WRONG_HANDLE', json(200, { responseCode: 1, handle: '21.T12345/y', values: [value] })],
    ['no handle', 'WRONG_HANDLE', json(200, { responseCode: 1, values: [value] })],
  ])('%s: %s', async (_what, code, respond) => {
    const error = await failureOf((await clientOf(respond)).resolve(handle))
    expect(error).toMatchObject({ name: 'HandleProtocolError', code, status: 200, handle })
    expect(error.message).not.toContain('DOCTYPE')
  })

  it('to a write, too', async () => {
    const client = await clientOf(json(200, { responseCode: 1, handle: '21.T12345/y' }))
    expect(await failureOf(client.create(handle, { URL: 'x' }))).toMatchObject({ code: 'WRONG_HANDLE' })
    expect(await failureOf(client.delete(handle))).toMatchObject({ code: 'WRONG_HANDLE' })
  })

  it('a connection that closes half-way', async () => {
    const client = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"responseCode":1,', () => response.destroy())
    })
    expect(await failureOf(client.resolve(handle))).toMatchObject({
      name: 'TransportError',
      code: 'CONNECTION_LOST',
      sent: true,
    })
  })
})

it('an answer in another case of letters is about the same handle', async () => {
  const client = await clientOf(json(200, { responseCode: 1, handle: handle.toUpperCase(), values: [value] }))
  expect((await client.resolve(handle)).text('URL')).toBe('x')
})

it('what this version does not know is kept as it came', async () => {
  const strange = { ...value, data: { format: 'xml', value: '<a/>', depth: 3 }, colour: 'blue' }
  const client = await clientOf(json(200, { responseCode: 1, handle, values: [strange], more: true }))
  const record = await client.resolve(handle)
  expect(record.at(1)?.data).toEqual({ format: 'unknown', raw: { format: 'xml', value: '<a/>', depth: 3 } })
  expect(JSON.parse(JSON.stringify(record))).toEqual({ handle, values: [strange] })
})

it.each([
  ['admin', { format: 'admin', value: 'text' }],
  ['vlist', { format: 'vlist', value: [{ handle: 5 }] }],
  ['key', { format: 'key', value: {} }],
  ['string', { format: 'string', value: 5 }],
])('data that does not fit its format (%s) is kept as it came', async (_format, data) => {
  const client = await clientOf(json(200, { responseCode: 1, handle, values: [{ ...value, data }] }))
  expect((await client.resolve(handle)).at(1)?.data).toEqual({ format: 'unknown', raw: data })
})

describe('what a server refuses', () => {
  it.each<[number, number | undefined, string, string]>([
    [500, 2, 'HandleResponseError', 'SERVER_ERROR'],
    [503, 3, 'HandleResponseError', 'SERVER_BUSY'],
    [400, 4, 'HandleResponseError', 'BAD_REQUEST'],
    [501, 5, 'HandleResponseError', 'NOT_SUPPORTED'],
    [503, 7, 'HandleResponseError', 'SERVER_BUSY'],
    [404, 100, 'HandleNotFoundError', 'HANDLE_NOT_FOUND'],
    [409, 101, 'HandleAlreadyExistsError', 'HANDLE_ALREADY_EXISTS'],
    [400, 102, 'HandleResponseError', 'INVALID_HANDLE'],
    [400, 200, 'HandleResponseError', 'VALUE_NOT_FOUND'],
    [409, 201, 'HandleResponseError', 'VALUE_ALREADY_EXISTS'],
    [400, 202, 'HandleResponseError', 'INVALID_VALUE'],
    [400, 301, 'HandleResponseError', 'WRONG_SERVER'],
    [300, 302, 'HandleResponseError', 'WRONG_SERVER'],
    [300, 303, 'HandleResponseError', 'WRONG_SERVER'],
    [403, 400, 'HandlePermissionError', 'PERMISSION_DENIED'],
    [403, 401, 'HandlePermissionError', 'PERMISSION_DENIED'],
    [401, 402, 'AuthError', 'AUTH_REQUIRED'],
    [403, 402, 'HandlePermissionError', 'HTTPS_REQUIRED'],
    [403, 403, 'AuthError', 'AUTH_REQUIRED'],
    [403, 404, 'HandlePermissionError', 'SESSION_REQUIRED'],
    [500, 405, 'HandleResponseError', 'SERVER_ERROR'],
    [401, undefined, 'AuthError', 'AUTH_REQUIRED'],
    [403, undefined, 'HandlePermissionError', 'PERMISSION_DENIED'],
    [404, undefined, 'HandleResponseError', 'BAD_REQUEST'],
    [429, undefined, 'HandleResponseError', 'SERVER_BUSY'],
    [502, undefined, 'HandleResponseError', 'SERVER_ERROR'],
  ])('%i with the code %s is a %s: %s', async (status, responseCode, name, code) => {
    const body = { responseCode, message: 'the reason', handle }
    const respond = responseCode === undefined ? text(status, 'text/html', '<html>') : json(status, body)
    const error = await failureOf((await clientOf(respond)).resolve(handle))
    expect(error).toMatchObject({ name, code, status })
    if (name !== 'AuthError') expect(error).toMatchObject({ responseCode, handle })
    if (name !== 'AuthError' && responseCode !== undefined) expect(error.message).toContain('the reason')
  })
})

it('a listing that is none', async () => {
  const client = await clientOf(json(200, { responseCode: 1, handles: ['21.T12345/A'], totalCount: 'many' }))
  expect(await failureOf(Array.fromAsync(client.list('21.T12345')))).toMatchObject({ code: 'WRONG_SHAPE' })
})
