import { createHash, createHmac, randomBytes, type KeyObject, type X509Certificate } from 'node:crypto'
import { der, derInteger, tags } from '../der.ts'

// Written as RFC 7292 lists it: a PFX holds a ContentInfo of ContentInfos of SafeContents of SafeBags, and a MAC.

const identifier = (hex: string): Buffer => der(tags.objectIdentifier, Buffer.from(hex, 'hex'))
const oid = {
  data: identifier('2a864886f70d010701'),
  shroudedKeyBag: identifier('2a864886f70d010c0a0102'),
  certBag: identifier('2a864886f70d010c0a0103'),
  x509Certificate: identifier('2a864886f70d01091601'),
  localKeyId: identifier('2a864886f70d010915'),
  sha256: identifier('608648016503040201'),
}

const iterations = 2048

/** A private key, encrypted, and its certificate, which is public and is not. */
export function encodePfx(certificate: X509Certificate, privateKey: KeyObject, passphrase: string): Buffer {
  const key = privateKey.export({ format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase })
  const certificateBag = sequence(oid.x509Certificate, explicit(octets(certificate.raw)))
  // By this number Java finds out which certificate belongs to the key.
  const id = octets(createHash('sha256').update(certificate.raw).digest())
  const attributes = der(tags.set, sequence(oid.localKeyId, der(tags.set, id)))
  const safeContents = sequence(
    sequence(oid.shroudedKeyBag, explicit(key), attributes),
    sequence(oid.certBag, explicit(certificateBag), attributes),
  )
  const authenticatedSafe = sequence(contentInfo(safeContents))
  return sequence(derInteger(Buffer.of(3)), contentInfo(authenticatedSafe), macData(authenticatedSafe, passphrase))
}

function macData(authenticated: Buffer, passphrase: string): Buffer {
  const salt = randomBytes(16)
  const mac = createHmac('sha256', macKey(salt, passphrase)).update(authenticated).digest()
  const digestInfo = sequence(sequence(oid.sha256, der(tags.null)), octets(mac))
  const rounds = Buffer.of(iterations >> 8, iterations & 0xff)
  return sequence(digestInfo, octets(salt), derInteger(rounds))
}

/** Appendix B.2, of which the first block is enough: the key is as long as the digest. */
function macKey(salt: Buffer, passphrase: string): Buffer {
  const block = 64
  const password = Buffer.from(`${passphrase}\0`, 'utf16le').swap16()
  const repeated = (bytes: Buffer): Buffer => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
  const purpose = Buffer.alloc(block, 3)
  let key = Buffer.concat([purpose, repeated(salt), repeated(password)])
  for (let i = 0; i < iterations; i++) key = createHash('sha256').update(key).digest()
  return key
}

function contentInfo(content: Buffer): Buffer {
  return sequence(oid.data, explicit(octets(content)))
}

function sequence(...values: Buffer[]): Buffer {
  return der(tags.sequence, ...values)
}

function explicit(value: Buffer): Buffer {
  return der(tags.context0, value)
}

function octets(bytes: Uint8Array): Buffer {
  return der(tags.octetString, bytes)
}
