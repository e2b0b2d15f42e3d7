import { readFileSync } from 'node:fs'
import { type Api, type Credentials, HandleClient, HttpClient } from '@handlekit/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { handleClient, httpClient } from '../../core/test/support/client.ts'
import { json, startPlainServer, startServer } from '../../core/test/support/server.ts'
import { basicAuth } from '../src/index.ts'
import { decode, served } from './support.ts'

interface Vector {
  readonly username: string
  readonly password: string
  readonly percentEncodeUsername: boolean
  readonly header: string
}

function isVectors(value: unknown): value is readonly Vector[] {
  return Array.isArray(value) && value.every((one) => typeof Reflect.get(Object(one), 'header') === 'string')
}

const vectors: unknown = JSON.parse(readFileSync(new URL('fixtures/basic.json', import.meta.url), 'utf8'))
if (!isVectors(vectors)) throw new Error('basic.json is not what it was.')

test.each(vectors)('$username', async ({ username, password, percentEncodeUsername, header }) => {
  const server = await startServer((_request, response) => json(response, 200, served))
  const credentials = basicAuth({ username, password })
  if (percentEncodeUsername) await handleClient(server, { credentials }).resolve('a/b')
  else await httpClient(server, { credentials }).get('/')
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([header])
})

/** What a server is sent with the credentials that each run makes. */
async function recorder(api: Api): Promise<(credentials: Credentials) => Promise<string | undefined>> {
  const server = await startPlainServer((_request, response) => json(response, 200, served))
  return async (credentials) => {
    if (api === 'handle') {
      await using client = new HandleClient({ server: server.origin, credentials })
      await client.resolve('a/b')
    } else {
      await using client = new HttpClient({ baseUrl: server.origin, credentials })
      await client.get('/')
    }
    return server.seen.at(-1)?.headers.authorization
  }
}

describe('a server reads what was meant, whatever the text:', () => {
  const text = fc.string({ unit: 'binary', minLength: 1 }).filter((one) => one.isWellFormed() && !/\p{Cc}/u.test(one))

  test('a Handle server, which decodes the user', async () => {
    const headerOf = await recorder('handle')
    await fc.assert(
      fc.asyncProperty(text, text, async (username, password) => {
        const { user, ...rest } = decode(await headerOf(basicAuth({ username, password })))
        expect({ username: decodeURIComponent(user), ...rest }).toEqual({ username, password })
      }),
    )
  })

  test('any other server', async () => {
    const headerOf = await recorder('http')
    const withoutColon = text.filter((one) => !one.includes(':'))
    await fc.assert(
      fc.asyncProperty(withoutColon, text, async (username, password) => {
        expect(decode(await headerOf(basicAuth({ username, password })))).toEqual({ user: username, password })
      }),
    )
  })

  test('from a function as from a text', async () => {
    const headerOf = await recorder('handle')
    await fc.assert(
      fc.asyncProperty(text, async (password) => {
        const given = await headerOf(basicAuth({ username: 'me', password }))
        expect(await headerOf(basicAuth({ username: 'me', password: () => password }))).toBe(given)
        expect(await headerOf(basicAuth({ username: 'me', password: async () => password }))).toBe(given)
      }),
    )
  })
})
