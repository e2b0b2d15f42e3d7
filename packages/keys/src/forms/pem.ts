import type { Secret } from '@handlekit/core/strategy'
import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import type { KeyError } from '../key-error.ts'
import { opensslCause, opensslCode } from '../openssl-error.ts'
import { keyError, type Origin } from '../origin.ts'
import { requirePassphrase } from '../passphrase.ts'
import type { Loaded } from '../source.ts'

type Pem = Extract<Loaded, { form: 'pem' }>

/** One `-----BEGIN …-----` to its end. */
interface Block {
  /** 'RSA PRIVATE KEY' */
  readonly label: string
  readonly text: string
}

const isPrivate = ({ label }: Block): boolean => label.endsWith('PRIVATE KEY')
const isPublic = ({ label }: Block): boolean => label.endsWith('PUBLIC KEY')
const isCertificate = ({ label }: Block): boolean => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label)
const isEncrypted = ({ label, text }: Block): boolean =>
  label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type: *4, *ENCRYPTED/m.test(text)

/** The first private key: PKCS#8, PKCS#1 or SEC 1, each plain or encrypted. */
export async function privateKeyFromPem(pem: Pem, passphrase: Secret | undefined): Promise<KeyObject> {
  const { origin } = pem
  const blocks = blocksOf(pem)
  const block = blocks.find(isPrivate)
  if (!block) throw keyError(origin, 'NO_PRIVATE_KEY', `${contentOf(blocks)} and no private key.${swapped(blocks)}`)
  if (block.label === 'OPENSSH PRIVATE KEY') {
    const remedy = '`ssh-keygen -p -m PEM -f FILE` changes it into one that TLS programs read.'
    throw keyError(origin, 'NO_PRIVATE_KEY', `holds a private key in OpenSSH's own form. ${remedy}`)
  }
  if (!isEncrypted(block)) {
    try {
      return createPrivateKey(block.text)
    } catch (error) {
      throw damaged(origin, 'private key', error)
    }
  }
  const secret = await requirePassphrase(passphrase, origin)
  try {
    return createPrivateKey({ key: block.text, passphrase: secret })
  } catch (error) {
    throw notDecrypted(origin, error)
  }
}

/** The first public key (SPKI or PKCS#1), or else that of the first certificate. */
export function publicKeyFromPem(pem: Pem): KeyObject {
  const blocks = blocksOf(pem)
  const block = blocks.find(isPublic) ?? blocks.find(isCertificate)
  if (!block) {
    const remedy = blocks.some(isPrivate) ? ' A private key is read by readPrivateKey.' : ''
    throw keyError(pem.origin, 'NO_PUBLIC_KEY', `${contentOf(blocks)} and no public key.${remedy}`)
  }
  try {
    return createPublicKey(block.text)
  } catch (error) {
    throw damaged(pem.origin, 'public key', error)
  }
}

/** Every certificate, in order: at least one. */
export function certificatesFromPem(pem: Pem): [X509Certificate, ...X509Certificate[]] {
  const blocks = blocksOf(pem)
  try {
    const [first, ...others] = blocks.filter(isCertificate).map(({ text }) => new X509Certificate(text))
    if (first) return [first, ...others]
  } catch (error) {
    throw damaged(pem.origin, 'certificate', error)
  }
  throw keyError(pem.origin, 'NO_CERTIFICATE', `${contentOf(blocks)} and no certificate.${swapped(blocks)}`)
}

/** @throws KeyError `NOT_PEM` */
function blocksOf({ text, bytes, origin }: Pem): Block[] {
  const pattern = /-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----/gs
  const blocks = [...text.matchAll(pattern)].map(([block, label = '']) => ({ label, text: `${block}\n` }))
  if (blocks.length > 0) return blocks
  throw keyError(origin, 'NOT_PEM', whyNoPem(text, bytes))
}

function whyNoPem(text: string, bytes: Buffer): string {
  if (text.trim() === '') return 'is empty.'
  if (text.includes('-----BEGIN ')) return 'is PEM that is cut off: it has a BEGIN line without its END line.'
  // A SEQUENCE whose length takes two bytes, as every key and every certificate is.
  if (bytes[0] === 0x30 && bytes[1] === 0x82) {
    const remedy = '`openssl x509 -inform der` turns a certificate into PEM, `openssl pkey -inform der` a key.'
    return `is DER, the binary form, and not PEM. PKCS#12 goes into \`pfx\` or \`pfxFile\`; ${remedy}`
  }
  const hint = text.includes('\n') ? '' : ' Is it a path? That goes into the option whose name ends in `File`.'
  return `is not PEM: it has no line that begins with -----BEGIN.${hint}`
}

/** 'holds a certificate' */
function contentOf(blocks: readonly Block[]): string {
  const kinds = [
    blocks.some(isCertificate) ? 'a certificate' : '',
    blocks.some(isPrivate) ? 'a private key' : '',
    blocks.some(isPublic) ? 'a public key' : '',
  ].filter((kind) => kind !== '')
  return `holds ${kinds.join(' and ') || `something else (${blocks.map(({ label }) => label).join(', ')})`}`
}

function swapped(blocks: readonly Block[]): string {
  return blocks.some(isCertificate) !== blocks.some(isPrivate) ? ' Are the key and the certificate swapped?' : ''
}

function damaged(origin: Origin, what: string, error: unknown): KeyError {
  return keyError(origin, 'KEY_DAMAGED', `holds a ${what} that cannot be read. Is it complete?`, opensslCause(error))
}

function notDecrypted(origin: Origin, error: unknown): KeyError {
  const cause = opensslCause(error)
  if (opensslCode(error) === 'ERR_OSSL_EVP_UNSUPPORTED') {
    const remedy = '`openssl pkey -provider legacy -provider default -in OLD -aes256 -out NEW` encrypts it anew.'
    const text = `is encrypted with a method that is no longer safe, and that OpenSSL has switched off. ${remedy}`
    return keyError(origin, 'UNSUPPORTED_ENCRYPTION', text, cause)
  }
  return keyError(
    origin,
    'WRONG_PASSPHRASE',
    'cannot be decrypted: the passphrase is wrong, or the key damaged.',
    cause,
  )
}
