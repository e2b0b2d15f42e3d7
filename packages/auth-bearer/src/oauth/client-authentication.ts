import { InvalidArgumentError, readSecret, type Secret } from '@handlekit/core/strategy'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import {
  type AuthorizationServer,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type CryptoKey,
  None,
  PrivateKeyJwt,
} from 'oauth4webapi'
import { authFailure } from './failure.ts'

/** A key with which the client signs who it is (RFC 7523). */
export interface OAuthPrivateKey {
  /** PEM, or a function that gives it. */
  readonly key: Secret
  /** `kid`: which of the client's registered keys it is. */
  readonly id?: string | undefined
  /** For RSA keys 'RS256' (the default) or 'PS256'; other keys tell it themselves. */
  readonly algorithm?: 'RS256' | 'PS256' | undefined
}

/** How the client proves to the token endpoint who it is. */
export interface ClientProof {
  readonly clientSecret?: Secret | undefined
  readonly clientAuthentication?: 'basic' | 'post' | undefined
  readonly privateKey?: OAuthPrivateKey | undefined
}

/** The proof for one request, and what of it must not show up anywhere. */
export interface Proof {
  readonly prove: ClientAuth
  readonly secrets: readonly string[]
}

export async function proofFor(server: AuthorizationServer, options: ClientProof): Promise<Proof> {
  const { clientSecret, privateKey } = options
  if (privateKey) return { prove: await signing(privateKey), secrets: [] }
  if (clientSecret === undefined) return { prove: None(), secrets: [] }
  const secret = await readSecret('oauth: clientSecret', clientSecret)
  const way = options.clientAuthentication ?? wayOf(server)
  return { prove: way === 'post' ? ClientSecretPost(secret) : ClientSecretBasic(secret), secrets: [secret] }
}

/** Basic is what a server knows that says nothing (RFC 8414, section 2). */
function wayOf(server: AuthorizationServer): 'basic' | 'post' {
  const known: unknown = server.token_endpoint_auth_methods_supported
  if (!Array.isArray(known) || known.includes('client_secret_basic')) return 'basic'
  return known.includes('client_secret_post') ? 'post' : 'basic'
}

async function signing({ key, id, algorithm = 'RS256' }: OAuthPrivateKey): Promise<ClientAuth> {
  const imported = importKey(await readSecret('oauth: privateKey.key', key), algorithm)
  return PrivateKeyJwt(id === undefined ? { key: imported } : { key: imported, kid: id })
}

type Algorithm = Parameters<KeyObject['toCryptoKey']>[0]

/** By curve, as OpenSSL names it. */
const curves: Readonly<Record<string, Algorithm>> = {
  prime256v1: { name: 'ECDSA', namedCurve: 'P-256' },
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384' },
  secp521r1: { name: 'ECDSA', namedCurve: 'P-521' },
}

function importKey(pem: string, rsa: 'RS256' | 'PS256'): CryptoKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new InvalidArgumentError('INVALID_OPTION', 'oauth: privateKey.key is not a private key in PEM, unencrypted.')
  }
  const algorithm = algorithmOf(key, rsa)
  if (algorithm) return key.toCryptoKey(algorithm, false, ['sign'])
  throw authFailure('AUTH_FAILED', `privateKey is of a kind that is not known here (${key.asymmetricKeyType}).`)
}

function algorithmOf(key: KeyObject, rsa: 'RS256' | 'PS256'): Algorithm | undefined {
  if (key.asymmetricKeyType === 'ed25519') return { name: 'Ed25519' }
  if (key.asymmetricKeyType === 'rsa') {
    return { name: rsa === 'PS256' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  }
  return curves[key.asymmetricKeyDetails?.namedCurve ?? '']
}
