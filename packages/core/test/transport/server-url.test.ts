import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { HandleClient, HttpClient, InvalidArgumentError } from '../../src/index.ts'
import { rejection } from '../support/rejection.ts'

const clients = [
  ['HttpClient', (url: string, options = {}) => new HttpClient({ baseUrl: url, ...options })],
  ['HandleClient', (url: string, options = {}) => new HandleClient({ server: url, ...options })],
] as const

describe.each(clients)('%s', (_name, open) => {
  test.each([
    'https://my.handle.server',
    'https://my.handle.server:8443',
    'https://api.example.org/v2/',
    'HTTPS://X.ORG',
  ])('takes %s', (url) => {
    expect(() => open(url)).not.toThrow()
  })

  test.each(['http://localhost:8000', 'http://127.0.0.1', 'http://127.8.8.8:1', 'http://[::1]:8000'])(
    'takes %s, which never leaves this machine',
    (url) => {
      expect(() => open(url)).not.toThrow()
    },
  )

  test.each([
    'http://my.handle.server',
    'http://10.0.0.1',
    'http://localhost.example.org',
    'http://127.0.0.1.example.org',
    'http://[::2]',
    'http://0.0.0.0',
  ])('refuses %s, unless told to allow it', (url) => {
    expect(() => open(url)).toThrow(expect.objectContaining({ code: 'INSECURE_URL' }))
    expect(() => open(url)).toThrow(InvalidArgumentError)
    expect(() => open(url, { allowInsecureHttp: true })).not.toThrow()
  })

  test.each([
    '',
    'my.handle.server',
    'my.handle.server:8000',
    'ftp://my.handle.server',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://my.handle.server?x=1',
    'https://my.handle.server#x',
  ])('refuses %j', (url) => {
    expect(() => open(url, { allowInsecureHttp: true })).toThrow(expect.objectContaining({ code: 'INVALID_URL' }))
  })

  test('refuses what is no text, and says what it was', () => {
    expect(() => Reflect.apply(open, undefined, [8000])).toThrow(/https URL such as .*, not number/)
  })

  test.each(['https://me:canary-4711@my.handle.server', 'http://me:canary-4711@my.handle.server?canary-4711'])(
    'refuses a URL with a password in it, and does not repeat the password',
    async (url) => {
      const error = await rejection(() => open(url))
      expect(error).toMatchObject({ code: 'INVALID_URL', message: expect.stringContaining('Pass credentials instead') })
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary-4711')
    },
  )
})
