import { HandleClient } from '@handlekit/core'
import { expect, it } from 'vitest'
import { prefix, stranger, TestServer } from '../support/handle-server.ts'
import { rejection } from '../support/rejection.ts'

const test = TestServer.ofFile()

it('who may not read is told what to read, who may not write how to find out why', async () => {
  const client = test.client(stranger)
  const reading = String(await rejection(client.resolve(`${prefix}/HALF`, { publicOnly: false })))
  expect(reading).toMatch(/set publicOnly: true\.$/)
  const writing = String(await rejection(client.create(`${prefix}/NEW`, {})))
  expect(writing).toMatch(/explainPermissions tells what is missing\.$/)
  expect(writing).not.toContain('publicOnly')
})

it('a user without an index is asked whether one was meant', async () => {
  const [, username = ''] = stranger.username.split(':')
  const client = test.client({ ...stranger, username })
  const error = String(await rejection(client.create(`${prefix}/NEW`, {})))
  expect(error).toContain(`The user has no index; '300:${username}' may be meant.`)
  expect(String(await rejection(test.client(stranger).create(`${prefix}/NEW`, {})))).not.toContain('no index')
})

it.each(['/api/handles', '/api/handles/', '/pid/api/handles'])('an address that ends with %s is refused', (path) => {
  expect(() => new HandleClient({ server: `https://my.handle.server${path}` })).toThrow(/without .*apiPath/)
})

it('undefined leaves a type out', async () => {
  const checksum: string | undefined = undefined
  const client = test.client()
  const { indexes } = await client.create(`${prefix}/OPTIONAL`, { URL: 'x', CHECKSUM: checksum })
  expect(indexes).toEqual([1, 100])
  expect((await client.setValues(`${prefix}/OPTIONAL`, { URL: checksum })).outcome).toBe('unchanged')
})
