import {
  fromHandleValue,
  KeyError,
  readCertificate,
  readCertificateAndKey,
  readPrivateKey,
  readPublicKey,
  toBin,
  toJwk,
  toPem,
  toPfx,
  writePrivateKey,
  writePublicKey,
} from '@handlekit/keys'
import { createPublicKey } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  bytesOf,
  callUntyped,
  certificate,
  errorOf,
  passphrase,
  pathOf,
  rsaKey,
  strangerKey,
  temporaryDirectory,
  textOf,
} from './support/keys.ts'

const directory = temporaryDirectory()
const jwk = toJwk(rsaKey)
const secrets = [passphrase, 'wrong-horse', String(jwk.d), String(jwk.p), textOf('user.pem').slice(60, 120)]

/** Everything that a log could show of an error. */
function shown(error: unknown): string {
  return `${inspect(error, { depth: Infinity, showHidden: true })} ${JSON.stringify(error)}`
}

function file(name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

const cutOff = textOf('user.pem').slice(0, 400)
const broken = `${cutOff}\n-----END PRIVATE KEY-----\n`
const wrong = 'wrong-horse'

const cases: readonly [what: string, code: string, text: RegExp, attempt: () => Promise<unknown>][] = [
  [
    'a missing file',
    'KEY_FILE_NOT_FOUND',
    /nowhere\.pem' does not exist/,
    () => readPrivateKey({ pemFile: join(directory, 'nowhere.pem') }),
  ],
  [
    'a file for a directory',
    'KEY_FILE_NOT_FOUND',
    /does not exist/,
    () => readPrivateKey({ pemFile: join(pathOf('user.pem'), 'key.pem') }),
  ],
  ['a directory', 'KEY_FILE_UNREADABLE', /is a directory/, () => readPrivateKey({ pemFile: directory })],
  ['an empty file', 'NOT_PEM', /is empty/, () => readPrivateKey({ pemFile: file('empty.pem', ' \n') })],
  ['a DER key for PEM', 'NOT_PEM', /is DER.*openssl/, () => readPrivateKey({ pemFile: pathOf('user.der') })],
  [
    'a DER certificate for PEM',
    'NOT_PEM',
    /is DER.*openssl x509/,
    () => readCertificate({ pemFile: pathOf('user.crt.der') }),
  ],
  ['PKCS#12 for PEM', 'NOT_PEM', /pfx/, () => readPrivateKey({ pemFile: pathOf('user.p12') })],
  ['text for PEM', 'NOT_PEM', /BEGIN/, () => readPrivateKey({ pem: String(jwk.d) })],
  ['a path for PEM', 'NOT_PEM', /Is it a path\?/, () => readPrivateKey({ pem: './user.pem' })],
  ['PEM that was cut off', 'NOT_PEM', /cut off/, () => readPrivateKey({ pem: cutOff })],
  ['PEM with a part missing', 'KEY_DAMAGED', /cannot be read/, () => readPrivateKey({ pem: broken })],
  [
    'an encrypted key with a part missing',
    'WRONG_PASSPHRASE',
    /or the key damaged/,
    () => readPrivateKey({ pem: textOf('user.encrypted.pem').replace(/\n.{64}\n/, '\n'), passphrase }),
  ],
  [
    'a certificate with a part missing',
    'KEY_DAMAGED',
    /certificate/,
    () => readCertificate({ pem: textOf('user.crt.pem').replace(/\n.{64}\n/, '\n') }),
  ],
  [
    'a public key with a part missing',
    'KEY_DAMAGED',
    /public key/,
    () => readPublicKey({ pem: textOf('user.pkcs1.pub.pem').replace(/\n.{64}\n/, '\n') }),
  ],
  [
    'a certificate for a key',
    'NO_PRIVATE_KEY',
    /certificate and no private key.*swapped/,
    () => readPrivateKey({ pemFile: pathOf('user.crt.pem') }),
  ],
  [
    'a key for a certificate',
    'NO_CERTIFICATE',
    /private key and no certificate.*swapped/,
    () => readCertificate({ pemFile: pathOf('user.pem') }),
  ],
  [
    'a public key for a private one',
    'NO_PRIVATE_KEY',
    /public key and no private key/,
    () => readPrivateKey({ pemFile: pathOf('user.pkcs1.pub.pem') }),
  ],
  [
    'a private key for a public one',
    'NO_PUBLIC_KEY',
    /readPrivateKey/,
    () => readPublicKey({ pemFile: pathOf('user.pem') }),
  ],
  [
    'other PEM',
    'NO_PRIVATE_KEY',
    /DH PARAMETERS/,
    () => readPrivateKey({ pem: '-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----' }),
  ],
  [
    "OpenSSH's own form",
    'NO_PRIVATE_KEY',
    /ssh-keygen -p -m PEM/,
    () => readPrivateKey({ pemFile: pathOf('openssh.pem') }),
  ],
  [
    'no passphrase',
    'PASSPHRASE_REQUIRED',
    /is encrypted/,
    () => readPrivateKey({ pemFile: pathOf('user.encrypted.pem') }),
  ],
  [
    'no passphrase, the older encryption',
    'PASSPHRASE_REQUIRED',
    /is encrypted/,
    () => readPrivateKey({ pemFile: pathOf('user.legacy.pem') }),
  ],
  [
    'a wrong passphrase',
    'WRONG_PASSPHRASE',
    /passphrase is wrong/,
    () => readPrivateKey({ pemFile: pathOf('user.encrypted.pem'), passphrase: wrong }),
  ],
  [
    'a wrong passphrase, the older encryption',
    'WRONG_PASSPHRASE',
    /passphrase is wrong/,
    () => readPrivateKey({ pemFile: pathOf('user.legacy.pem'), passphrase: () => wrong }),
  ],
  [
    'an encryption that is switched off',
    'UNSUPPORTED_ENCRYPTION',
    /openssl pkey -provider legacy/,
    () => readPrivateKey({ pemFile: pathOf('user.des.pem'), passphrase }),
  ],
  [
    'PKCS#12 without its passphrase',
    'PASSPHRASE_REQUIRED',
    /is encrypted/,
    () => readCertificate({ pfxFile: pathOf('user.p12') }),
  ],
  [
    'PKCS#12 with a wrong passphrase',
    'WRONG_PASSPHRASE',
    /passphrase is wrong/,
    () => readPrivateKey({ pfxFile: pathOf('user.p12'), passphrase: wrong }),
  ],
  [
    'PKCS#12 with RC2',
    'UNSUPPORTED_ENCRYPTION',
    /openssl pkcs12 -legacy/,
    () => readPrivateKey({ pfxFile: pathOf('user.rc2.p12'), passphrase }),
  ],
  [
    'PKCS#12 without a key',
    'NO_PRIVATE_KEY',
    /no private key/,
    () => readPrivateKey({ pfxFile: pathOf('no-key.p12'), passphrase }),
  ],
  [
    'PKCS#12 without a certificate',
    'NO_CERTIFICATE',
    /no certificate/,
    () => readCertificate({ pfxFile: pathOf('no-certificate.p12'), passphrase }),
  ],
  [
    'PKCS#12 that was cut off',
    'NOT_PFX',
    /damaged/,
    () => readPrivateKey({ pfx: bytesOf('user.p12').subarray(0, 900), passphrase }),
  ],
  ['PEM for PKCS#12', 'NOT_PFX', /pemFile/, () => readPrivateKey({ pfxFile: pathOf('user.pem') })],
  ['a certificate for PKCS#12', 'NOT_PFX', /is not PKCS#12/, () => readPrivateKey({ pfxFile: pathOf('user.crt.der') })],
  ['text for JWK', 'NOT_JWK', /JSON Web Key/, () => readPrivateKey({ jwkFile: file('text.jwk', `{"d":"${jwk.d}"`) })],
  ['PEM for JWK', 'NOT_JWK', /JSON Web Key/, () => readPrivateKey({ jwkFile: pathOf('user.pem') })],
  ['JSON that is no key', 'NOT_JWK', /kty/, () => readPrivateKey({ jwk: { d: jwk.d } })],
  ['a public JWK', 'NO_PRIVATE_KEY', /member `d`/, () => readPrivateKey({ jwk: { kty: 'RSA', n: jwk.n, e: jwk.e } })],
  [
    'a JWK without its primes',
    'KEY_DAMAGED',
    /make no key/,
    () => readPrivateKey({ jwk: { kty: 'RSA', n: jwk.n, e: jwk.e, d: jwk.d } }),
  ],
  [
    'a JWK with a number of another key',
    'KEY_DAMAGED',
    /make no key/,
    () => readPrivateKey({ jwk: { ...toJwk(strangerKey), n: jwk.n } }),
  ],
  ['a JWK with a number as number', 'KEY_DAMAGED', /make no key/, () => readPrivateKey({ jwk: { ...jwk, d: 12345 } })],
  ['an EC JWK that is none', 'KEY_DAMAGED', /make no key/, () => readPrivateKey({ jwk: { kty: 'EC', d: jwk.d } })],
  [
    'a value that holds no key',
    'KEY_DAMAGED',
    /HS_PUBKEY/,
    async () => fromHandleValue({ format: 'key', value: { kty: 'RSA' } }),
  ],
  [
    'an EC key for the Java tools',
    'KEY_TYPE_REFUSED',
    /RSA and DSA/,
    async () => toBin(await readPrivateKey({ pemFile: pathOf('ec.pem') })),
  ],
  [
    'a file that is there',
    'KEY_FILE_EXISTS',
    /overwrite: true/,
    () => writePrivateKey(rsaKey, { pemFile: file('there.pem', 'x') }),
  ],
  [
    'a directory that is not there',
    'KEY_FILE_UNWRITABLE',
    /directory .* does not exist/,
    () => writePrivateKey(rsaKey, { pemFile: join(directory, 'a/b.pem') }),
  ],
  [
    'PKCS#12 of two that do not belong together',
    'KEY_MISMATCH',
    /does not belong/,
    async () => toPfx({ certificate, privateKey: strangerKey, passphrase }),
  ],
]

describe('what cannot be used', () => {
  it.each(cases)('%s: %s', async (_, code, text, attempt) => {
    const error = await errorOf(attempt())
    expect(error).toBeInstanceOf(KeyError)
    expect(error).toMatchObject({ name: 'KeyError', code, message: expect.stringMatching(text) })
    for (const secret of secrets) expect(shown(error)).not.toContain(secret)
  })

  it.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    const pemFile = file('locked.pem', textOf('user.pem'), 0o000)
    expect(await errorOf(readPrivateKey({ pemFile }))).toMatchObject({
      code: 'KEY_FILE_UNREADABLE',
      path: pemFile,
      message: expect.stringContaining('may not be read by this user'),
    })
  })

  it('names the file, as an absolute path', async () => {
    const error = await errorOf(readPrivateKey({ pemFile: 'no/such.pem' }))
    expect(error).toMatchObject({ path: join(process.cwd(), 'no/such.pem') })
  })

  it('however the padding of a wrong passphrase turns out', async () => {
    const pem = toPem(rsaKey, { passphrase })
    for (let i = 0; i < 600; i++) {
      expect(await errorOf(readPrivateKey({ pem, passphrase: `wrong ${i}` }))).toMatchObject({
        code: 'WRONG_PASSPHRASE',
      })
    }
  })
})

