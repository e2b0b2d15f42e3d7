import { expect, test } from 'vitest'
import type { Credentials, TlsContext, TlsIdentity } from '../../src/index.ts'
import { handleClient, httpClient } from '../support/client.ts'
import { json, startServer, type TestServer } from '../support/server.ts'
import { person } from '../support/tls.ts'

const name = 'handlekit test client'

function askingForCertificate(): Promise<TestServer> {
  return startServer((_request, response) => json(response, 200, { responseCode: 1, handle: 'a/b' }), {
    requestCert: true,
    rejectUnauthorized: false,
  })
}

test('tls() is presented on every connection, and asked for once', async () => {
  const server = await askingForCertificate()
  const contexts: TlsContext[] = []
  const given = Promise.withResolvers<TlsIdentity>()
  const credentials: Credentials = {
    scheme: 'test',
    tls(context) {
      contexts.push(context)
      return given.promise
    },
  }
  const client = httpClient(server, { credentials, connections: 8 })
  const calls = Array.from({ length: 50 }, () => client.get('/'))
  given.resolve(person)
  await Promise.all(calls)
  await client.get('/')
  expect(contexts).toEqual([{ origin: server.origin, basePath: '', api: 'http' }])
  expect(new Set(server.seen.map(({ certificate }) => certificate))).toEqual(new Set([name]))
  expect(new Set(server.seen.map(({ socket }) => socket)).size).toBe(8)
})

test('tls() may answer at once, with bytes, and at HandleClient', async () => {
  const server = await askingForCertificate()
  const bytes = { cert: new TextEncoder().encode(person.cert), key: new TextEncoder().encode(person.key) }
  const apis: string[] = []
  const tls = ({ api }: TlsContext): TlsIdentity => {
    apis.push(api)
    return bytes
  }
  await handleClient(server, { credentials: { scheme: 'test', tls } }).resolve('a/b')
  expect(server.seen).toMatchObject([{ certificate: name }])
  expect(apis).toEqual(['handle'])
})

test('no certificate without tls()', async () => {
  const server = await askingForCertificate()
  await httpClient(server, { credentials: { scheme: 'test' } }).get('/')
  expect(server.seen).toMatchObject([{ certificate: undefined }])
})

test.each([true, false])("send() presents it, too (a connection of the strategy's own: %s)", async (newConnection) => {
  const server = await askingForCertificate()
  const credentials: Credentials = {
    scheme: 'test',
    tls: () => person,
    async authorize({ send }) {
      await send({ method: 'GET', path: '/session', newConnection })
    },
  }
  await httpClient(server, { credentials }).get('/')
  expect(server.seen).toMatchObject([
    { url: '/session', certificate: name },
    { url: '/', certificate: name },
  ])
})

test('send() may present another one, on a connection of its own, and learns how that was made', async () => {
  const server = await askingForCertificate()
  const infos: unknown[] = []
  const credentials: Credentials = {
    scheme: 'test',
    async authorize({ send }) {
      const tls: TlsIdentity = { ...person, maxVersion: 'TLSv1.2' }
      infos.push((await send({ method: 'GET', path: '/1.2', newConnection: true, tls })).connection)
      infos.push((await send({ method: 'GET', path: '/1.3', newConnection: true })).connection)
      infos.push((await send({ method: 'GET', path: '/shared' })).connection)
    },
  }
  await httpClient(server, { credentials }).get('/')
  expect(infos).toEqual([{ tls: 'TLSv1.2', renegotiated: false }, { tls: 'TLSv1.3', renegotiated: false }, undefined])
  expect(server.seen.map(({ url, certificate }) => [url, certificate])).toEqual([
    ['/1.2', name],
    ['/1.3', undefined],
    ['/shared', undefined],
    ['/', undefined],
  ])
})

test.each([
  ['at once', (): never => failing()],
  ['later', (): Promise<TlsIdentity> => Promise.resolve().then(failing)],
])('tls() that failed (%s) is asked again by the next request', async (_name, fail) => {
  const server = await askingForCertificate()
  let asked = 0
  let works = false
  const credentials: Credentials = {
    scheme: 'test',
    tls() {
      asked += 1
      return works ? person : fail()
    },
  }
  const client = httpClient(server, { credentials })
  const outcomes = await Promise.allSettled([client.get('/'), client.get('/'), client.get('/')])
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
    Array.from({ length: 3 }, () => 'Error: wrong passphrase'),
  )
  expect(asked).toBe(1)
  works = true
  await client.get('/')
  expect(asked).toBe(2)
  expect(server.seen).toMatchObject([{ certificate: name }])
})

function failing(): never {
  throw new Error('wrong passphrase')
}
