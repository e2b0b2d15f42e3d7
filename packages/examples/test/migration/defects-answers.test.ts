import { basicAuth } from '@handlekit/auth-basic'
import { AuthError, type HandleClient, HandlekitError, HandlePermissionError } from '@handlekit/core'
import { expect, it } from 'vitest'
import { handleClient } from '../../../core/test/support/client.ts'
import { abroad, startForwardProxy } from '../../../core/test/support/forward-proxy.ts'
import { admin, prefix, stranger, TestServer } from '../../../core/test/support/handle-server.ts'
import { code, rejection } from '../../../core/test/support/rejection.ts'
import { json, type Respond, startServer } from '../../../core/test/support/server.ts'
import { text } from './support/defects.ts'

// The defects of B2HANDLE and PYHANDLE that lie in what they make of answers, and of none.

const test = TestServer.ofFile()
const existing = `${prefix}/HALF`

/** Everything that asks a server something about a handle. */
const calls: Readonly<Record<string, (client: HandleClient, handle: string) => Promise<unknown>>> = {
  resolve: (client, handle) => client.resolve(handle),
  create: (client, handle) => client.create(handle, { URL: 'x' }),
  setValues: (client, handle) => client.setValues(handle, { URL: 'x' }),
  removeValues: (client, handle) => client.removeValues(handle, 'URL'),
  locations: (client, handle) => client.locations.add(handle, ['http://a']),
  delete: (client, handle) => client.delete(handle),
}

