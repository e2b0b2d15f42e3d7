import { trustOnFirstUse } from '@handlekit/core'
import { startHandleServer, type HandleServer } from '@handlekit/server'
import { createPublicKey } from 'node:crypto'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { rejection } from '../support/rejection.ts'
import { json, startServer, type TestServer } from '../support/server.ts'
import { anonymous, elsewhere, localhost } from '../support/tls.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trust-'))
  file = join(folder, 'known.json')
})

async function startHandles(): Promise<HandleServer> {
  const server = await startHandleServer()
  onTestFinished(() => server.close())
  return server
}

const keyOf = ({ cert }: { cert: string }): object => createPublicKey(cert).export({ format: 'jwk' })

/** A server of a site with several: it has the certificate for localhost, and tells these keys. */
function startOfSite(...keys: object[]): Promise<TestServer> {
  const servers = keys.map((value) => ({ publicKey: { format: 'key', value } }))
  return startServer((_request, response) => json(response, 200, { site: { servers } }))
}

async function known(): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(file, 'utf8'))
}

describe('the file', () => {
  test('may be a URL, also one with a blank in it', async () => {
    const server = await startHandles()
    await trustOnFirstUse({ server: server.httpsUrl, file: pathToFileURL(join(folder, 'known servers.json')) })
    expect(await readdir(folder)).toEqual(['known servers.json'])
  })

  test.each([
    ['an address', new URL('https://example.org/known.json')],
    ['nothing', undefined],
    ['empty', ''],
  ])('is refused when it is %s', async (_what, given) => {
    const options = { server: 'https://localhost', file: given }
    const error = await rejection(() => Reflect.apply(trustOnFirstUse, undefined, [options]))
    expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'INVALID_OPTION' })
  })

  test('keeps the keys of servers that are asked together', async () => {
    const servers = await Promise.all(Array.from({ length: 5 }, startHandles))
    await Promise.all(servers.map(({ httpsUrl }) => trustOnFirstUse({ server: httpsUrl, file })))
    expect(Object.keys(await known()).toSorted()).toEqual(servers.map(({ httpsUrl }) => httpsUrl).toSorted())
    expect(await readdir(folder)).toEqual(['known.json'])
  })

  test('keeps what another program adds while the server is asked', async () => {
    const other = { 'https://other.example.org': keyOf(elsewhere) }
    const servers = [{ publicKey: { format: 'key', value: keyOf(localhost) } }]
    const server = await startServer(async (_request, response) => {
      await writeFile(file, JSON.stringify(other))
      json(response, 200, { site: { servers } })
    })
    await trustOnFirstUse({ server: server.origin, file })
    expect(await known()).toEqual({ ...other, [server.origin]: keyOf(localhost) })
  })

  test('tells the key of a server that another program has kept meanwhile', async () => {
    const servers = [{ publicKey: { format: 'key', value: keyOf(localhost) } }]
    const server = await startServer(async (_request, response) => {
      await writeFile(file, JSON.stringify({ [server.origin]: keyOf(elsewhere) }))
      json(response, 200, { site: { servers } })
    })
    expect(await trustOnFirstUse({ server: server.origin, file })).toEqual({ siteKey: keyOf(elsewhere) })
    expect(await known()).toEqual({ [server.origin]: keyOf(elsewhere) })
  })

  test('that cannot be read is named', async () => {
    const server = await startHandles()
    const error = await rejection(trustOnFirstUse({ server: server.httpsUrl, file: folder }))
    expect(error).toMatchObject({
      name: 'InvalidArgumentError',
      code: 'INVALID_OPTION',
      message: expect.stringContaining(`${folder} cannot be read (EISDIR)`),
      cause: { code: 'EISDIR' },
    })
  })

  test('that is another one is named, and not shown', async () => {
    await writeFile(file, 'canary')
    const error = await rejection(trustOnFirstUse({ server: 'https://localhost', file }))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining(file) })
    expect(inspect(error)).not.toContain('canary')
    expect(await readFile(file, 'utf8')).toBe('canary')
  })

  test('that cannot be written is named, and leaves nothing behind', async () => {
    const servers = [{ publicKey: { format: 'key', value: keyOf(localhost) } }]
    const blocked = join(folder, 'file', 'known.json')
    const server = await startServer(async (_request, response) => {
      await writeFile(join(folder, 'file'), '')
      json(response, 200, { site: { servers } })
    })
    expect(await rejection(trustOnFirstUse({ server: server.origin, file: blocked }))).toMatchObject({
      name: 'InvalidArgumentError',
      code: 'INVALID_OPTION',
      message: expect.stringContaining(blocked),
    })
    expect(await readdir(folder)).toEqual(['file'])
    await trustOnFirstUse({ server: server.origin, file })
    expect(await readdir(folder)).toEqual(['file', 'known.json'])
  })
})

describe('a site with several servers', () => {
  test('is trusted by the key of the one that was reached', async () => {
    const server = await startOfSite(keyOf(anonymous), keyOf(localhost))
    expect(await trustOnFirstUse({ server: server.origin, file })).toEqual({ siteKey: keyOf(localhost) })
    expect(await known()).toEqual({ [server.origin]: keyOf(localhost) })
  })

  test('is refused when the certificate has none of its keys, and nothing is kept', async () => {
    const server = await startOfSite(keyOf(anonymous), keyOf(elsewhere))
    const error = await rejection(trustOnFirstUse({ server: server.origin, file }))
    expect(error).toMatchObject({ code: 'SERVER_NOT_TRUSTED' })
    expect(await readdir(folder)).toEqual([])
  })

  test('is asked no further after another failure', async () => {
    const keys = [keyOf(localhost), keyOf(anonymous)].map((value) => ({ publicKey: { format: 'key', value } }))
    const server = await startServer((_request, response) => {
      if (server.seen.length > 1) response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
      else json(response, 200, { site: { servers: keys } })
    })
    const error = await rejection(trustOnFirstUse({ server: server.origin, file }))
    expect(error).toMatchObject({ code: 'NOT_JSON' })
    expect(server.seen).toHaveLength(2)
  })

  test('is refused when it has no key', async () => {
    const server = await startOfSite()
    expect(await rejection(trustOnFirstUse({ server: server.origin, file }))).toMatchObject({ code: 'WRONG_SHAPE' })
  })
})
