import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fixture } from './support/fixtures.ts'
import { startServer } from './support/server.ts'
import { textWith } from './support/matchers.ts'

interface Vectors {
  readonly handleChallenge: {
    readonly nonce: string
    readonly cnonce: string
    readonly secretKey: readonly (Readonly<Record<string, string | number>> & { readonly secret: string })[]
  }
}

function isVectors(json: unknown): json is Vectors {
  return typeof json === 'object' && json !== null && 'handleChallenge' in json
}

const vectors: unknown = JSON.parse(readFileSync(fixture('vectors.json'), 'utf8'))
if (!isVectors(vectors)) throw new TypeError('vectors.json holds no challenge')
const { nonce, cnonce, secretKey } = vectors.handleChallenge

const good = { nonce: 'AAEC', cnonce: 'AwQF', alg: 'HMAC-SHA1', signature: 'AAAA' }

// The real server has confirmed each of these.
describe('MACs that the real server holds for valid', () => {
  test.each(secretKey)('$alg of "$secret"', async ({ secret, ...claim }) => {
    const { server, send } = await startServer()
    server.records.put('21.T12345/KEY', [{ index: 5, type: 'HS_SECKEY', data: secret, permissions: '1100' }])
    const isValid = async (path: string, changes: object = {}): Promise<unknown> =>
      (await send('POST', `/api/verifications/${path}`, { body: { nonce, cnonce, ...claim, ...changes }, plain: true }))
        .json
    expect(await isValid('5:21.T12345/KEY')).toEqual({ responseCode: 1, isValid: true, handle: '21.T12345/KEY' })
    expect(await isValid('0:21.T12345/KEY')).toMatchObject({ isValid: true })
    expect(await isValid('0000000005:21.T12345/KEY')).toMatchObject({ isValid: true })
    expect(await isValid('1234567890:21.T12345/KEY')).toMatchObject({ isValid: false, handle: '21.T12345/KEY' })
    expect(await isValid('21.T12345/KEY?index=5')).toMatchObject({ isValid: true })
    expect(await isValid('5:21.T12345/KEY', { nonce: cnonce })).toMatchObject({ isValid: false })
    expect(await isValid('6:21.T12345/KEY')).toMatchObject({ isValid: false })
    expect(await isValid('5:21.T12345/NONE')).toMatchObject({ isValid: false })
  })
})

describe('requests that are incomplete', () => {
  test.each<[path: string, changes: object, message: string]>([
    ['301:21.T12345/USER01?index=301', {}, 'Too many indexes'],
    ['21.T12345/USER01?index=1&index=2', {}, 'Too many indexes'],
    ['21.T12345/USER01', {}, 'No index provided'],
    ['', { index: 1 }, 'No handle provided'],
    ['301:21.T12345/USER01', { cnonce: null }, 'Missing parameters in verification request'],
    ['301:21.T12345/USER01', { alg: 'ROT13' }, 'Unknown algorithm'],
    ['301:21.T12345/USER01', { alg: 'PBKDF2-HMAC-SHA1' }, 'Missing parameters'],
  ])('%s with %j', async (path, changes, message) => {
    const { send } = await startServer()
    const answer = await send('POST', `/api/verifications/${path}`, { body: { ...good, ...changes } })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ responseCode: 4, message: textWith(message) })
  })

  test('or about a foreign prefix', async () => {
    const { send } = await startServer()
    const query = new URLSearchParams(good).toString()
    const answer = await send('GET', `/api/verifications/301:9.9/X?${query}`)
    expect(answer).toMatchObject({ status: 400, json: { responseCode: 301, handle: '9.9/X' } })
  })

  test('or absurd do not keep the server busy', async () => {
    const { send } = await startServer()
    const claim = { ...good, alg: 'PBKDF2-HMAC-SHA1', salt: 'AA==', iterations: 2_147_483_647, length: 160 }
    const answer = await send('POST', '/api/verifications/301:21.T12345/USER01', { body: claim })
    expect(answer.json).toMatchObject({ isValid: false })
  })
})
