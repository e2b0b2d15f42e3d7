import {
  checkCertificate,
  KeyError,
  readCertificate,
  readCertificateAndKey,
  readPrivateKey,
  readPublicKey,
} from '@handlekit/keys'
import { createPublicKey } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { bytesOf, certificate, dsaKey, errorOf, passphrase, pathOf, rsaKey, textOf, validDay } from './support/keys.ts'

describe('readPrivateKey', () => {
  it.each([
    ['PKCS#8', 'user.pem'],
    ['PKCS#1', 'user.pkcs1.pem'],
    ['PKCS#8, encrypted', 'user.encrypted.pem'],
    ['PKCS#1, encrypted as OpenSSL once did', 'user.legacy.pem'],
    ['with a certificate', 'user.combined.pem'],
  ])('%s', async (_, fixture) => {
    for (const source of [{ pemFile: pathOf(fixture) }, { pem: textOf(fixture) }, { pem: bytesOf(fixture) }]) {
      expect((await readPrivateKey({ ...source, passphrase })).equals(rsaKey)).toBe(true)
    }
  })

  it.each(['user.p12', 'user.3des.p12'])('PKCS#12: %s', async (fixture) => {
    for (const source of [{ pfxFile: pathOf(fixture) }, { pfx: bytesOf(fixture) }]) {
      expect((await readPrivateKey({ ...source, passphrase })).equals(rsaKey)).toBe(true)
      expect((await readCertificate({ ...source, passphrase })).fingerprint256).toBe(certificate.fingerprint256)
    }
  })

  it('PKCS#12 without a passphrase, and with a key that is too short for TLS today', async () => {
    const open = { pfxFile: pathOf('user.open.p12') }
    expect((await readPrivateKey(open)).equals(rsaKey)).toBe(true)
    expect((await readCertificate(open)).fingerprint256).toBe(certificate.fingerprint256)
    const small = await readPrivateKey({ pemFile: pathOf('small.pem') })
    expect((await readPrivateKey({ pfxFile: pathOf('small.p12'), passphrase })).equals(small)).toBe(true)
  })

  it('PKCS#12 in BER, with lengths that only its end tells, as other programs than OpenSSL write it', async () => {
    const pfx = inPieces(bytesOf('user.p12'), 4)
    expect(pfx.subarray(0, 2)).toEqual(Buffer.of(0x30, 0x80))
    expect((await readPrivateKey({ pfx, passphrase })).equals(rsaKey)).toBe(true)
    expect((await readCertificate({ pfx, passphrase })).fingerprint256).toBe(certificate.fingerprint256)
  })

  it('DSA, in the forms of old and new', async () => {
    expect((await readPrivateKey({ pemFile: pathOf('dsa.traditional.pem') })).equals(dsaKey)).toBe(true)
  })

  it('EC, which servers other than Handle servers take', async () => {
    expect((await readPrivateKey({ pemFile: pathOf('ec.pem') })).asymmetricKeyType).toBe('ec')
    const jwk = (await readPrivateKey({ pemFile: pathOf('ec.pem') })).export({ format: 'jwk' })
    expect((await readPrivateKey({ jwk })).asymmetricKeyType).toBe('ec')
  })

  it('a file URL, text around the PEM, and the line ends of Windows', async () => {
    const pem = `\uFEFFBag Attributes\r\n    localKeyID: 01\r\n${textOf('user.pem').replaceAll('\n', '\r\n')}`
    expect((await readPrivateKey({ pem })).equals(rsaKey)).toBe(true)
    expect((await readPrivateKey({ pemFile: pathToFileURL(pathOf('user.pem')) })).equals(rsaKey)).toBe(true)
  })

  it('asks for a passphrase only when something is encrypted', async () => {
    const ask = vi.fn<() => Promise<string>>(async () => passphrase)
    await readPrivateKey({ pemFile: pathOf('user.pem'), passphrase: ask })
    expect(ask).not.toHaveBeenCalled()
    await readPrivateKey({ pemFile: pathOf('user.encrypted.pem'), passphrase: ask })
    expect(ask).toHaveBeenCalledOnce()
  })
})

describe('readPublicKey', () => {
  it.each(['user.pkcs1.pub.pem', 'user.crt.pem', 'user.combined.pem'])('%s', async (fixture) => {
    expect((await readPublicKey({ pemFile: pathOf(fixture) })).equals(createPublicKey(rsaKey))).toBe(true)
  })
})

