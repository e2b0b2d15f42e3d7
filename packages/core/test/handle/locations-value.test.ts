import { locationsXml } from '@handlekit/core'
import { expect, it } from 'vitest'
import { prefix, TestServer } from '../support/handle-server.ts'

const test = TestServer.ofFile()

it('makes a handle with locations in one request', async () => {
  const client = test.client()
  const places = locationsXml(['https://a.example.org', { href: 'https://b.example.org', country: 'de' }], {
    chooseBy: 'country',
  })
  const requests = await test.requestsOf(() =>
    client.create(`${prefix}/PLACES`, { URL: 'https://a.example.org', '10320/LOC': places }),
  )
  expect(requests).toBe(1)
  const { locations } = await client.resolve(`${prefix}/PLACES`)
  expect(locations.chooseBy).toBe('country')
  expect([...locations]).toMatchObject([
    { index: 2, id: '0', href: 'https://a.example.org' },
    { index: 2, id: '1', href: 'https://b.example.org', country: 'de' },
  ])
})

it('refuses what cannot be written', () => {
  expect(() => locationsXml([''])).toThrow(/href/)
  expect(() => locationsXml(['https://a'], JSON.parse('{"chooseby":"country"}'))).toThrow(/no option 'chooseby'/)
  expect(() => locationsXml(['https://a'], { chooseBy: '\u0000' })).toThrow(/XML cannot hold/)
})

it('the client says how resolvers choose, where a record had no locations', async () => {
  const client = test.client(undefined, { locations: { chooseBy: 'country,weighted' } })
  const handle = `${prefix}/DEFAULT`
  await client.create(handle, {})
  await client.locations.add(handle, ['https://a.example.org'])
  expect((await client.resolve(handle)).locations.chooseBy).toBe('country,weighted')
  await client.locations.set(handle, ['https://b.example.org'], { chooseBy: 'weighted' })
  await client.locations.add(handle, ['https://c.example.org'])
  expect((await client.resolve(handle)).locations.chooseBy).toBe('weighted')
})

it('refuses a default that is none', () => {
  expect(() => test.client(undefined, { locations: { chooseBy: '' } })).toThrow(/chooseBy is text/)
})
