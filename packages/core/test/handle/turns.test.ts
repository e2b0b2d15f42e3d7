import type { HandleClient } from '@handlekit/core'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { handleClient } from '../support/client.ts'
import { prefix, TestServer } from '../support/handle-server.ts'
import { code, rejection } from '../support/rejection.ts'
import { json, startServer } from '../support/server.ts'

const test = TestServer.ofFile()
let client: HandleClient
let handle: string

beforeAll(() => {
  client = test.client()
})
beforeEach(async () => {
  handle = test.newHandle()
  await client.create(handle, { URL: 'x' })
})

const several = Array.from({ length: 8 }, (_, i) => i)

it('edits of one value at the same time do not undo each other', async () => {
  await client.locations.add(handle, ['http://first'])
  await Promise.all(several.map((i) => client.locations.add(i % 2 ? handle : handle.toLowerCase(), [`http://${i}`])))
  expect((await client.resolve(handle)).locations.length).toBe(several.length + 1)
})

it('nor do changes of one group', async () => {
  await client.addValues(handle, [{ type: 'HS_VLIST', data: { format: 'vlist', value: [] }, index: 200 }])
  await Promise.all(several.map((i) => client.groups.add(handle, 200, `300:${prefix}/USER-${i}`)))
  expect((await client.resolve(handle)).at(200)?.data).toMatchObject({ value: { length: several.length } })
})

it('they happen in the order in which they were called, also after one that fails', async () => {
  const calls = [
    client.setValues(handle, { URL: 'a' }),
    client.updateValue(handle, 77, { ttl: 1 }),
    client.delete(handle),
    client.create(handle, { URL: 'b' }),
    client.setValues(handle, { URL: 'c' }),
  ]
  const ends = await Promise.allSettled(calls)
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
  expect((await client.resolve(handle)).text('URL')).toBe('c')
})

it('other handles do not wait, and neither do reads', async () => {
  let release: (() => void) | undefined
  const server = await startServer((request, response) => {
    const name = decodeURIComponent(request.url.split(/[/?]/)[3] ?? '')
    const answer = (): void => json(response, 200, { responseCode: 1, handle: name, values: [] })
    if (request.method === 'DELETE' && !release) release = answer
    else answer()
  })
  const here = handleClient(server)
  const slow = here.delete('21.T/slow')
  await vi.waitUntil(() => server.seen.length === 1)
  await here.delete('21.T/other')
  await here.resolve('21.T/slow')
  const behind = here.delete('21.T/slow')
  release?.()
  await Promise.all([slow, behind])
  expect(server.seen.map(({ method, url }) => `${method} ${url.slice(-4)}`)).toEqual([
    'DELETE slow',
    'DELETE ther',
    'GET slow',
    'DELETE slow',
  ])
})

it('who gives up waiting sends nothing, and lets nobody past', async () => {
  const release: (() => void)[] = []
  const server = await startServer((_request, response) => {
    release.push(() => json(response, 200, { responseCode: 1, handle: '21.T/x' }))
  })
  const here = handleClient(server)
  const first = here.delete('21.T/x')
  await vi.waitUntil(() => release.length === 1)
  const controller = new AbortController()
  const aborted = rejection(here.delete('21.T/x', { signal: controller.signal }))
  const late = rejection(here.delete('21.T/x', { timeout: 1 }))
  const last = here.delete('21.T/x')
  controller.abort(new Error('enough'))
  expect(await aborted).toMatchObject({ message: 'enough' })
  expect(await late).toEqual(code('TIMEOUT'))
  expect(await late).toMatchObject({ sent: false, message: expect.stringContaining('this one was not sent') })
  expect(server.seen).toHaveLength(1)
  release[0]?.()
  await first
  await vi.waitUntil(() => release.length === 2)
  release[1]?.()
  await last
  expect(server.seen).toHaveLength(2)
})
