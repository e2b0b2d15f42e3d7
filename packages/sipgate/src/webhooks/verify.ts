import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { sipgateWebhookKeys } from './keys.ts'

/** What {@link verifyWebhook} looks at. */
export interface WebhookDelivery {
  /** The body as it came, before anything decodes it: bytes, or their UTF-8 text. */
  readonly rawBody: Uint8Array | string
  /** The header `X-Sipgate-Signature`. */
  readonly signature: string | readonly string[] | null | undefined
  /** A key, or several of which one has to fit. Default: those of {@link sipgateWebhookKeys}. */
  readonly publicKey?: WebhookPublicKey | readonly WebhookPublicKey[] | undefined
}

/** PEM, as a text or as the bytes of a file, or what `createPublicKey` of node:crypto gives. */
export type WebhookPublicKey = string | Uint8Array | KeyObject

/** Of an RSA key with 8192 bits. */
const longestSignature = 1368

/** Padded, and nothing in between: whatever else is signed is signed once. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Whether a webhook's delivery is signed by sipgate: RSA with SHA-256 (PKCS #1 v1.5) over the raw body.
 *
 * It never throws: what is malformed, be it the body, the signature or the key, is not signed. Neither a time nor a
 * number is part of what is signed, so a delivery can be repeated by whoever has seen it: remember `event`, `callId` and
 * `origCallId` if that matters, and limit the size of the bodies you read.
 */
export function verifyWebhook(delivery: WebhookDelivery): boolean {
  try {
    const { rawBody, signature, publicKey = sipgateWebhookKeys.map((known) => known.publicKey) } = delivery
    const bytes = bytesOf(rawBody)
    const signed = signatureOf(signature)
    if (!bytes || !signed) return false
    const keys: readonly unknown[] = Array.isArray(publicKey) ? publicKey : [publicKey]
    return keys.some((key) => isSignedWith(key, bytes, signed))
  } catch {
    return false
  }
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body
  return typeof body === 'string' && body.isWellFormed() ? Buffer.from(body, 'utf8') : undefined
}

function signatureOf(header: unknown): Buffer | undefined {
  const text: unknown = Array.isArray(header) && header.length === 1 ? header[0] : header
  if (typeof text !== 'string' || text === '' || text.length > longestSignature || !base64.test(text)) return undefined
  return Buffer.from(text, 'base64')
}

function isSignedWith(key: unknown, body: Uint8Array, signature: Uint8Array): boolean {
  try {
    const publicKey = toKey(key)
    return publicKey?.asymmetricKeyType === 'rsa' && verify('RSA-SHA256', body, publicKey, signature)
  } catch {
    return false
  }
}

function toKey(key: unknown): KeyObject | undefined {
  if (typeof key === 'string') return createPublicKey(key)
  if (key instanceof Uint8Array) return createPublicKey(Buffer.from(key))
  return typeof key === 'object' && key !== null && isKeyObject(key) ? key : undefined
}

function isKeyObject(key: object): key is KeyObject {
  return 'asymmetricKeyType' in key && 'type' in key && key.type === 'public'
}
