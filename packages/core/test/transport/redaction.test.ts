import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Credentials, type RequestEvent, secretKeyValue } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { token } from '../support/credentials.ts'
import { onHead, startTlsServer } from '../support/raw-server.ts'
import { rejection, rejections } from '../support/rejection.ts'
import { json, type Respond, startServer, type TestServer } from '../support/server.ts'

const password = 'canary-ä"pässword\\nightjar'
const encoded = Buffer.from(`user:${password}`).toString('base64')

/** As basicAuth does it: core does not know it. */
const basic: Credentials = {
  scheme: 'basic',
  identity: 'user',
  authorize: ({ headers }) => headers.set('authorization', `Basic ${encoded}`),
}

/** Every way in which a person or a program may look at an error. */
function everythingOf(error: unknown): string {
  const all: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    all.push(String(at), at.stack ?? '', JSON.stringify(at), JSON.stringify(Object.getOwnPropertyDescriptors(at)))
  }
  for (const getters of [false, true]) {
    all.push(inspect(error, { depth: null, showHidden: true, getters, maxStringLength: null, maxArrayLength: null }))
  }
  return all.join('\n')
}

/** A part of the password is as bad as all of it. Words, since digits are in times and ports by chance. */
const secrets = ['canary', 'nightjar', encoded.slice(0, 16), encoded.slice(-16)].map((part) => part.toLowerCase())

function expectNothingSecret(text: string): void {
  const lines = text.split('\n')
  expect(lines.filter((line) => secrets.some((secret) => line.toLowerCase().includes(secret)))).toEqual([])
}

const escaped = JSON.stringify(password).slice(1, -1)

const echoes: readonly [string, Respond][] = [
  ['a JSON message', (_request, response) => json(response, 400, { message: `wrong password '${password}'` })],
  ['a long JSON message', (_request, response) => json(response, 400, { message: `${'x'.repeat(190)}${password}` })],
  ['deep in JSON', (_request, response) => json(response, 422, { errors: [{ detail: { got: password } }] })],
  ['a name in JSON', (_request, response) => json(response, 422, { [password]: encoded })],
  ['a text', (_request, response) => void response.writeHead(500).end(`no: ${password}`)],
  ['base64', ({ headers }, response) => json(response, 403, { error: String(headers.authorization) })],
  ['base64 without the scheme', (_request, response) => json(response, 403, { title: encoded })],
  [
    'WWW-Authenticate',
    (_request, response) => {
      const challenge = Buffer.from(`Basic error="no ${escaped}", error_description="${encoded}"`, 'utf8')
      json(response, 401, { message: password }, { 'www-authenticate': challenge.toString('latin1') })
    },
  ],
]

describe.each(echoes)('what a server echoes (%s) is in no error', (_name, respond) => {
  test('of HttpClient', async () => {
    const server = await startServer(respond)
    const error = await rejection(
      httpClient(server, { credentials: basic }).put('/path', 1, { query: { q: 'canary' } }),
    )
    expect(String(error)).toContain(`PUT ${server.origin}/path`)
    expectNothingSecret(everythingOf(error))
  })

  test('of HandleClient', async () => {
    const server = await startServer(respond)
    const client = handleClient(server, { credentials: basic })
    expectNothingSecret(everythingOf(await rejection(client.resolve('a/b'))))
    expectNothingSecret(everythingOf(await rejection(client.delete('a/b'))))
  })
})

test.each<[string, Respond]>([
  ['the name of a handle', (_request, response) => json(response, 200, { responseCode: 1, handle: password })],
  ['a content type', (_request, response) => void response.writeHead(200, { 'content-type': encoded }).end('<html>')],
])('what a success echoes (%s) is in no error', async (_name, respond) => {
  const server = await startServer(respond)
  const client = handleClient(server, { credentials: basic, search: {} })
  const calls = [client.resolve('a/b'), client.delete('a/b'), Array.fromAsync(client.search({ URL: 'x' }))]
  for (const error of await rejections(calls)) expectNothingSecret(everythingOf(error))
})

test('what a server puts into the address of a redirect is in no error and in no event', async () => {
  const events: RequestEvent[] = []
  const server = await startServer(({ url }, response) => {
    if (url === '/old') response.writeHead(302, { location: `/${encodeURIComponent(password)}/new?${encoded}` }).end()
    else response.destroy()
  })
  const client = httpClient(server, { credentials: basic, retries: 0, onRequest: (event) => void events.push(event) })
  const error = await rejection(client.get('/old'))
  expect(error).toMatchObject({ code: 'CONNECTION_LOST', url: `${server.origin}/<redacted>/new` })
  expect(events.map(({ url }) => url)).toEqual([`${server.origin}/old`, `${server.origin}/<redacted>/new`])
  expectNothingSecret(everythingOf(error))
  expectNothingSecret(inspect(events, { depth: null, showHidden: true }))
})

const basicHeader = `Basic ${Buffer.from('user:CanaryNightjar').toString('base64')}`

