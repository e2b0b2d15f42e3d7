import fc from 'fast-check'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sipgateWebhookKeys, verifyWebhook } from '../src/index.ts'

interface Vector {
  readonly body: string
  readonly signature: string
}

function isVector(value: unknown): value is Vector {
  return typeof Reflect.get(Object(value), 'signature') === 'string'
}

const vector: unknown = JSON.parse(readFileSync(new URL('fixtures/webhook.json', import.meta.url), 'utf8'))
if (!isVector(vector)) throw new Error('webhook.json is not what it was.')
const { body, signature } = vector

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const signed = (text: string | Uint8Array): string =>
  sign('RSA-SHA256', Buffer.from(text), pair.privateKey).toString('base64')

const anything = (delivery: unknown): unknown => Reflect.apply(verifyWebhook, undefined, [delivery])

describe('a delivery that sipgate has signed', () => {
  test('is one, as text and as bytes', () => {
    expect(verifyWebhook({ rawBody: body, signature })).toBe(true)
    expect(verifyWebhook({ rawBody: Buffer.from(body), signature })).toBe(true)
    expect(verifyWebhook({ rawBody: new TextEncoder().encode(body), signature: [signature] })).toBe(true)
  })

  test('is none when anything in it is changed', () => {
    for (let at = 0; at < body.length; at += 1) {
      const changed = `${body.slice(0, at)}${body[at] === 'x' ? 'y' : 'x'}${body.slice(at + 1)}`
      expect(verifyWebhook({ rawBody: changed, signature })).toBe(false)
    }
    expect(verifyWebhook({ rawBody: `${body}\n`, signature })).toBe(false)
    expect(verifyWebhook({ rawBody: decodeURIComponent(body), signature })).toBe(false)
    expect(verifyWebhook({ rawBody: '', signature })).toBe(false)
  })

  test('is none with another key', () => {
    expect(verifyWebhook({ rawBody: body, signature, publicKey })).toBe(false)
    expect(verifyWebhook({ rawBody: body, signature, publicKey: [] })).toBe(false)
  })
})

describe('a key', () => {
  test.each([
    ['PEM', publicKey],
    ['the bytes of a file', Buffer.from(publicKey)],
    ['a KeyObject', createPublicKey(publicKey)],
    ['one of several', ['not a key', ...sipgateWebhookKeys.map((one) => one.publicKey), publicKey]],
  ])('may be %s', (_name, key) => {
    expect(verifyWebhook({ rawBody: 'a=b', signature: signed('a=b'), publicKey: key })).toBe(true)
    expect(verifyWebhook({ rawBody: 'a=c', signature: signed('a=b'), publicKey: key })).toBe(false)
  })

  test('of another kind signs nothing', () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const own = sign('SHA256', Buffer.from('a=b'), curve.privateKey).toString('base64')
    const pem = curve.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(verifyWebhook({ rawBody: 'a=b', signature: own, publicKey: pem })).toBe(false)
    expect(
      anything({
        rawBody: 'a=b',
        signature: signed('a=b'),
        publicKey: createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      }),
    ).toBe(false)
  })

  test.each([
    '',
    'shared secret',
    '-----BEGIN PUBLIC KEY-----',
    null,
    7,
    {},
    [null],
    { type: 'public', asymmetricKeyType: 'rsa' },
  ])('that is none signs nothing: %j', (key) => {
    expect(anything({ rawBody: 'a=b', signature: signed('a=b'), publicKey: key })).toBe(false)
  })
})

test.each([
  ['none', undefined],
  ['null', null],
  ['an empty one', ''],
  ['a number', 7],
  ['two', [signature, signature]],
  ['none in a list', []],
  ['no Base64', 'fakeSignature!'],
  ['Base64 with something in it', `${signature.slice(0, 100)} ${signature.slice(100)}`],
  ['Base64 with something after it', `${signature}\n`],
  ['Base64 without its padding', signature.replace(/=+$/, '')],
  ['base64url', signature.replaceAll('+', '-').replaceAll('/', '_')],
  ['hexadecimal', Buffer.from(signature, 'base64').toString('hex')],
  ['a short one', signature.slice(0, 100)],
  ['a long one', signature.slice(0, -1).repeat(100_000)],
  ['bytes', Buffer.from(signature, 'base64')],
])('a signature that is %s is none', (_name, header) => {
  expect(anything({ rawBody: body, signature: header })).toBe(false)
})

test.each([
  ['JSON', '{"event":"newCall"}'],
  ['parsed JSON', { event: 'newCall' }],
  ['URLSearchParams', new URLSearchParams(body)],
  ['missing', undefined],
  ['null', null],
  ['half a character', 'a=\ud800'],
])('a body that is %s is not signed', (_name, rawBody) => {
  expect(anything({ rawBody, signature })).toBe(false)
})

test('a body of ten megabytes is no trouble', () => {
  const large = `a=${'ü'.repeat(5_000_000)}`
  expect(verifyWebhook({ rawBody: large, signature: signed(large), publicKey })).toBe(true)
  expect(verifyWebhook({ rawBody: large, signature })).toBe(false)
})

test('chunks that cut a character in two are put together as bytes', () => {
  const bytes = Buffer.from('user=Jürgen')
  const chunks = [bytes.subarray(0, 7), bytes.subarray(7)]
  const signature = signed(bytes)
  expect(verifyWebhook({ rawBody: Buffer.concat(chunks), signature, publicKey })).toBe(true)
  expect(verifyWebhook({ rawBody: chunks.map(String).join(''), signature, publicKey })).toBe(false)
})

describe('it never throws:', () => {
  test('whatever it gets', () => {
    fc.assert(fc.property(fc.anything(), (delivery) => anything(delivery) === false))
  })

  test('whatever is in it', () => {
    const part = fc.oneof(fc.anything({ withTypedArray: true }), fc.string({ unit: 'binary' }), fc.base64String())
    fc.assert(
      fc.property(part, part, part, (rawBody, signature, publicKey) => {
        return anything({ rawBody, signature, publicKey }) === false && anything({ rawBody, signature }) === false
      }),
    )
  })

  test('whatever reading it does', () => {
    const traps = new Proxy(
      {},
      {
        get: () => {
          throw new Error('a trap')
        },
      },
    )
    expect(anything(traps)).toBe(false)
    expect(anything({ rawBody: body, signature, publicKey: [traps] })).toBe(false)
    expect(anything({ rawBody: traps, signature: traps })).toBe(false)
  })

  test('and what is signed is, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => verifyWebhook({ rawBody: bytes, signature: signed(bytes), publicKey })),
      { numRuns: 30 },
    )
  })
})
