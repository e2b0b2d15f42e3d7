import { HandleClient } from '@handlekit/core'
import { expect, it } from 'vitest'
import { failureOf } from '../../src/handle/answer.ts'
import { Answer } from '../../src/transport/answer.ts'
import { rejection } from '../support/rejection.ts'

// Nothing here reaches the network: what a resolver cannot do is refused before.

const resolvers = [undefined, 'https://hdl.handle.net', 'https://doi.org', 'https://www.doi.org', 'https://dx.doi.org']

it.each(resolvers)('%s takes no credentials', (server) => {
  expect(() => new HandleClient({ ...(server && { server }), credentials: { scheme: 'test' } })).toThrow(
    /only resolves handles: to use credentials, make HandleClient with the server that holds the prefix/,
  )
})

it('is the default', async () => {
  await using client = new HandleClient()
  expect(client.origin).toBe('https://hdl.handle.net')
})

const handle = '21.T12345/data'

it.each<[string, (client: HandleClient) => Promise<unknown>]>([
  ['create', (client) => client.create(handle, { URL: 'https://example.org' })],
  ['a planned create', (client) => client.create(handle, {}, { plan: true })],
  ['mint', (client) => client.mint('21.T12345', {})],
  ['setValues', (client) => client.setValues(handle, { URL: 'x' })],
  ['addValues', (client) => client.addValues(handle, { URL: 'x' })],
  ['updateValue', (client) => client.updateValue(handle, 1, { ttl: 1 })],
  ['removeValues', (client) => client.removeValues(handle, 'URL')],
  ['delete', (client) => client.delete(handle)],
  ['tombstone', (client) => client.tombstone(handle)],
  ['locations.add', (client) => client.locations.add(handle, ['https://example.org'])],
  ['groups.add', (client) => client.groups.add('0.NA/21.T12345', 200, '300:21.T12345/USER01')],
  ['list', async (client) => Array.fromAsync(client.list('21.T12345'))],
  ['private values', (client) => client.resolve(handle, { publicOnly: false })],
])('%s needs the server that holds the prefix', async (_what, call) => {
  await using client = new HandleClient()
  const error = await rejection(call(client))
  expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'INVALID_OPTION' })
  expect(String(error)).toContain('https://hdl.handle.net only resolves handles')
})

it('tells a server that does not answer it from one that fails', () => {
  const answer = new Answer(500, {}, Buffer.from('{"responseCode":2,"handle":"21.T12345/data"}'))
  const asked = (origin: string): Parameters<typeof failureOf>[1] => ({
    method: 'GET',
    url: `${origin}/api/handles/x`,
    origin,
    handle,
    credentials: undefined,
  })
  expect(failureOf(answer, asked('https://hdl.handle.net')).message).toContain(
    'that holds the prefix could not be asked',
  )
  expect(failureOf(answer, asked('https://my.handle.server')).message).toContain('the server failed')
})
