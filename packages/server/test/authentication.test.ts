import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Sessions } from '../src/auth/sessions.ts'
import type { HandleServerOptions } from '../src/index.ts'
import { answerChallenge, type AnswerOptions } from './support/answer.ts'
import { basic, handle, textOf, type Answer, type Send } from './support/client.ts'
import { adminValue, prefixAdmin, urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'
import { anyText, namesIn } from './support/matchers.ts'

const sessions = '/api/sessions'
const thisSession = '/api/sessions/this'
const cnonce = 'AAECAwQFBgcICQoLDA0ODw=='
const user = '21.T12345/USER01'
const secret = 'user pass:word/é'

interface Opened {
  readonly sessionId: string
  readonly nonce: string
}

async function open(send: Send): Promise<Opened> {
  const { json } = await send('POST', sessions)
  return { sessionId: textOf(json, 'sessionId'), nonce: textOf(json, 'nonce') }
}

/** Everything that the answer to a challenge consists of. */
function proof({ sessionId, nonce }: Opened, id: string, type: string, options: AnswerOptions): Record<string, string> {
  const { salt, iterations, length } = options
  const derivation = salt === undefined ? {} : { salt, iterations: String(iterations), length: String(length) }
  return {
    sessionId,
    id,
    type,
    cnonce,
    alg: options.alg,
    signature: answerChallenge(options, nonce, cnonce),
    ...derivation,
  }
}

const userKey: AnswerOptions = { key: 'user', alg: 'SHA256' }

/** The parameters of the Handle challenge in an answer. */
function challengeOf(answer: Answer): Record<string, string> {
  const challenge = answer.challenges.find((text) => text.startsWith('Handle')) ?? ''
  return Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

describe('Basic', () => {
  const attempt = async (authorization: string): Promise<Answer> => {
    const { send } = await startServer()
    return await send('GET', thisSession, { headers: { authorization } })
  }
  const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

  test.each([
    ['percent-encoded', basic(...prefixAdmin), '301:0.NA/21.T12345'],
    ['with a literal slash', `Basic ${encoded('301%3A0.NA/21.T12345:mypassword123')}`, '301:0.NA/21.T12345'],
    ['of lower-case scheme', `basic ${encoded('301%3A0.NA/21.T12345:mypassword123')}`, '301:0.NA/21.T12345'],
    ['without an index', basic('0.NA/21.T12345', 'mypassword123'), '0:0.NA/21.T12345'],
    ['without a slash', basic('301:21.T12345', 'mypassword123'), '301:21.T12345'],
    ['in UTF-8', basic(`301:${user}`, secret), `301:${user}`],
  ])('%s is accepted', async (_, authorization, id) => {
    expect(await attempt(authorization)).toMatchObject({ status: 200, json: { authenticated: true, id } })
  })

  test('with a plain colon in the user is another user', async () => {
    const answer = await attempt(`Basic ${encoded('301:0.NA/21.T12345:mypassword123')}`)
    expect(answer).toMatchObject({ status: 401, json: { error: 'Identity not verified' } })
  })

  test('means nothing over plain HTTP, right or wrong', async () => {
    const { send } = await startServer()
    const read = await send('GET', '/api/handles/21.T12345/LOCKED', { plain: true, basic: ['x', 'wrong'] })
    expect(read.status).toBe(200)
    const remove = await send('DELETE', '/api/handles/21.T12345/RICH', { plain: true, basic: prefixAdmin })
    expect(remove).toMatchObject({ status: 403, challenges: [], json: { responseCode: 402 } })
  })

  test('has to be right even where nothing needs it', async () => {
    const { send } = await startServer()
    for (const path of ['/api/site', '/api/nope', '/api/handles/21.T12345/LOCKED']) {
      expect(await send('GET', path, { basic: ['301:0.NA/21.T12345', 'wrong'] })).toMatchObject({
        status: 401,
        text: '',
      })
    }
  })
})

describe('answering the challenge of a session', () => {
  const derivation = { salt: 'c2FsdHNhbHQ=', iterations: 10, length: 160 }
  test.each<[id: string, type: string, options: AnswerOptions]>([
    [`300:${user}`, 'HS_PUBKEY', { key: 'user', alg: 'sha' }],
    [`300:${user}`, 'HS_PUBKEY', { key: 'user', alg: 'SHA-1' }],
    [`300:${user}`, 'HS_PUBKEY', { key: 'user', alg: 'SHA-2' }],
    [`300:${user}`, 'HS_PUBKEY', { key: 'user', alg: 'md5' }],
    [user, 'HS_PUBKEY', { key: 'user', alg: 'SHA256' }],
    [`301:${user}`, 'HS_SECKEY', { secret, alg: 'sha' }],
    [`301:${user}`, 'HS_SECKEY', { secret, alg: 'SHA2' }],
    [`301:${user}`, 'HS_SECKEY', { secret, alg: 'HmacSHA1' }],
    [`301:${user}`, 'HS_SECKEY', { secret, alg: 'hmac-sha256' }],
    [`301:${user}`, 'HS_SECKEY', { secret, alg: 'PBKDF2-HMAC-SHA1', ...derivation }],
    [`301:${user}`, 'HS_SECKEY', { secret, alg: 'PBKDF2WithHmacSHA1', ...derivation, length: 256 }],
    [user, 'HS_SECKEY', { secret, alg: 'MD5' }],
  ])('as %s with %s %j', async (id, type, options) => {
    const { send } = await startServer()
    const opened = await open(send)
    const answer = await send('PUT', thisSession, { body: proof(opened, id, type, options) })
    expect(answer.json).toEqual({ ...opened, authenticated: true, id })
  })

  test('a key without an index is found, and the right one then counts', async () => {
    const { send } = await startServer()
    const opened = await open(send)
    await send('PUT', thisSession, { body: proof(opened, user, 'HS_PUBKEY', userKey) })
    const headers = { authorization: handle({ sessionId: opened.sessionId }) }
    expect((await send('DELETE', '/api/handles/21.T12345/RICH', { headers })).status).toBe(200)
  })

  test('PBKDF2 may come packed into the signature', async () => {
    const { send } = await startServer()
    const opened = await open(send)
    const options = { secret, alg: 'PBKDF2-HMAC-SHA1', ...derivation }
    const { salt, iterations, length, ...body } = proof(opened, `301:${user}`, 'HS_SECKEY', options)
    const [saltBytes, mac] = [Buffer.from(salt ?? '', 'base64'), Buffer.from(body['signature'] ?? '', 'base64')]
    const int = (number: number): Buffer => Buffer.from([0, 0, number >> 8, number & 255])
    const packed = [
      int(saltBytes.length),
      saltBytes,
      int(Number(iterations)),
      int(Number(length)),
      int(mac.length),
      mac,
    ]
    const signature = Buffer.concat(packed).toString('base64')
    expect((await send('PUT', thisSession, { body: { ...body, signature } })).status).toBe(200)
    expect((await send('PUT', thisSession, { body })).json).toMatchObject({
      error: 'Error parsing Authorization: Handle',
    })
  })

  test.each<[what: string, changes: Record<string, string | undefined>, error: string]>([
    ['another cnonce', { cnonce: 'AAAA' }, 'Identity not verified'],
    ['an unknown handle', { id: '300:21.T12345/NONE' }, 'Identity not verified'],
    ['an unknown index', { id: `299:${user}` }, 'Identity not verified'],
    ['an unknown index of ten digits', { id: `1234567890:${user}` }, 'Identity not verified'],
    ['an encoded id', { id: encodeURIComponent(`300:${user}`) }, 'Identity not verified'],
    ['a foreign prefix', { id: '300:9.9/X' }, 'Exception (net.handle.hdllib.HandleException) verifying identity'],
    ['no alg', { alg: undefined }, 'Missing fields in authentication data'],
    ['a MAC for a public key', { alg: 'HMAC-SHA1' }, 'Error parsing Authorization: Handle'],
    ['a type in lower case', { type: 'hs_pubkey' }, 'Error parsing Authorization: Handle'],
    [
      'bad numbers',
      { type: 'HS_SECKEY', alg: 'PBKDF2-HMAC-SHA1', salt: 'AA==', iterations: 'many', length: '160' },
      'Exception (java.lang.NumberFormatException) parsing Authorization: Handle',
    ],
    ['another version', { version: '1' }, 'Unknown version in Authorization: Handle'],
  ])('%s is refused', async (_, changes, error) => {
    const { send } = await startServer()
    const opened = await open(send)
    const body = { ...proof(opened, `300:${user}`, 'HS_PUBKEY', userKey), ...changes }
    const answer = await send('PUT', thisSession, { body })
    expect(answer).toMatchObject({ status: 401, json: { ...opened, error } })
    expect(challengeOf(answer)).toEqual({ ...opened, error })
  })

  test('a failure in a session that is authenticated leaves it so, and says 200', async () => {
    const { send } = await startServer()
    const opened = await open(send)
    await send('PUT', thisSession, { body: proof(opened, `300:${user}`, 'HS_PUBKEY', userKey) })
    const wrong = proof(opened, '300:21.T12345/NOPERM', 'HS_PUBKEY', userKey)
    expect(await send('PUT', thisSession, { body: wrong })).toMatchObject({
      status: 200,
      json: { authenticated: true, id: `300:${user}`, error: 'Identity not verified' },
    })
  })

  test('an answer in the header may be sent again, one in a body not', async () => {
    const { send } = await startServer()
    const opened = await open(send)
    const right = proof(opened, `300:${user}`, 'HS_PUBKEY', userKey)
    const headers = { authorization: handle({ ...right, id: encodeURIComponent(`300:${user}`) }) }
    const put = async (): Promise<number> =>
      (await send('PUT', '/api/handles/21.T12345/A', { headers, body: [adminValue()] })).status
    expect([await put(), await put()]).toEqual([201, 200])
    const naming = { authorization: handle({ sessionId: opened.sessionId }) }
    const wrong = await send('PUT', thisSession, { headers: naming, body: { ...right, signature: 'AAAA' } })
    expect(wrong.json).toMatchObject({ error: 'Identity not verified' })
  })

  test('without a session there is nothing to answer', async () => {
    const { send } = await startServer()
    const { sessionId: _, ...rest } = proof({ sessionId: '', nonce: '' }, `300%3A${user}`, 'HS_PUBKEY', userKey)
    const answer = await send('GET', '/api/site', { headers: { authorization: handle(rest) } })
    expect(answer.status).toBe(401)
    expect(challengeOf(answer)).toMatchObject({ error: 'Identity not verified', nonce: anyText })
  })
})

describe('sessions', () => {
  test.each<[method: string, body: unknown, headers: Record<string, string>]>([
    ['POST', { sessionId: 'x' }, {}],
    ['POST', [1], {}],
    ['POST', '{', {}],
    ['POST', undefined, { authorization: handle({ sessionId: 'x' }) }],
  ])('%s %j gives 400 without a body', async (method, body, headers) => {
    const { send } = await startServer()
    expect(await send(method, sessions, { body, headers })).toMatchObject({ status: 400, text: '' })
  })

  test.each([
    ['GET', sessions, 405],
    ['PUT', sessions, 405],
    ['DELETE', sessions, 405],
    ['GET', `${sessions}/other`, 403],
    ['DELETE', thisSession, 403],
  ])('%s %s gives %i without a body', async (method, path, status) => {
    const { send } = await startServer()
    const answer = await send(method, path)
    expect(answer).toMatchObject({ status, text: '' })
    if (status === 405) expect(answer.headers.allow).toBe('POST, TRACE, OPTIONS')
  })

  test('are refused over plain HTTP', async () => {
    const { send } = await startServer()
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      expect(await send(method, thisSession, { plain: true })).toMatchObject({ status: 403, text: '' })
    }
  })

  test('take their parameters from the header first, and from the query', async () => {
    const { send } = await startServer()
    const { sessionId } = await open(send)
    expect((await send('GET', `${thisSession}?sessionId=${sessionId}`)).json).toMatchObject({ sessionId })
    const headers = { authorization: handle({ sessionId: 'unknown' }) }
    expect((await send('GET', `${thisSession}?sessionId=${sessionId}`, { headers })).status).toBe(403)
    expect((await send('DELETE', thisSession, { body: { sessionId } })).status).toBe(204)
    expect((await send('GET', `${thisSession}?sessionId=${sessionId}`)).status).toBe(403)
  })

  test('with Basic are authenticated from the start, or by a later PUT', async () => {
    const { send } = await startServer()
    const { sessionId } = await open(send)
    const identity = { authenticated: true, id: prefixAdmin[0] }
    expect((await send('PUT', thisSession, { basic: prefixAdmin })).json).toEqual(identity)
    expect((await send('GET', `${thisSession}?sessionId=${sessionId}`)).json).not.toHaveProperty('authenticated')
    expect((await send('PUT', thisSession, { basic: prefixAdmin, body: { sessionId } })).json).toMatchObject(identity)
    expect((await send('GET', `${thisSession}?sessionId=${sessionId}`)).json).toMatchObject(identity)
  })

  test('that are unknown are refused with a new challenge', async () => {
    const { send } = await startServer()
    for (const parameters of [{ sessionId: 'x' }, { sessionId: (await open(send)).sessionId, version: '1' }]) {
      const answer = await send('GET', '/api/site', { headers: { authorization: handle(parameters) } })
      expect(answer).toMatchObject({ status: 401, text: '' })
      const { sessionId, nonce, error } = challengeOf(answer)
      expect(sessionId).not.toBe(parameters.sessionId)
      expect(error).toBeUndefined()
      const retry = proof({ sessionId: sessionId ?? '', nonce: nonce ?? '' }, `300:${user}`, 'HS_PUBKEY', userKey)
      expect((await send('PUT', thisSession, { body: retry })).status).toBe(200)
    }
  })

  test('serve public reads without being authenticated, and their challenge stays the same', async () => {
    const { send } = await startServer()
    const { sessionId, nonce } = await open(send)
    const headers = { authorization: handle({ version: '0', sessionId }) }
    expect((await send('GET', '/api/handles/21.T12345/LOCKED', { headers })).status).toBe(200)
    const refused = await send('DELETE', '/api/handles/21.T12345/RICH', { headers })
    expect(challengeOf(refused)).toEqual({ sessionId, nonce })
  })

  test('that were not used for longest end when there are too many', () => {
    const open = new Sessions(() => 0, undefined)
    const [used, unused] = [open.create(), open.create()]
    for (let others = 2; others < 100_000; others += 1) open.create()
    expect(open.find(used.id)).toBe(used)
    open.create()
    expect(open.find(unused.id)).toBeUndefined()
    expect(open.find(used.id)).toBe(used)
  })

  test('end when they are not used for the timeout, and not before', async () => {
    let now = 1_000_000
    const { send } = await startServer({ sessionTimeout: 3, now: () => now } satisfies HandleServerOptions)
    const { sessionId } = await open(send)
    const status = async (): Promise<number> => (await send('GET', `${thisSession}?sessionId=${sessionId}`)).status
    for (const after of [2999, 2999]) {
      now += after
      expect(await status()).toBe(200)
    }
    now += 3000
    expect(await status()).toBe(403)
  })
})

describe('the server proves itself', () => {
  const isSigned = (key: object, signed: (name: string) => string): boolean => {
    const data = Buffer.concat([Buffer.from(signed('nonce'), 'base64'), Buffer.from(cnonce, 'base64')])
    const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' })
    const signature = Buffer.from(signed('serverSignature'), 'base64')
    return signed('serverAlg') === 'SHA-256' && verify('sha256', data, publicKey, signature)
  }

  test('when a session is opened with a cnonce', async () => {
    const { server, send } = await startServer()
    const inBody = await send('POST', sessions, { body: { cnonce } })
    const inHeader = await send('POST', sessions, { headers: { authorization: handle({ cnonce }) } })
    for (const answer of [inBody, inHeader]) {
      expect(answer.status).toBe(201)
      expect(isSigned(server.siteKey, (name) => textOf(answer.json, name))).toBe(true)
      expect(namesIn(answer.json)).toEqual(['sessionId', 'nonce', 'serverAlg', 'serverSignature'])
    }
  })

  test('anywhere else in a challenge, even of a success', async () => {
    const { server, send } = await startServer()
    const answer = await send('GET', '/api/site', { headers: { authorization: handle({ cnonce }) } })
    expect(answer.status).toBe(200)
    expect(answer.challenges).toHaveLength(1)
    expect(isSigned(server.siteKey, (name) => challengeOf(answer)[name] ?? '')).toBe(true)
    expect((await send('GET', '/api/site')).challenges).toEqual([])
  })
})

test('one session serves many requests', async () => {
  const { server, send } = await startServer()
  const opened = await open(send)
  await send('PUT', thisSession, { body: proof(opened, `300:${user}`, 'HS_PUBKEY', userKey) })
  const headers = { authorization: handle({ sessionId: opened.sessionId }) }
  for (const name of ['A', 'B', 'C']) {
    const answer = await send('PUT', `/api/handles/21.T12345/${name}`, { headers, body: [urlValue(1, name)] })
    expect(answer.status).toBe(201)
  }
  expect(server.counters).toEqual({ requests: 5, renegotiations: 0, sessions: 1 })
})
