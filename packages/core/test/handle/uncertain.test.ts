import { HandleAlreadyExistsError, type HandleClient, TransportError } from '@handlekit/core'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { handleClient } from '../support/client.ts'
import { Renewing, startingAgain } from '../support/credentials.ts'
import { CuttingProxy } from '../support/cutting-proxy.ts'
import { prefix, TestServer } from '../support/handle-server.ts'
import { rejection } from '../support/rejection.ts'
import { json, listen, startServer } from '../support/server.ts'

// A connection that is lost before the answer leaves it open whether a write happened. Reading back settles it.

const test = TestServer.ofFile()
let proxy: CuttingProxy
let client: HandleClient
let handle: string

beforeEach(async () => {
  proxy = await CuttingProxy.start(test.server.httpsUrl, test.server.certificate)
  client = test.client(undefined, { server: proxy.url })
  handle = test.newHandle()
})
afterEach(() => proxy.stop())

const stored = (): number | undefined => test.server.records.get(handle)?.length

describe('create', () => {
  it('that happened is a success, and is not sent again', async () => {
    proxy.plan.push('after')
    expect(await client.create(handle, { URL: 'https://one' })).toMatchObject({ handle, outcome: 'created' })
    expect(proxy.seen).toEqual(['PUT after', 'GET none'])
    expect(stored()).toBe(2)
  })

  it('that did not happen is sent once more', async () => {
    proxy.plan.push('before')
    expect(await client.create(handle, { URL: 'https://one' })).toMatchObject({ handle, outcome: 'created' })
    expect(proxy.seen).toEqual(['PUT before', 'GET none', 'PUT none'])
    expect(stored()).toBe(2)
  })

  it('that was lost twice is given up', async () => {
    proxy.plan.push('before', 'before', 'before')
    const error: unknown = await client.create(handle, { URL: 'https://one' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', sent: true })
    expect(proxy.seen).toEqual(['PUT before', 'GET none', 'PUT before', 'GET none'])
    expect(stored()).toBeUndefined()
  })

  it('whose repetition could not be sent is told as one that the server may have seen', async () => {
    const server = await startServer(({ method }, response) => {
      if (method === 'PUT') response.destroy()
      else json(response, 404, { responseCode: 100, handle })
    })
    let asked = 0
    const authorize = (): Promise<void> => ((asked += 1) > 2 ? new Promise(() => {}) : Promise.resolve())
    const lost = handleClient(server, { credentials: { scheme: 'test', authorize } })
    await expect(
      lost.create(handle, { URL: 'x' }, { admin: { owner: `300:${prefix}/ADMIN` }, timeout: 500 }),
    ).rejects.toMatchObject({ code: 'CONNECTION_LOST', sent: true })
    expect(server.seen.map(({ method }) => method)).toEqual(['PUT', 'GET'])
  })

  it('of a handle that somebody else has is still refused', async () => {
    await test.client().create(handle, { URL: 'https://theirs' })
    proxy.plan.push('before')
    await expect(client.create(handle, { URL: 'https://mine' })).rejects.toThrow(HandleAlreadyExistsError)
    expect((await client.resolve(handle)).text('URL')).toBe('https://theirs')
  })

  it('that a busy server was asked for twice is one success', async () => {
    proxy.plan.push('busy', 'busy')
    expect(await client.create(handle, { URL: 'https://one' })).toMatchObject({ outcome: 'created' })
    expect(proxy.seen).toEqual(['PUT busy', 'PUT busy', 'PUT none'])
  })

  it('with replace is settled likewise', async () => {
    await test.client().create(handle, { URL: 'https://one', OLD: 'x' })
    proxy.plan.push('after')
    expect(await client.create(handle, { URL: 'https://two' }, { ifExists: 'replace' })).toMatchObject({
      outcome: 'replaced',
    })
    expect(proxy.seen).toEqual(['PUT after', 'GET none'])
    expect(stored()).toBe(2)
  })

  it('whose outcome cannot be read back is reported as unknown', async () => {
    proxy.plan.push('after')
    const controller = new AbortController()
    const lost = client.create(handle, { URL: 'https://one' }, { signal: controller.signal })
    // Nothing can be read any more.
    proxy.seen.push = () => {
      void proxy.stop()
      return 0
    }
    const error: unknown = await lost.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', sent: true })
    expect(String(error)).toContain(handle)
  })
})

describe.each([502, 504])('a gateway that gives up (%i)', (status) => {
  it('has let it through: a success', async () => {
    proxy.plan.push(status)
    expect(await client.create(handle, { URL: 'https://one' })).toMatchObject({ handle, outcome: 'created' })
    expect(proxy.seen).toEqual([`PUT ${status}`, 'GET none'])
  })

  it('has not, or not yet: nothing is sent again', async () => {
    proxy.plan.push(-status)
    const error = await rejection(client.create(handle, { URL: 'https://one' }))
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', sent: true, cause: { status } })
    expect(String(error)).toContain(`the answer was ${status}`)
    expect(proxy.seen).toEqual([`PUT -${status}`, 'GET none'])
  })
})

describe('that a value is there says little', () => {
  const text = (data: string): object => ({ format: 'string', value: data })
  beforeEach(() => {
    test.server.records.put(handle, [
      {
        index: 100,
        type: 'HS_ADMIN',
        data: { format: 'admin', value: { handle: `0.NA/${prefix}`, index: 200, permissions: '111111111111' } },
      },
      { index: 1, type: 'URL', data: text('https://a') },
      { index: 5, type: 'NOBODY', data: text('x'), permissions: '00100' },
      { index: 300, type: 'HS_SECKEY', data: text('canary-old'), permissions: '1100' },
    ])
  })

  const edits: [string, () => Promise<unknown>][] = [
    ['permissions', () => client.updateValue(handle, 1, { permissions: '1100' })],
    ['a ttl', () => client.updateValue(handle, 1, { ttl: 60 })],
    ['references', () => client.updateValue(handle, 1, { references: [{ handle, index: 100 }] })],
    [
      'the permissions of all',
      () => client.create(handle, [{ type: 'URL', data: 'https://a', permissions: '1100' }], { ifExists: 'replace' }),
    ],
  ]

  it.each(edits)('a gateway that gave up has not written %s', async (_what, edit) => {
    proxy.plan.push(-504)
    expect(await rejection(edit())).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  it.each(edits)('a connection that was lost has not written %s: it is sent again', async (_what, edit) => {
    const before = JSON.stringify(test.server.records.get(handle))
    proxy.plan.push('before')
    await edit()
    expect(proxy.seen.filter((line) => line.startsWith('PUT'))).toEqual(['PUT before', 'PUT none'])
    expect(JSON.stringify(test.server.records.get(handle))).not.toBe(before)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['changed', () => client.setValues(handle, { HS_SECKEY: 'canary-new' })],
    ['added', () => client.addValues(handle, { HS_SECKEY: 'canary-new' })],
  ])('a private value that was to be %s cannot be seen', async (_what, edit) => {
    proxy.plan.push(-502)
    expect(await rejection(edit())).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })
})

describe('a 503', () => {
  it('of a gateway that let it through is a success', async () => {
    proxy.plan.push(503, 503, 503)
    const once = test.client(undefined, { server: proxy.url, retries: 0 })
    expect(await once.create(handle, { URL: 'https://one' })).toMatchObject({ outcome: 'created' })
    expect(proxy.seen).toEqual(['PUT 503', 'GET none'])
  })

  it('of one that did not is that', async () => {
    proxy.plan.push('busy', 'busy', 'busy')
    const error = await rejection(client.create(handle, { URL: 'https://one' }))
    expect(error).toMatchObject({ code: 'SERVER_BUSY', status: 503 })
    expect(stored()).toBeUndefined()
  })

  it('and then nobody there: the first may have been done', async () => {
    const server = createServer((_request, response) => {
      server.close()
      response.writeHead(503, { 'retry-after': '0', connection: 'close' }).end()
    })
    const origin = `http://localhost:${await listen(server)}`
    const once = test.anonymous({ server: origin })
    const error = await rejection(once.create(handle, { URL: 'x' }, { admin: false }))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', sent: true })
    expect(String(error)).toMatch(/503, and may have been done\.$/)
    expect(String(error)).not.toContain('not sent')
  })
})

it('a write that cannot be settled says how it ended, and why it cannot', async () => {
  const server = await startServer(({ method }, response) =>
    method === 'PUT' ? response.destroy() : json(response, 500, { responseCode: 2 }),
  )
  const error = await rejection(handleClient(server).create(handle, { URL: 'x' }, { admin: false }))
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: { status: 500 } })
  expect(String(error)).toMatch(/the connection was lost, .* Reading it back failed, too/)
})

describe('mint', () => {
  it('makes one handle, however the connection fares', async () => {
    for (const cut of ['after', 'before'] as const) {
      const before = test.server.records.names().length
      proxy.plan.push(cut)
      const minted = await client.mint(prefix, { URL: 'https://one' })
      expect(test.server.records.names()).toHaveLength(before + 1)
      expect(test.server.records.get(minted.handle)).toHaveLength(2)
    }
  })

  it('by the server cannot be settled, and says so', async () => {
    proxy.plan.push('after')
    await expect(client.mint(prefix, { URL: 'https://one' }, { suffix: 'server' })).rejects.toThrow(
      expect.objectContaining({ code: 'OUTCOME_UNKNOWN' }),
    )
    expect(proxy.seen).toEqual(['PUT after'])
  })

  it.each([503, 502, 504])(
    'by the server is not repeated after a %i: the handle may have been made',
    async (status) => {
      const before = test.server.records.names().length
      proxy.plan.push(status)
      const error = await rejection(client.mint(prefix, { URL: 'https://one' }, { suffix: 'server' }))
      expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', sent: true, cause: { status } })
      expect(proxy.seen).toEqual([`PUT ${status}`])
      expect(test.server.records.names()).toHaveLength(before + 1)
    },
  )

  it.each([401, 429])('by the server is repeated after a %i, which says that nothing was done', async (status) => {
    const server = await startServer((_request, response) => {
      if (server.seen.length === 1) json(response, status, {}, { 'retry-after': '0' })
      else json(response, 201, { responseCode: 1, handle: `${prefix}/made` })
    })
    const credentials = new Renewing()
    const minted = await handleClient(server, { credentials }).mint(prefix, { URL: 'x' }, { suffix: 'server' })
    expect(minted).toMatchObject({ handle: `${prefix}/made`, outcome: 'created' })
    expect(server.seen).toHaveLength(2)
  })

  it('by the server is repeated when it was certainly not sent', async () => {
    const server = await startServer((_request, response) => {
      json(response, 201, { responseCode: 1, handle: `${prefix}/made` })
    })
    await server.stop()
    const credentials = startingAgain(server)
    await handleClient(server, { credentials }).mint(prefix, { URL: 'x' }, { suffix: 'server' })
    expect(server.seen).toHaveLength(1)
  })
})

describe('an edit', () => {
  beforeEach(async () => {
    await test.client().create(handle, { URL: 'https://one', NOTE: 'n' })
  })

  it.each(['after', 'before'] as const)('by setValues is done once (connection lost %s)', async (cut) => {
    proxy.plan.push(cut)
    expect(await client.setValues(handle, { URL: 'https://two' })).toMatchObject({ outcome: 'changed', indexes: [1] })
    expect((await client.resolve(handle)).text('URL')).toBe('https://two')
  })

  it.each(['after', 'before'] as const)('by addValues is done once (connection lost %s)', async (cut) => {
    proxy.plan.push(cut)
    expect(await client.addValues(handle, { KEYWORD: 'k' })).toMatchObject({ indexes: [3] })
    expect((await client.resolve(handle)).texts('KEYWORD')).toEqual(['k'])
  })

  it.each(['after', 'before'] as const)('by removeValues is done once (connection lost %s)', async (cut) => {
    proxy.plan.push(cut)
    expect(await client.removeValues(handle, 'NOTE')).toMatchObject({ indexes: [2] })
    expect((await client.resolve(handle)).get('NOTE')).toBeUndefined()
  })

  it.each(['after', 'before'] as const)('by delete is done once (connection lost %s)', async (cut) => {
    proxy.plan.push(cut)
    expect(await client.delete(handle)).toMatchObject({ outcome: 'deleted' })
    expect(stored()).toBeUndefined()
  })
})