test('nor what the server of a redirect is called, or says', async () => {
  const key = 'canary-nightjar-k'
  const credentials: Credentials = { scheme: 'key', authorize: ({ headers }) => headers.set('x-api-key', key) }
  const events: RequestEvent[] = []
  const onRequest = (event: RequestEvent): unknown => events.push(event)
  const other = await startServer(({ url }, response) =>
    url === '/hop'
      ? response.writeHead(302, { location: `/${key}/final` }).end()
      : json(response, 404, { message: `no ${key} here` }),
  )
  const server = await startServer(({ url }, response) =>
    response.writeHead(302, { location: url === '/host' ? `https://${key}.invalid/` : `${other.origin}/hop` }).end(),
  )
  const client = httpClient(server, { credentials, onRequest })
  const named = httpClient(
    await startServer((_request, response) =>
      response.writeHead(302, { location: 'https://CanaryNightjar.invalid/' }).end(),
    ),
    {
      credentials: { scheme: 'basic', authorize: ({ headers }) => headers.set('authorization', basicHeader) },
      onRequest,
    },
  )
  const errors = [client.get('/hop'), client.get('/host'), named.get('/')].map((call) => rejection(call))
  expect(await Promise.all(errors)).toMatchObject([
    { code: 'HTTP_404' },
    { code: 'REDIRECT_REFUSED' },
    { code: 'REDIRECT_REFUSED' },
  ])
  for (const error of await Promise.all(errors)) expectNothingSecret(everythingOf(error))
  expect(events.map(({ url }) => url)).toContain(`${other.origin}/<redacted>/final`)
  expectNothingSecret(inspect(events, { depth: null, showHidden: true }))
})

test.each([307, 302])('nor a secret key that a redirect (%i) repeats', async (status) => {
  const secret = 'canary/nightjar'
  for (const location of ['https://other.example.org/', '/']) {
    const events: RequestEvent[] = []
    const server = await startServer(({ method, url }, response) =>
      method === 'PUT' && url.startsWith('/api')
        ? response.writeHead(status, { location: location + encodeURIComponent(secret) }).end()
        : response.destroy(),
    )
    const client = handleClient(server, { retries: 0, onRequest: (event) => void events.push(event) })
    expectNothingSecret(everythingOf(await rejection(client.create('21.T/user', [secretKeyValue(secret)]))))
    expectNothingSecret(inspect(events, { depth: null, showHidden: true }))
  }
})

test.each(['canary nightjar', Buffer.from('canary nightjar')])(
  'nor is a secret key that was to be written',
  async (secret) => {
    const server = await startServer(({ body }, response) => {
      json(response, 400, { responseCode: 202, message: `not ${String(secret)}, as in ${body}` })
    })
    const error = await rejection(handleClient(server).create('21.T/user', [secretKeyValue(secret)]))
    expect(String(error)).toContain('not <redacted>, as in')
    expectNothingSecret(everythingOf(error))
  },
)

test('what is left of the answer is still told', async () => {
  const server = await startServer((_request, response) => {
    json(response, 422, { message: `no '${password}', try again`, count: 3, list: [true, null, password] })
  })
  await expect(httpClient(server, { credentials: basic }).get('/')).rejects.toMatchObject({
    message: expect.stringContaining("no '<redacted>', try again"),
    body: { message: "no '<redacted>', try again", count: 3, list: [true, null, '<redacted>'] },
  })
})

test('an answer that is no HTTP is not repeated in the error', async () => {
  const server = await startTlsServer((socket) => onHead(socket, (head) => socket.end(`${head}\r\n\r\n`)))
  const error = await rejection(httpClient(server, { credentials: basic, retries: 0 }).get('/'))
  expect(error).toMatchObject({ code: 'CONNECTION_LOST', cause: expect.any(Error) })
  expectNothingSecret(everythingOf(error))
})

test('errors of the connection hold no headers and no query', async () => {
  const server = await startServer(({ url }, response) => {
    if (url.startsWith('/lost')) response.destroy()
    else if (url.startsWith('/moved')) response.writeHead(308, { location: 'https://a.example/?canary' }).end()
  })
  const client = httpClient(server, { credentials: basic, retries: 0 })
  const options = { query: { q: 'canary' }, headers: { cookie: 'canary' }, timeout: 100 }
  for (const path of ['/lost', '/moved', '/never']) {
    expectNothingSecret(everythingOf(await rejection(client.put(path, { body: 'canary' }, options))))
  }
  await server.stop()
  expectNothingSecret(everythingOf(await rejection(client.get('/refused', options))))
  await client.close()
  expectNothingSecret(everythingOf(await rejection(client.get('/closed', options))))
})

test('a path that is refused is not repeated: it may be a whole address with a password', async () => {
  const server = await startServer(() => {})
  const client = httpClient(server)
  for (const path of ['https://me:canary@a.example/', '//me:canary@a.example', '/x?token=canary', 'canary']) {
    const error = await rejection(client.get(path))
    expect(error).toMatchObject({ code: 'INVALID_URL' })
    expectNothingSecret(everythingOf(error))
  }
})

test('neither client nor transport shows what it knows', async () => {
  const server: TestServer = await startServer((_request, response) =>
    json(response, 200, { responseCode: 1, handle: 'a/b' }),
  )
  const credentials = token('canary')
  const http = httpClient(server, { credentials, headers: { 'x-api-key': 'canary' } })
  const handles = handleClient(server, { credentials })
  await http.get('/')
  await handles.resolve('a/b')
  for (const client of [http, handles]) {
    const shown = inspect(client, { depth: null, showHidden: true, showProxy: true }) + JSON.stringify(client)
    expectNothingSecret(shown)
  }
})
