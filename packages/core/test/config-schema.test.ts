import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readProfile } from '../src/config/profiles.ts'

// What editors are told about a file agrees with what is read.

const folder = new URL('..', import.meta.url)
const schema = z.fromJSONSchema(
  JSON.parse(await readFile(new URL('src/config/credentials.schema.json', folder), 'utf8')),
)

const of = (profile: object): object => ({ profiles: { a: { server: 'https://a.example.org', ...profile } } })
const reads = async (json: unknown): Promise<boolean> =>
  readProfile('f', json, undefined, (path) => path).then(
    () => true,
    () => false,
  )

it('the example of the README fits', async () => {
  const readme = await readFile(new URL('README.md', folder), 'utf8')
  const [, example = ''] = /^```json\n(\{\n {2}"default".*?)^```/ms.exec(readme) ?? []
  expect(schema.safeParse(JSON.parse(example)).error).toBeUndefined()
})

const basic = { type: 'basic', username: 'u', password: 'p' }

describe.each<[boolean, object]>([
  [true, of({})],
  [true, { ...of({}), $schema: './x.json', default: 'a' }],
  [true, of({ credentials: basic, timeout: 1, retries: 0, connections: 2, apiPath: '/x' })],
  [true, of({ credentials: { type: 'mine', anything: [1] } })],
  [true, of({ search: { server: 'https://b', path: '/x', fields: ['URL'], credentials: basic, trust: { ca: 'x' } } })],
  [true, of({ admin: false, trust: { siteKey: { kty: 'RSA', n: 'x', e: 'AQAB' } } })],
  [true, of({ trust: { ca: ['x', 'y'] } })],
  [true, of({ locations: { chooseBy: 'country,weighted' } })],
  [true, of({ admin: { owner: '200:0.NA/21.T1', permissions: '011111110011' } })],
  [false, {}],
  [false, { profiles: { a: {} } }],
  [false, { ...of({}), dafault: 'a' }],
  [false, of({ credentails: basic })],
  [false, of({ credentials: { username: 'u' } })],
  [false, of({ search: { user: 'u' } })],
  [false, of({ search: { fields: 'URL' } })],
  [true, of({ cache: true, proxy: 'http://proxy:3128', userAgent: 'my-program/1.0' })],
  [true, of({ cache: { maxRecords: 10, maxAge: 60 } })],
  [false, of({ cache: { size: 10 } })],
  [false, of({ locations: { chooseby: 'country' } })],
  [false, of({ admin: true })],
  [false, of({ admin: { ovner: 'x' } })],
  [false, of({ timeout: 'long' })],
  [false, of({ server: { $exec: 'x' } })],
])('%s for %j', (fits, json) => {
  it('says the schema', () => expect(schema.safeParse(json).success).toBe(fits))
  it('says the reader', async () => expect(await reads(json)).toBe(fits))
})

it('takes references for texts', () => {
  const password = { $env: 'PASSWORD' }
  expect(schema.safeParse(of({ credentials: { ...basic, password }, trust: { ca: { $file: 'a.pem' } } })).success).toBe(
    true,
  )
  expect(schema.safeParse(of({ credentials: { ...basic, password: { $var: 'PASSWORD' } } })).success).toBe(false)
})
