import { HandleClient } from '@handlekit/core'
import { describe, expect, test } from 'vitest'
import { localhost } from '../../core/test/support/tls.ts'
import { handleClient, httpClient } from '../../core/test/support/client.ts'
import { json, startServer } from '../../core/test/support/server.ts'
import { basicAuth } from '../src/index.ts'
import { served } from './support.ts'

test('the example of the README', async () => {
  const header = `Basic ${Buffer.from('300%3Afoo%2Fbar:mypassword123').toString('base64')}`
  const server = await startServer(({ headers }, response) => {
    if (headers.authorization === header) json(response, 201, { responseCode: 1, handle: '21.T12345/first' })
    else json(response, 401, { responseCode: 402 }, { 'www-authenticate': 'Basic realm="handle"' })
  })

  const client = new HandleClient({
    server: server.origin,
    trust: { ca: localhost.cert },
    credentials: basicAuth({ username: '300:foo/bar', password: 'mypassword123' }),
  })
  const result = await client.create('21.T12345/first', { URL: 'https://example.org' })
  await client.close()

  expect(result).toMatchObject({ handle: '21.T12345/first', outcome: 'created' })
})

test('tells who it is, and nothing else', () => {
  const credentials = basicAuth({ username: '300:foo/bar', password: 'p' })
  expect(credentials).toMatchObject({ scheme: 'basic', identity: '300:foo/bar' })
  expect(Object.isFrozen(credentials)).toBe(true)
})

test('one and the same may serve a Handle server and another', async () => {
  const server = await startServer((_request, response) => json(response, 200, served))
  const credentials = basicAuth({ username: 'a/b', password: 'p' })
  await handleClient(server, { credentials }).resolve('a/b')
  await httpClient(server, { credentials }).get('/')
  await handleClient(server, { credentials }).resolve('a/b')
  expect(server.seen.map(({ headers }) => atob(String(headers.authorization).slice(6)))).toEqual([
    'a%2Fb:p',
    'a/b:p',
    'a%2Fb:p',
  ])
})

test('a colon in the user is refused where there is no way around it, with the reason', async () => {
  const server = await startServer((_request, response) => json(response, 200, served))
  const credentials = basicAuth({ username: '300:foo/bar', password: 'canary-4711' })
  const call = httpClient(server, { credentials }).get('/')
  await expect(call).rejects.toMatchObject({ code: 'INVALID_OPTION', name: 'InvalidArgumentError' })
  await expect(call).rejects.toThrow(/'300:foo\/bar' holds a colon.*RFC 7617.*Handle servers/)
  await expect(call).rejects.not.toThrow(/canary/)
  expect(server.seen).toHaveLength(0)
  await handleClient(server, { credentials }).resolve('a/b')
})

test('a refusal names the user, and what to check', async () => {
  const server = await startServer((_request, response) => json(response, 401, { responseCode: 403 }))
  const credentials = basicAuth({ username: '300:foo/bar', password: 'canary-4711' })
  const call = handleClient(server, { credentials }).resolve('a/b')
  await expect(call).rejects.toMatchObject({ code: 'AUTH_REJECTED', identity: '300:foo/bar', scheme: 'basic' })
  await expect(call).rejects.toThrow(/HS_SECKEY/)
  expect(server.seen).toHaveLength(1)
})

// What JavaScript, or a variable that is not set, may pass.
const make = (options: unknown): unknown => Reflect.apply(basicAuth, undefined, [options])

describe('refuses at once, without showing the password,', () => {
  test.each([undefined, null, '', []])('an empty password: %j', (password) => {
    const code = Array.isArray(password) ? 'INVALID_OPTION' : 'EMPTY_SECRET'
    expect(() => make({ username: 'me', password })).toThrow(expect.objectContaining({ code }))
    expect(() => make({ username: 'me', password })).toThrow(/password/)
  })

  test.each([1234, {}, true])('a password that is no text: %j', (password) => {
    expect(() => make({ username: 'me', password })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })

  test.each([undefined, null, '', 7, {}])('a user that is none: %j', (username) => {
    expect(() => make({ username, password: 'canary' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('username') }),
    )
    expect(() => make({ username, password: 'canary' })).not.toThrow(/canary/)
  })

  test.each(['canary\n', 'canary\r\n', '\tcanary', 'can\0ary', 'canary\u007f', 'canary\u0085'])(
    'a control character: %j',
    (text) => {
      for (const options of [
        { username: 'me', password: text },
        { username: text, password: 'canary' },
      ]) {
        expect(() => make(options)).toThrow(
          expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('control character') }),
        )
        expect(() => make(options)).not.toThrow(/can.?ary/)
      }
    },
  )

  test('half a character, which UTF-8 cannot say', () => {
    expect(() => make({ username: 'me', password: 'canary\ud800' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
    expect(() => make({ username: 'me\udc00', password: 'p' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  test('an option that it does not know', () => {
    expect(() => make({ username: 'me', passwort: 'canary' })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION', message: expect.stringMatching(/'passwort'.*password/) }),
    )
  })

  test.each([undefined, null, 'me:canary', 7])('options that are none: %j', (options) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})
