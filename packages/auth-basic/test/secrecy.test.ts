import { inspect } from 'node:util'
import type { Credentials } from '@handlekit/core'
import { expect, test } from 'vitest'
import { handleClient, httpClient } from '../../core/test/support/client.ts'
import { rejection } from '../../core/test/support/rejection.ts'
import { json, startServer } from '../../core/test/support/server.ts'
import { basicAuth } from '../src/index.ts'
import { decode } from './support.ts'

const password = 'canary-pässword-nightjar'

function expectNothingSecret(value: unknown): void {
  const shown = [
    inspect(value, { depth: null, showHidden: true, getters: true, showProxy: true, compact: false }),
    inspect(value, { customInspect: false }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? value.stack : '',
  ].join('\n')
  for (const user of ['me', '300%3Afoo%2Fbar']) {
    expect(shown).not.toContain(Buffer.from(`${user}:canary`).toString('base64').slice(0, 12))
  }
  expect(shown).not.toContain('canary')
  expect(shown).not.toContain('nightjar')
}

const made: readonly [string, Credentials][] = [
  ['a text', basicAuth({ username: 'me', password })],
  ['a function', basicAuth({ username: 'me', password: () => password })],
]

test.each(made)('from %s: nothing shows the password, before and after its use', async (_name, credentials) => {
  expectNothingSecret(credentials)
  const server = await startServer((_request, response) => json(response, 200, {}))
  const client = httpClient(server, { credentials })
  await client.get('/')
  expect(decode(server.seen[0]?.headers.authorization)).toEqual({ user: 'me', password })
  expectNothingSecret(credentials)
  expectNothingSecret(client)
})

test.each(made)('from %s: no error shows what a server echoes', async (_name, credentials) => {
  const server = await startServer(({ headers, url }, response) => {
    const { authorization = '' } = headers
    const said = decode(authorization).password
    json(response, Number(url.slice(1)) || 400, { message: `${authorization} ${said}`, [said]: [authorization] })
  })
  const client = httpClient(server, { credentials })
  for (const path of ['/400', '/401', '/403', '/500']) expectNothingSecret(await rejection(client.get(path)))
  const handles = handleClient(server, { credentials })
  expectNothingSecret(await rejection(handles.resolve('a/b')))
  expectNothingSecret(await rejection(handles.delete('a/b')))
})
