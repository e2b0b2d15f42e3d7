import { describe, expect, test } from 'vitest'
import { HandleClient, HttpClient } from '../../src/index.ts'
import { httpClient } from '../support/client.ts'
import { json, startServer } from '../support/server.ts'

type Options = Readonly<Record<string, unknown>>

// What JavaScript, or a file that was read, may pass.
const clients: readonly [string, (options: Options) => unknown][] = [
  ['HttpClient', (options) => Reflect.construct(HttpClient, [{ baseUrl: 'https://a.example', ...options }])],
  ['HandleClient', (options) => Reflect.construct(HandleClient, [{ server: 'https://a.example', ...options }])],
]

describe.each(clients)('%s refuses', (_name, open) => {
  test('an option that it does not know, and tells those that it knows', () => {
    expect(() => open({ timeOut: 5 })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION', message: expect.stringMatching(/'timeOut'.*timeout/) }),
    )
  })

  test.each([
    ['timeout', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '30', null]],
    ['retries', [-1, 0.5, Number.NaN, '1', null]],
    ['connections', [0, -1, 1.5, '1', null]],
  ])('%s that is no sensible number', (name, values) => {
    for (const value of values) {
      expect(() => open({ [name]: value }), String(value)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(name) }),
      )
    }
  })

  test.each([null, 'user:canary-4711', { username: 'me', password: 'canary-4711' }, () => 'canary-4711'])(
    'credentials that come from no strategy, without showing them',
    (credentials) => {
      expect(() => open({ credentials })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('basicAuth') }),
      )
      expect(() => open({ credentials })).not.toThrow(/canary/)
    },
  )

  test.each([
    { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    { ca: '-----BEGIN PRIVATE KEY-----' },
    { ca: '/etc/ssl/server.pem' },
    { ca: ['x'] },
    { ca: Buffer.from([0x30, 0x82]) },
  ])('trust.ca that is no PEM: %j', (trust) => {
    expect(() => open({ trust })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('BEGIN CERTIFICATE') }),
    )
  })

  test('an option of trust that it does not know', () => {
    expect(() => open({ trust: { CA: '' } })).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }))
  })
})

test.each([undefined, null, 'https://a.example'])('options that are none (%j) are refused', (options) => {
  expect(() => Reflect.construct(HttpClient, [options])).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
})

test('options of one request are checked like those of the client', async () => {
  const server = await startServer((_request, response) => json(response, 200, {}))
  const client = httpClient(server)
  for (const timeout of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(client.get('/', { timeout })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  }
  const misspelt: object = { timeOut: 5 }
  await expect(client.get('/', misspelt)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' })
  expect(server.seen).toHaveLength(0)
})