describe('readCertificateAndKey', () => {
  const files = (certificateFile: string, keyFile: string) => ({
    certificate: { pemFile: pathOf(certificateFile) },
    privateKey: { pemFile: pathOf(keyFile), passphrase },
    now: validDay,
  })

  it.each([
    ['user.crt.pem', 'user.pem'],
    ['user.crt.pem', 'user.encrypted.pem'],
    ['user.combined.pem', 'user.combined.pem'],
  ])('%s and %s', async (certificateFile, keyFile) => {
    const { identity, ...read } = await readCertificateAndKey(files(certificateFile, keyFile))
    expect(identity).toBe('300:21.T12345/USER01')
    expect(read.privateKey.equals(rsaKey)).toBe(true)
    expect(read.certificate.fingerprint256).toBe(certificate.fingerprint256)
    expect(read.chain).toEqual([])
  })

  it('PKCS#12', async () => {
    const pfx = { pfxFile: pathOf('user.p12'), passphrase }
    const { identity } = await readCertificateAndKey({ certificate: pfx, privateKey: pfx, now: validDay })
    expect(identity).toBe('300:21.T12345/USER01')
  })

  it('DSA', async () => {
    const { identity } = await readCertificateAndKey(files('dsa.crt.pem', 'dsa.pem'))
    expect(identity).toBe('300:21.T12345/USER01')
  })

  it('a chain: the first certificate counts', async () => {
    const pem = textOf('user.crt.pem') + textOf('admin.crt.pem')
    const { identity, chain } = await readCertificateAndKey({
      ...files('user.crt.pem', 'user.pem'),
      certificate: { pem },
    })
    expect(identity).toBe('300:21.T12345/USER01')
    expect(chain.map(({ subject }) => subject)).toEqual(['UID=300:0.NA/21.T12345'])
  })

  it('swapped files', async () => {
    const error = await errorOf(readCertificateAndKey(files('user.pem', 'user.crt.pem')))
    expect(KeyError.isInstance(error) && error.message).toBe(
      `The file '${pathOf('user.pem')}' holds a private key and no certificate. Are the key and the certificate swapped?`,
    )
  })

  it('the key of another certificate: the error names both files', async () => {
    const error = await errorOf(readCertificateAndKey(files('user.crt.pem', 'stranger.pem')))
    expect(error).toMatchObject({ code: 'KEY_MISMATCH', path: pathOf('user.crt.pem') })
    expect(error).toHaveProperty('message', expect.stringContaining(pathOf('stranger.pem')))
  })

  it('an expired certificate: the error has the date; Handle servers do not care', async () => {
    const late = { ...files('user.crt.pem', 'user.pem'), now: new Date('2050-01-01') }
    const error = await errorOf(readCertificateAndKey(late))
    expect(error).toMatchObject({ code: 'CERTIFICATE_EXPIRED', path: pathOf('user.crt.pem') })
    expect(error).toHaveProperty('message', expect.stringContaining('2046-11-16T21:32:39Z'))
    await readCertificateAndKey({ ...late, allowExpired: true })
  })

  it('an EC key: not for a Handle server', async () => {
    const ec = files('ec.crt.pem', 'ec.pem')
    const error = await errorOf(readCertificateAndKey(ec))
    expect(error).toMatchObject({ code: 'KEY_TYPE_REFUSED', path: pathOf('ec.pem') })
    expect(error).toHaveProperty('message', expect.stringContaining('RSA and DSA'))
    const pair = await readCertificateAndKey({ ...ec, api: 'http' })
    expect(pair.privateKey.asymmetricKeyType).toBe('ec')
    // What was read for any server may be checked for a Handle server later, and still names the file.
    const later = errorOf(Promise.resolve().then(() => checkCertificate({ ...pair, now: validDay })))
    expect(await later).toMatchObject({ code: 'KEY_TYPE_REFUSED', path: pathOf('ec.pem') })
  })
})

/** DER to BER: indefinite lengths, and octet strings in pieces, in the outer levels. */
function inPieces(der: Buffer, depth: number): Buffer {
  const [tag = 0, first = 0] = der
  const size = first < 0x80 ? 0 : first & 0x7f
  const content = der.subarray(2 + size)
  const end = Buffer.alloc(2)
  if (depth === 0 || (tag !== 0x04 && (tag & 0x20) === 0)) return der
  if (tag === 0x04) {
    const pieces = [content.subarray(0, 100), content.subarray(100)]
    const strings = pieces.map((piece) =>
      Buffer.concat([Buffer.of(0x04, 0x82, piece.length >> 8, piece.length & 0xff), piece]),
    )
    return Buffer.concat([Buffer.of(0x24, 0x80), ...strings, end])
  }
  const children: Buffer[] = []
  for (let rest = content; rest.length > 0;) {
    const digits = (rest[1] ?? 0) < 0x80 ? 0 : (rest[1] ?? 0) & 0x7f
    const length = 2 + digits + (digits === 0 ? (rest[1] ?? 0) : rest.readUIntBE(2, digits))
    children.push(inPieces(rest.subarray(0, length), depth - 1))
    rest = rest.subarray(length)
  }
  return Buffer.concat([Buffer.of(tag, 0x80), ...children, end])
}
