import { readSecret, type Secret } from '@handlekit/core/strategy'
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { Duplex } from 'node:stream'
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls'
import { at, childrenOf, octetsOf, readAsn1, tags, type Asn1 } from '../der.ts'
import type { KeyError } from '../key-error.ts'
import { opensslCause } from '../openssl-error.ts'
import { keyError, type Origin } from '../origin.ts'

// OpenSSL opens the file, by way of node:tls: it checks the passphrase and the integrity (RFC 7292, section 5), knows
// every encryption that TLS connections of this program would, and finds that the key belongs to the certificate.
// Only the private key it does not give away; that one is found here, and decrypted by OpenSSL again.

/** Object identifiers, in DER. */
const oid = {
  data: '2a864886f70d010701',
  keyBag: '2a864886f70d010c0a0101',
  shroudedKeyBag: '2a864886f70d010c0a0102',
}

/** @throws KeyError of many kinds */
export async function certificateFromPfx(
  bytes: Buffer,
  passphrase: Secret | undefined,
  origin: Origin,
): Promise<X509Certificate> {
  const { context } = await open(bytes, passphrase, origin)
  const socket = new TLSSocket(new Duplex({ read: () => undefined }), { isServer: true, secureContext: context })
  try {
    const certificate = socket.getX509Certificate()
    if (!certificate) throw keyError(origin, 'NO_CERTIFICATE', 'holds no certificate.')
    return certificate
  } finally {
    socket.destroy()
  }
}

/** @throws KeyError of many kinds */
export async function privateKeyFromPfx(
  bytes: Buffer,
  passphrase: Secret | undefined,
  origin: Origin,
): Promise<KeyObject> {
  const { secret } = await open(bytes, passphrase, origin)
  try {
    for (const bag of bagsOf(bytes)) {
      const type = at(bag, 0).content.toString('hex')
      if (type !== oid.keyBag && type !== oid.shroudedKeyBag) continue
      const key = at(bag, 1, 0).raw
      return createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase: secret ?? '' })
    }
  } catch (error) {
    throw keyError(origin, 'KEY_DAMAGED', 'holds a private key that cannot be read.', opensslCause(error))
  }
  const remedy = '`openssl pkcs12 -in OLD -out NEW.pem` puts all of it into a PEM file.'
  throw keyError(origin, 'UNSUPPORTED_ENCRYPTION', `hides its private key behind two encryptions. ${remedy}`)
}

/** The bags (RFC 7292, section 4) that are not inside a further encryption; certificates mostly are. */
function bagsOf(bytes: Buffer): Asn1[] {
  const safe = readAsn1(octetsOf(at(readAsn1(bytes), 1, 1, 0)))
  return childrenOf(safe)
    .filter((part) => at(part, 0).content.toString('hex') === oid.data)
    .flatMap((part) => childrenOf(readAsn1(octetsOf(at(part, 1, 0)))))
}

interface Opened {
  readonly context: SecureContext
  readonly secret: string | undefined
}

async function open(bytes: Buffer, passphrase: Secret | undefined, origin: Origin): Promise<Opened> {
  if (bytes[0] !== tags.sequence) {
    const hint = bytes.includes('-----BEGIN') ? ' It is PEM: pass it as `pem` or `pemFile`.' : ''
    throw keyError(origin, 'NOT_PFX', `is not PKCS#12.${hint}`)
  }
  const secret = passphrase === undefined ? undefined : await readSecret('passphrase', passphrase)
  try {
    // Whether a key is long enough for a connection is for the connection to say.
    const ciphers = 'DEFAULT@SECLEVEL=0'
    const context = createSecureContext({ pfx: bytes, ciphers, ...(secret !== undefined && { passphrase: secret }) })
    return { context, secret }
  } catch (error) {
    throw notOpened(origin, error, secret !== undefined)
  }
}

function notOpened(origin: Origin, error: unknown, hasPassphrase: boolean): KeyError {
  const reason = error instanceof Error ? error.message : ''
  const cause = opensslCause(error)
  if (/mac verify failure/i.test(reason)) {
    return hasPassphrase
      ? keyError(origin, 'WRONG_PASSPHRASE', 'cannot be opened: the passphrase is wrong.', cause)
      : keyError(origin, 'PASSPHRASE_REQUIRED', 'is encrypted. Pass the passphrase as `passphrase`.', cause)
  }
  if (/unsupported/i.test(reason)) {
    const remedy = '`openssl pkcs12 -legacy -in OLD -out NEW.pem` turns it into PEM.'
    const text = `is encrypted with a method that is no longer safe, and that OpenSSL has switched off. ${remedy}`
    return keyError(origin, 'UNSUPPORTED_ENCRYPTION', text, cause)
  }
  if (/private key/i.test(reason)) return keyError(origin, 'NO_PRIVATE_KEY', 'holds no private key.', cause)
  if (/certificate/i.test(reason)) return keyError(origin, 'NO_CERTIFICATE', 'holds no certificate.', cause)
  return keyError(origin, 'NOT_PFX', `is not PKCS#12, or damaged (${reason}).`, cause)
}
