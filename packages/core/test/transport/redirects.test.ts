import { X509Certificate } from 'node:crypto'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Credentials } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { token } from '../support/credentials.ts'
import { rejection } from '../support/rejection.ts'
import { json, type Seen, startServer, type TestServer } from '../support/server.ts'
import { elsewhere, localhost, person } from '../support/tls.ts'

const statuses = [301, 302, 303, 307, 308]
const reading = ['GET', 'HEAD']
const writing = ['POST', 'PUT', 'PATCH', 'DELETE']

/** A server that sends every request on to `location`, with a status that the path names: /308. */
function redirecting(location: string): Promise<TestServer> {
  return startServer(({ url }, response) => {
    response.writeHead(Number(url.slice(1)), { location }).end()
  })
}

function keyOf(certificate: string): string {
  return new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

/** A certificate and a token: everything by which one can be known. */
const known: Credentials = { ...token('canary'), tls: () => person }

const asksForCertificate = { requestCert: true, rejectUnauthorized: false }

describe('to another server', () => {
  test.each(statuses)('%i: a GET goes there as nobody', async (status) => {
    const other = await startServer((_request, response) => json(response, 200, { other: true }), asksForCertificate)
    const server = await startServer(
      (_request, response) => response.writeHead(status, { location: `${other.origin}/there?page=2` }).end(),
      asksForCertificate,
    )
    const client = httpClient(server, { credentials: known })
    const { body } = await client.get('/', { headers: { cookie: 'session=canary', 'proxy-authorization': 'canary' } })
    expect(body).toEqual({ other: true })

    const [asKnown] = server.seen
    expect(asKnown).toMatchObject({ certificate: 'handlekit test client', headers: { authorization: 'Bearer canary' } })
    const [asNobody] = other.seen
    expect(asNobody).toMatchObject({ method: 'GET', url: '/there?page=2', certificate: undefined })
    expect(asNobody?.headers).toMatchObject({ accept: 'application/json', host: new URL(other.origin).host })
    expect(JSON.stringify(asNobody?.headers)).not.toContain('canary')
  })

  test('headers of the client that only its server may see stay with it', async () => {
    const other = await startServer((_request, response) => json(response, 200, {}))
    const server = await redirecting(other.origin)
    await httpClient(server, { headers: { 'X-Api-Key': 'canary' } }).get('/302', { headers: { 'X-Token': 'canary' } })
    expect(server.seen[0]?.headers).toMatchObject({ 'x-api-key': 'canary', 'x-token': 'canary' })
    expect(JSON.stringify(other.seen[0]?.headers)).not.toContain('canary')
  })

  test('its 401 does not ask the strategy', async () => {
    const other = await startServer((_request, response) => json(response, 401, {}))
    const server = await redirecting(other.origin)
    let asked = 0
    const credentials: Credentials = { ...token('canary'), onChallenge: () => (asked += 1) > 0 }
    await expect(httpClient(server, { credentials }).get('/302')).rejects.toMatchObject({ status: 401 })
    expect(asked).toBe(0)
    expect(other.seen).toHaveLength(1)
  })

  test.each(statuses.flatMap((status) => writing.map((method) => [status, method] as const)))(
    '%i: a %s never goes there',
    async (status, method) => {
      const other = await startServer((_request, response) => json(response, 200, {}))
      const server = await redirecting(other.origin)
      await expect(httpClient(server).request(method, `/${status}`, { json: 1 })).rejects.toMatchObject({
        code: 'REDIRECT_REFUSED',
        method,
        url: `${server.origin}/${status}`,
      })
      expect(other.seen).toHaveLength(0)
      expect(server.seen).toHaveLength(1)
    },
  )

  test.each(statuses)('%i: HandleClient with credentials does not go there', async (status) => {
    const other = await startServer((_request, response) => json(response, 200, { responseCode: 1, handle: 'a/b' }))
    const server = await startServer(({ url }, response) => {
      response.writeHead(status, { location: other.origin + url }).end()
    })
    const client = handleClient(server, { credentials: token('canary') })
    await expect(client.resolve('a/b')).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
    await expect(client.delete('a/b')).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
    await expect(client.create('a/b', { URL: 'https://example.org' })).rejects.toMatchObject({
      code: 'REDIRECT_REFUSED',
    })
    expect(other.seen).toHaveLength(0)
  })

  test.each(statuses)('%i: the body of a GET does not go there', async (status) => {
    const other = await startServer((_request, response) => json(response, 200, {}))
    const server = await redirecting(other.origin)
    const call = httpClient(server).request('GET', `/${status}`, { json: { search: 'canary' } })
    await expect(call).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
    expect(other.seen).toHaveLength(0)
  })

  test('HandleClient without credentials reads there', async () => {
    const other = await startServer((_request, response) => json(response, 200, { responseCode: 1, handle: 'a/b' }))
    const server = await startServer(({ url }, response) => {
      response.writeHead(302, { location: other.origin + url }).end()
    })
    await handleClient(server).resolve('a/b')
    expect(other.seen).toHaveLength(1)
  })

  test.each(['publicKey', 'siteKey'])(
    '%s is the key of the own server: others are trusted as without it',
    async (pin) => {
      const authorities = getCACertificates('default')
      setDefaultCACertificates([...authorities, localhost.cert])
      onTestFinished(() => setDefaultCACertificates(authorities))
      const other = await startServer((_request, response) => json(response, 200, { other: true }))
      const server = await startServer(
        (_request, response) => response.writeHead(302, { location: other.origin }).end(),
        elsewhere,
      )
      const { body } = await httpClient(server, { trust: { [pin]: keyOf(elsewhere.cert) } }).get('/')
      expect(body).toEqual({ other: true })
    },
  )

  test('allowUntrustedServer is for the own server: another that nothing vouches for gets nothing', async () => {
    const other = await startServer((_request, response) => json(response, 200, {}))
    const server = await redirecting(other.origin)
    const error = await rejection(httpClient(server, { trust: undefined, allowUntrustedServer: true }).get('/302'))
    expect(error).toMatchObject({ code: 'SERVER_NOT_TRUSTED', url: `${other.origin}/`, sent: false })
    expect(other.seen).toHaveLength(0)
  })

  test('which sends it back: refused, so that nobody writes our requests', async () => {
    const server: TestServer = await startServer(({ url }, response) => {
      if (url === '/302') response.writeHead(302, { location: other.origin }).end()
      else json(response, 200, {})
    })
    const other: TestServer = await redirectingBack(server)
    const error = await rejection(httpClient(server, { credentials: known }).get('/302'))
    expect(error).toMatchObject({ code: 'REDIRECT_REFUSED', message: expect.stringContaining('redirects back') })
    expect(server.seen.map(({ url }) => url)).toEqual(['/302'])
  })

  test.each(['http://example.org/', 'http://192.0.2.1/'])('without TLS (%s): refused', async (location) => {
    const server = await redirecting(location)
    await expect(httpClient(server).get('/302')).rejects.toMatchObject({
      code: 'REDIRECT_REFUSED',
      message: expect.stringContaining('not https'),
    })
  })
})

function redirectingBack(server: TestServer): Promise<TestServer> {
  return startServer((_request, response) => response.writeHead(302, { location: `${server.origin}/admin` }).end())
}

describe('at the same server', () => {
  test.each(statuses.flatMap((status) => reading.map((method) => [status, method] as const)))(
    '%i: a %s goes on, with credentials',
    async (status, method) => {
      const server = await startServer(({ url }, response) => {
        if (url === '/there?x=1') json(response, 200, { there: true })
        else response.writeHead(status, { location: '/there?x=1' }).end()
      })
      await httpClient(server, { credentials: known }).request(method, '/')
      expect(server.seen.map((one) => [one.method, one.url, one.headers.authorization])).toEqual([
        [method, '/', 'Bearer canary'],
        [method, '/there?x=1', 'Bearer canary'],
      ])
    },
  )

  test.each([301, 302, 303].flatMap((status) => writing.map((method) => [status, method] as const)))(
    '%i: a %s is refused, and never becomes a GET',
    async (status, method) => {
      const server = await redirecting('/there')
      const error = await rejection(httpClient(server).request(method, `/${status}`, { json: 1 }))
      expect(error).toMatchObject({ code: 'REDIRECT_REFUSED', sent: true, message: expect.stringContaining('GET') })
      expect(server.seen.map((one) => one.method)).toEqual([method])
    },
  )

  test.each([307, 308].flatMap((status) => writing.map((method) => [status, method] as const)))(
    '%i: a %s is sent again with its body',
    async (status, method) => {
      const server = await startServer(({ url }, response) => {
        if (url === '/there') json(response, 200, {})
        else response.writeHead(status, { location: '/there' }).end()
      })
      await httpClient(server, { credentials: known }).request(method, '/', { json: { some: 'thing' } })
      const { url: _url, at: _at, ...first } = comparable(server.seen[0])
      expect(server.seen[1]).toMatchObject({ url: '/there', body: '{"some":"thing"}' })
      expect(comparable(server.seen[1])).toMatchObject(first)
    },
  )

  test('five times and no more', async () => {
    const server = await startServer(({ url }, response) => {
      const step = Number(url.slice(1))
      if (step === 0) json(response, 200, {})
      else response.writeHead(307, { location: `/${step - 1}` }).end()
    })
    const client = httpClient(server)
    await client.get('/5')
    expect(server.seen).toHaveLength(6)
    await expect(client.get('/6')).rejects.toMatchObject({
      code: 'REDIRECT_REFUSED',
      message: expect.stringContaining('more than 5 redirects'),
    })
    expect(server.seen).toHaveLength(12)
  })

  test('to itself: ends, too', async () => {
    const server = await redirecting('')
    await expect(httpClient(server).put('/308', 1)).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
    expect(server.seen).toHaveLength(6)
  })
})

describe('to nowhere', () => {
  test.each(['http://[', 'https://', 'javascript:alert(1)', 'data:,x', 'file:///etc/passwd', 'mailto:a@example.org'])(
    '%s: refused',
    async (location) => {
      const server = await redirecting(location)
      for (const allowInsecureHttp of [false, true]) {
        await expect(httpClient(server, { allowInsecureHttp }).get('/302')).rejects.toMatchObject({
          code: 'REDIRECT_REFUSED',
          message: expect.stringContaining('no http address'),
        })
      }
    },
  )

  test('without a Location the answer is what it is', async () => {
    const server = await startServer((_request, response) => response.writeHead(302).end())
    await expect(httpClient(server).get('/')).rejects.toMatchObject({ code: 'HTTP_302' })
  })

  test('300 and 304 are no redirects', async () => {
    const server = await redirecting('/there')
    await expect(httpClient(server).get('/300')).rejects.toMatchObject({ code: 'HTTP_300' })
    await expect(httpClient(server).get('/304')).rejects.toMatchObject({ code: 'HTTP_304' })
  })

  test('a user and a password in the Location are dropped, and so is the query in an error', async () => {
    const server = await redirecting('https://me:canary@other.example/path?canary#canary')
    const error = await rejection(httpClient(server).delete('/308'))
    expect(error).toMatchObject({ message: expect.stringContaining('https://other.example/path,') })
    expect(String(error)).not.toContain('canary')
  })
})

function comparable(seen: Seen | undefined): Omit<Seen, 'socket'> {
  if (!seen) throw new Error('There was no such request.')
  const { socket: _socket, ...rest } = seen
  return rest
}