describe('options', () => {
  const publicKey = createPublicKey(rsaKey)
  const pemFile = join(directory, 'never')
  it.each<[string, string, () => Promise<unknown>]>([
    ['no source', 'INVALID_OPTION', () => callUntyped(readPrivateKey, {})],
    ['two sources', 'INVALID_OPTION', () => callUntyped(readPrivateKey, { pemFile: 'a', pfxFile: 'b' })],
    ['an unknown source', 'UNKNOWN_OPTION', () => callUntyped(readPrivateKey, { file: 'a' })],
    ['a form that certificates do not have', 'UNKNOWN_OPTION', () => callUntyped(readCertificate, { binFile: 'a' })],
    ['a path that is none', 'INVALID_OPTION', () => readPrivateKey({ pemFile: '' })],
    ['a path with a NUL', 'INVALID_OPTION', () => readPrivateKey({ pemFile: 'a\0b' })],
    ['a URL that is no file', 'INVALID_OPTION', () => readPrivateKey({ pemFile: new URL('https://example.org/') })],
    ['text for PKCS#12', 'INVALID_OPTION', () => callUntyped(readPrivateKey, { pfx: 'user.p12' })],
    [
      'a path for a source',
      'INVALID_OPTION',
      () => callUntyped(readCertificateAndKey, { certificate: 'a', privateKey: 'b' }),
    ],
    [
      'an empty passphrase',
      'EMPTY_SECRET',
      () => readPrivateKey({ pemFile: pathOf('user.encrypted.pem'), passphrase: '' }),
    ],
    [
      'an empty passphrase, read late',
      'EMPTY_SECRET',
      () => readPrivateKey({ pemFile: pathOf('user.encrypted.pem'), passphrase: () => '' }),
    ],
    ['an empty passphrase to write with', 'EMPTY_SECRET', () => writePrivateKey(rsaKey, { pemFile, passphrase: '' })],
    [
      'an empty passphrase to write with, read late',
      'EMPTY_SECRET',
      () => writePrivateKey(rsaKey, { pemFile, passphrase: async () => '' }),
    ],
    ['an encrypted JWK', 'INVALID_OPTION', () => writePrivateKey(rsaKey, { jwkFile: pemFile, passphrase })],
    ['a public key as a private one', 'INVALID_OPTION', () => writePrivateKey(publicKey, { pemFile })],
    ['a private key as a public one', 'INVALID_OPTION', () => writePublicKey(rsaKey, { pemFile })],
    ['an encrypted public key', 'INVALID_OPTION', async () => toPem(publicKey, { passphrase })],
    ['a value in another format', 'INVALID_VALUE', async () => fromHandleValue({ format: 'string', value: 'x' })],
  ])('%s: %s', async (_, code, attempt) => {
    const error = await errorOf(attempt())
    expect(error).toMatchObject({ name: 'InvalidArgumentError', code })
    for (const secret of secrets) expect(shown(error)).not.toContain(secret)
  })
})