const page: (status: number) => Respond = (status) => (_request, response) =>
  response.writeHead(status, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Proxy</title>')
const without: (status: number, body: object) => Respond = (status, body) => (_request, response) =>
  json(response, status, body)

it.each<[string, Respond, object]>([
  ['a page of HTML', page(200), { name: 'HandleProtocolError', code: 'NOT_JSON', status: 200 }],
  ['a page that says 404', page(404), { name: 'HandleResponseError', code: 'BAD_REQUEST', status: 404 }],
  ['a page that says 502', page(502), { name: 'HandleResponseError', code: 'SERVER_ERROR', status: 502 }],
  ['a redirect to nowhere', page(302), { name: 'HandleResponseError', code: 'BAD_REQUEST', status: 302 }],
  ['other JSON', without(200, { hello: 1 }), { name: 'HandleProtocolError', code: 'WRONG_SHAPE', status: 200 }],
  ['JSON that says 500', without(500, {}), { name: 'HandleResponseError', code: 'SERVER_ERROR', status: 500 }],
  ['JSON that says 404', without(404, {}), { name: 'HandleResponseError', code: 'BAD_REQUEST', status: 404 }],
])('Q7: %s is an error that says where it came from', async (_what, respond, expected) => {
  const server = await startServer(respond)
  for (const [name, call] of Object.entries(calls)) {
    const error = await rejection(call(handleClient(server), '21.T/x'))
    // A gateway that gives up leaves it open whether the server behind it has written, and cannot be asked either.
    const isOpen = ['create', 'delete'].includes(name) && Reflect.get(expected, 'status') === 502
    if (isOpen) expect(error, name).toMatchObject({ name: 'TransportError', code: 'OUTCOME_UNKNOWN', sent: true })
    expect(isOpen ? Reflect.get(Object(error), 'cause') : error, name).toMatchObject({ ...expected, handle: '21.T/x' })
    expect(String(error), name).toContain(`${server.origin}/api/handles/21.T%2Fx`)
  }
})

const handle = '21.T/x'
const record = { responseCode: 1, handle, values: [text(1, 'URL', 'https://example.org')] }

it.each([
  ['is too busy', 3],
  ['only reads for a while', 7],
])('Q20: a server that %s (%i) is asked again', async (_what, responseCode) => {
  const server = await startServer((_request, response) =>
    server.seen.length < 3
      ? json(response, 503, { responseCode }, { 'retry-after': '0' })
      : json(response, 200, record),
  )
  expect((await handleClient(server).resolve(handle)).text('URL')).toBe('https://example.org')
  expect(server.seen).toHaveLength(3)
})

it('Q20: how often is an option, and the error says that it may work later', async () => {
  const server = await startServer((_request, response) => json(response, 503, { responseCode: 3 }))
  const once = handleClient(server, { retries: 0 })
  await expect(once.resolve(handle)).rejects.toMatchObject({ code: 'SERVER_BUSY', status: 503, responseCode: 3 })
  expect(server.seen).toHaveLength(1)
})

it('Q20: a server that does not answer is given up, after the time of the client or of the call', async () => {
  const server = await startServer(() => {})
  await expect(handleClient(server, { timeout: 20 }).resolve(handle)).rejects.toThrow(code('TIMEOUT'))
  await expect(handleClient(server).delete(handle, { timeout: 20 })).rejects.toThrow(code('TIMEOUT'))
})

it('Q20: a call can be ended, and ends with the reason that was given', async () => {
  const controller = new AbortController()
  const reason = { why: 'enough' }
  const server = await startServer(() => controller.abort(reason))
  expect(await rejection(handleClient(server).resolve(handle, { signal: controller.signal }))).toBe(reason)
  expect(await rejection(handleClient(server).create(handle, {}, { signal: controller.signal }))).toBe(reason)
  expect(server.seen).toHaveLength(1)
})

it('Q20: a program may say what it is, and go through a proxy', async () => {
  const server = await startServer((_request, response) => json(response, 200, record))
  const proxy = await startForwardProxy()
  const client = handleClient(abroad(server), { proxy: `http://${proxy.host}`, userAgent: 'my-program/1.0' })
  await client.resolve(handle)
  expect(proxy.asked).toHaveLength(1)
  expect(server.seen[0]?.headers['user-agent']).toBe('my-program/1.0 handlekit')
})

it('Q23: who lacks a right is told so, and can ask which one', async () => {
  const client = test.client(stranger)
  for (const name of ['setValues', 'removeValues', 'locations', 'delete']) {
    const error = await rejection(async () => calls[name]?.(client, existing))
    expect(error, name).toBeInstanceOf(HandlePermissionError)
    expect(error, name).toMatchObject({ code: 'PERMISSION_DENIED', status: 403, responseCode: 400 })
  }
  const explained = await test.client().explainPermissions(existing, stranger.username)
  expect(explained.allows('MODIFY_VALUE')).toBe('no')
})

it('Q23: a wrong password is an AuthError, for reading as for writing', async () => {
  for (const who of [
    { ...admin, password: 'wrong' },
    { username: `300:${prefix}/NOBODY`, password: 'x' },
  ]) {
    for (const [name, call] of Object.entries(calls)) {
      const error = await rejection(call(test.client(who), existing))
      expect(error, name).toBeInstanceOf(AuthError)
      expect(error, name).toMatchObject({ code: 'AUTH_REJECTED', identity: who.username, scheme: 'basic' })
    }
  }
})

it.each([
  [403, 403],
  [401, 402],
  [401, undefined],
])('Q23: %i with the code %s is an AuthError', async (status, responseCode) => {
  const server = await startServer((_request, response) => json(response, status, { responseCode }))
  const credentials = basicAuth(stranger)
  for (const [name, call] of Object.entries(calls)) {
    const error = await rejection(call(handleClient(server, { credentials }), handle))
    expect(error, name).toMatchObject({ name: 'AuthError', code: 'AUTH_REJECTED', status })
  }
})

it('Q23: what needs credentials says so to a client that has none', async () => {
  await expect(test.anonymous().delete(existing)).rejects.toMatchObject({ name: 'AuthError', code: 'AUTH_REQUIRED' })
})

it('Q26: an error says which handle, what the server answered, and who asked', async () => {
  const client = test.client(stranger)
  const missing = `${prefix}/MISSING`
  const failures: [() => Promise<unknown>, object][] = [
    [() => client.create(existing, {}, { ifExists: 'replace' }), { status: 403, responseCode: 400, handle: existing }],
    [() => client.delete(missing), { status: 404, responseCode: 100, handle: missing }],
    [() => client.locations.add(missing, ['http://a']), { status: 404, responseCode: 100, handle: missing }],
    [() => client.locations.replace(missing, 'http://a', 'http://b'), { status: 404, handle: missing }],
    [() => client.locations.remove(missing, 'http://a'), { status: 404, handle: missing }],
    [() => client.locations.add(existing, ['http://a']), { status: 403, responseCode: 400, handle: existing }],
    [() => client.delete(existing), { status: 403, responseCode: 400, handle: existing }],
  ]
  for (const [fail, expected] of failures) {
    const error = await rejection(fail())
    if (!HandlekitError.isInstance(error)) throw new Error('It is no error of handlekit.')
    expect(error).toMatchObject({ ...expected, identity: stranger.username })
    expect(error.message).toMatch(/^(GET|PUT|DELETE) https:\/\/localhost:\d+\/api\/handles\/21\.T12345%2F/)
  }
})

it('Q26: the words of the server are in the error', async () => {
  const message = "That prefix doesn't live here"
  const server = await startServer((_request, response) => json(response, 400, { responseCode: 301, message, handle }))
  await expect(handleClient(server).create(handle, {})).rejects.toMatchObject({
    code: 'WRONG_SERVER',
    responseCode: 301,
    message: expect.stringContaining(message),
  })
})
