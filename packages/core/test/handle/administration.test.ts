import {
  decodeValuePermissions,
  encodeValuePermissions,
  HandleRecordError,
  parseReference,
  publicKeyValue,
  secretKeyValue,
} from '@handlekit/core'
import fc from 'fast-check'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { prefix, TestServer, writer } from '../support/handle-server.ts'
import { code } from '../support/rejection.ts'

const test = TestServer.ofFile()
let handle: string

beforeEach(() => {
  handle = test.newHandle()
})

/** What a record holds, behind the client's back. */
function contents(name = handle): Record<number, unknown> {
  return Object.fromEntries(
    (test.server.records.get(name) ?? []).map(({ index, type, data }) => [
      index,
      `${type} ${data.format === 'string' ? data.value : data.format}`,
    ]),
  )
}

describe('groups', () => {
  const [anna, ben, all] = [`300:${prefix}/Anna`, `301:${prefix}/Ben`, `${prefix}/ALL`]

  async function members(): Promise<unknown> {
    const data = (await test.client().resolve(handle)).at(200)?.data
    return data?.format === 'vlist' ? data.value.map((member) => `${member.index}:${member.handle}`) : data
  }

  beforeEach(async () => {
    const data = { format: 'vlist', value: [parseReference(anna)] } as const
    await test.client().create(handle, [
      { index: 200, type: 'HS_VLIST', data, ttl: 60, permissions: '1100' },
      { index: 1, type: 'URL', data: 'x' },
    ])
    await test.client().updateValue(handle, 200, { permissions: '1110' })
  })

  it('gain members, who stay what they are', async () => {
    const { groups } = test.client()
    expect(await groups.add(handle, 200, ben)).toEqual({ handle, outcome: 'changed', indexes: [200] })
    await groups.add(handle, 200, [all, anna, ben, { handle: `${prefix}/Cleo`, index: 300 }, all])
    expect(await members()).toEqual([anna, ben, `0:${all}`, `300:${prefix}/Cleo`])
    expect((await test.client().resolve(handle)).at(200)).toMatchObject({ ttl: 60 })
  })

  it('lose members', async () => {
    const { groups } = test.client()
    await groups.add(handle, 200, [ben, all])
    await groups.remove(handle, 200, [anna, `300:${prefix}/nobody`])
    expect(await members()).toEqual([ben, `0:${all}`])
    await groups.remove(handle, 200, [ben, all])
    expect(await members()).toEqual([])
  })

  it('tell names apart as the server does', async () => {
    const { groups } = test.client()
    await groups.add(handle, 200, [`300:${prefix}/anna`, `300:${prefix.toLowerCase()}/Anna`])
    expect(await members()).toEqual([anna, `300:${prefix}/anna`])
    await groups.remove(handle, 200, `300:${prefix.toLowerCase()}/Anna`)
    expect(await members()).toEqual([`300:${prefix}/anna`])
  })

  it('are not written where nothing changes', async () => {
    const { groups } = test.client()
    expect(await test.requestsOf(() => groups.add(handle, 200, anna))).toBe(1)
    expect(await test.requestsOf(() => groups.remove(handle, 200, ben))).toBe(1)
    expect(await groups.add(handle, 200, [])).toMatchObject({ outcome: 'unchanged' })
  })

  it('can be planned, and stopped', async () => {
    const { groups } = test.client()
    const { request } = await groups.add(handle, 200, ben, { plan: true })
    expect(request).toMatchObject({ method: 'PUT', url: expect.stringMatching(/\?index=200&overwrite=true$/) })
    expect(await members()).toEqual([anna])
    await expect(groups.add(handle, 200, ben, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
  })

  it('are told from other values', async () => {
    const { groups } = test.client()
    await expect(groups.add(handle, 1, ben)).rejects.toThrow(code('NOT_A_GROUP'))
    await expect(groups.remove(handle, 7, ben)).rejects.toThrow(code('NO_SUCH_VALUE'))
    await expect(groups.add(handle, 200, 'Ben')).rejects.toThrow(code('INVALID_HANDLE'))
    expect(contents()).toMatchObject({ 1: 'URL x' })
  })
})

describe('members that no reference would be', () => {
  const odd = [
    { handle: `hdl:${prefix}/EVIL`, index: 300 },
    { handle: 'ADMIN', index: 300 },
  ]
  const kept = (): unknown => test.server.records.get(handle)?.find(({ index }) => index === 200)?.data.value

  beforeEach(() => {
    test.server.records.put(handle, [
      {
        index: 100,
        type: 'HS_ADMIN',
        data: { format: 'admin', value: { handle: `0.NA/${prefix}`, index: 200, permissions: '111111111111' } },
      },
      { index: 200, type: 'HS_VLIST', data: { format: 'vlist', value: odd } },
    ])
  })

  it('stay as they are: they do not become somebody', async () => {
    const { groups } = test.client()
    await groups.add(handle, 200, `300:${prefix}/GOOD`)
    await test.client().updateValue(handle, 200, { ttl: 5 })
    expect(kept()).toEqual([...odd, { handle: `${prefix}/GOOD`, index: 300 }])
  })

  it('can be removed as they stand', async () => {
    const { groups } = test.client()
    await groups.remove(handle, 200, `300:${prefix}/EVIL`)
    expect(kept()).toEqual(odd)
    const data = (await test.client().resolve(handle)).at(200)?.data
    await groups.remove(handle, 200, data?.format === 'vlist' ? data.value : [])
    expect(kept()).toEqual([])
    const nobody = { handle: 'NOBODY', index: 300 }
    await expect(groups.remove(handle, 200, nobody)).rejects.toThrow(code('INVALID_HANDLE'))
    // @ts-expect-error: nobody
    await expect(groups.add(handle, 200, undefined)).rejects.toThrow(code('INVALID_HANDLE'))
    // @ts-expect-error: nobody
    await expect(groups.remove(handle, 200, undefined)).rejects.toThrow(code('INVALID_HANDLE'))
  })
})

describe('keys and secrets', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n, e } = publicKey.export({ format: 'jwk' })

  it('a secret is private, and logs in', async () => {
    await test.client().create(handle, [secretKeyValue('a secret')])
    expect((await test.client().resolve(handle)).at(300)).toBeUndefined()
    expect(contents()).toMatchObject({ 300: 'HS_SECKEY a secret' })
    const user = test.client({ username: `300:${handle}`, password: 'a secret' })
    expect(await user.verifyCredentials()).toMatchObject({ identity: `300:${handle}` })
  })

  it('a misspelt option is no option', () => {
    const options = { index: 300, indx: 301 }
    expect(() => secretKeyValue('a secret', options)).toThrow(code('UNKNOWN_OPTION'))
    expect(() => publicKeyValue({ kty: 'RSA', n, e }, options)).toThrow(code('UNKNOWN_OPTION'))
  })

  it('a public key is what the server understands', async () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    await test.client().create(handle, [publicKeyValue(pem, { index: 301 })])
    const key = (await test.client().resolve(handle)).at(301)?.data
    expect(key).toEqual({ format: 'key', value: { kty: 'RSA', n, e } })
  })

  it('never gives away a private key', () => {
    const value = { index: 300, type: 'HS_PUBKEY', data: { format: 'key', value: { kty: 'RSA', n, e } } }
    expect(publicKeyValue(privateKey)).toEqual(value)
    expect(publicKeyValue(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toEqual(value)
    expect(publicKeyValue({ kty: 'RSA', ...(n && { n }), ...(e && { e }) })).toEqual(value)
    const jwk = { kty: 'RSA', ...privateKey.export({ format: 'jwk' }) }
    expect(() => publicKeyValue(jwk)).toThrow(/holds a private key/)
  })

  it('refuses what no server takes', () => {
    const curve = generateKeyPairSync('ed25519').publicKey
    expect(() => publicKeyValue(curve)).toThrow(/RSA keys, not 'OKP'/)
    expect(() => publicKeyValue('no key')).toThrow(code('INVALID_VALUE'))
    expect(() => publicKeyValue({ kty: 'EC' })).toThrow(code('INVALID_VALUE'))
    expect(() => secretKeyValue('')).toThrow(code('EMPTY_SECRET'))
    expect(() => secretKeyValue(new Uint8Array())).toThrow(code('EMPTY_SECRET'))
    expect(createPublicKey(privateKey).equals(publicKey)).toBe(true)
  })

  it('permissions of a value have names', () => {
    expect(encodeValuePermissions({})).toBe('1110')
    expect(encodeValuePermissions({ publicRead: false })).toBe('1100')
    expect(encodeValuePermissions({ adminRead: false, adminWrite: false, publicWrite: true })).toBe('0011')
    for (let bits = 0; bits < 16; bits += 1) {
      const digits = bits.toString(2).padStart(4, '0')
      expect(encodeValuePermissions(decodeValuePermissions(digits))).toBe(digits)
    }
    expect(() => decodeValuePermissions('11100')).toThrow(code('INVALID_VALUE'))
    expect(() => encodeValuePermissions(JSON.parse('{"read":true}'))).toThrow(code('UNKNOWN_OPTION'))
  })
})

describe('tombstone', () => {
  const admin = { handle: `0.NA/${prefix}`, index: 200, permissions: '111111111111' }

  beforeEach(async () => {
    await test.client().create(handle, [
      { index: 1, type: 'URL', data: 'https://data' },
      { index: 2, type: 'CHECKSUM', data: 'abc' },
      { index: 3, type: 'NOTE', data: 'n', ttl: 7 },
      { index: 4, type: 'PRIVATE', data: 'hidden', permissions: '1100' },
      { index: 100, type: 'HS_ADMIN', data: { format: 'admin', value: admin } },
      { index: 101, type: 'HS_ADMIN', data: { format: 'admin', value: { ...admin, index: 300 } }, permissions: '1100' },
    ])
  })

  it('leaves the administrators, hidden ones too, and a notice', async () => {
    const client = test.client()
    const admins = test.server.records.get(handle)?.slice(-2)
    expect(await client.tombstone(handle, { url: 'https://gone' })).toEqual({
      handle,
      outcome: 'replaced',
      indexes: [1, 2, 3, 4],
    })
    expect(contents()).toEqual({ 1: 'URL https://gone', 100: 'HS_ADMIN admin', 101: 'HS_ADMIN admin' })
    expect(test.server.records.get(handle)?.slice(-2)).toEqual(admins)
  })

  it('keeps what it is told to', async () => {
    await test.client().tombstone(handle, { note: 'Withdrawn by the author.', keep: ['checksum', 4] })
    expect(contents()).toEqual({
      2: 'CHECKSUM abc',
      3: 'TOMBSTONE Withdrawn by the author.',
      4: 'PRIVATE hidden',
      100: 'HS_ADMIN admin',
      101: 'HS_ADMIN admin',
    })
  })

  it('says something of its own where nothing is given', async () => {
    await test.client().tombstone(handle)
    expect(contents()).toMatchObject({ 2: expect.stringMatching(/^TOMBSTONE The object/) })
  })

  it('is one request after the read, and none when it is done', async () => {
    const client = test.client()
    await client.resolve(handle)
    const options = { url: 'https://gone', note: 'gone' }
    expect(await test.requestsOf(() => client.tombstone(handle, options))).toBe(2)
    expect(await test.requestsOf(() => client.tombstone(handle, options))).toBe(1)
    expect(await client.tombstone(handle, options)).toEqual({ handle, outcome: 'unchanged', indexes: [] })
  })

  it('refuses when it does not see everything, and writes nothing', async () => {
    const half = `${prefix}/HALF`
    const before = contents(half)
    const error: unknown = await test
      .client(writer)
      .tombstone(half, { url: 'https://gone' })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(HandleRecordError)
    expect(error).toMatchObject({ code: 'INCOMPLETE_READ', handle: half })
    expect(contents(half)).toEqual(before)
    await expect(test.anonymous().tombstone(handle)).rejects.toThrow(code('AUTH_REQUIRED'))
    expect(contents()).toMatchObject({ 1: 'URL https://data' })
  })

  it('can be planned, and checks what it is given', async () => {
    const client = test.client()
    const { request } = await client.tombstone(handle, { url: 'https://gone', plan: true })
    expect(request).toMatchObject({ method: 'PUT', url: expect.stringMatching(/\?overwrite=true$/) })
    await expect(client.tombstone(handle, { url: 'gone' })).rejects.toThrow(code('INVALID_VALUE'))
    await expect(client.tombstone(handle, { note: '' })).rejects.toThrow(code('INVALID_VALUE'))
    await expect(client.tombstone(`${handle}-nothing`)).rejects.toThrow(code('HANDLE_NOT_FOUND'))
    expect(contents()).toMatchObject({ 1: 'URL https://data' })
  })
})

// Whatever the values are, and whoever may read them: an administrator is never lost, and nothing is done by halves.
it('a tombstone keeps every administrator, or is not put up', async () => {
  const digits = (length: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom('0', '1'), minLength: length, maxLength: length })
  const types = fc.constantFrom('URL', 'NOTE', 'HS_ADMIN', 'hs_admin', 'HS_ADMIN.EXTRA')
  const values = fc.uniqueArray(
    // The fifth digit in front is how a server learns that administrators may not read.
    fc.record({
      index: fc.integer({ min: 1, max: 120 }),
      type: types,
      permissions: digits(4).map((four) => `0${four}`),
    }),
    { selector: ({ index }) => index, maxLength: 6 },
  )
  const owner = { handle: `0.NA/${prefix}`, index: 200, permissions: '111111111111' }
  const dataOf = (type: string, legacyByteLength: boolean): object =>
    /^hs_admin/i.test(type)
      ? { format: 'admin', value: { ...owner, ...(legacyByteLength && { legacyByteLength }) } }
      : { format: 'string', value: 'x' }
  const client = test.client()
  const outcomes = new Set<string>()
  await fc.assert(
    fc.asyncProperty(values, fc.boolean(), async (written, legacy) => {
      test.server.records.put(handle, [
        ...written.map((value) => ({ ...value, data: dataOf(value.type, legacy), timestamp: '2026-01-01T00:00:00Z' })),
        { index: 200, type: 'HS_ADMIN', data: dataOf('HS_ADMIN', legacy), timestamp: '2026-01-01T00:00:00Z' },
      ])
      const before = test.server.records.get(handle) ?? []
      const result: unknown = await client.tombstone(handle, { url: 'https://gone' }).catch((error: unknown) => error)
      const after = test.server.records.get(handle) ?? []
      if (HandleRecordError.isInstance(result)) {
        expect(result.code).toBe('INCOMPLETE_READ')
        expect(after).toEqual(before)
      } else {
        expect(result).toMatchObject({ handle, outcome: 'replaced' })
        const admins = before.filter(({ type }) => /^hs_admin/i.test(type)).sort((a, b) => a.index - b.index)
        expect(after.filter(({ type }) => type !== 'URL')).toEqual(admins)
        expect(after.filter(({ type }) => type === 'URL').map(({ data }) => data.value)).toEqual(['https://gone'])
      }
      outcomes.add(HandleRecordError.isInstance(result) ? 'refused' : 'done')
    }),
    { numRuns: 200 },
  )
  expect(outcomes).toEqual(new Set(['refused', 'done']))
})
