import { BadRequest } from '../bad-request.ts'
import { asInteger } from '../json/coerce.ts'
import { decodeBase64 } from '../record/base64.ts'
import { decodePublicKey, type PublicKey } from '../record/public-key.ts'
import type { HandleValue } from '../record/value.ts'
import type { Records } from '../store/records.ts'
import type { HandleParameters } from './authorization-header.ts'
import { parseIdentity, valuesOf, type Identity } from './identity.ts'
import {
  isMacAlgorithm,
  isValidMac,
  needsDerivation,
  unpackDerivedMac,
  type KeyDerivation,
  type MacClaim,
} from './mac.ts'
import type { Session } from './sessions.ts'
import { isSignatureAlgorithm, isValidSignature } from './signature.ts'
import { accepted, refused, type Verdict } from './verdict.ts'

/** Whether parameters are meant to prove an identity, rather than just name a session. */
export function isAnswer(parameters: HandleParameters): boolean {
  return ['id', 'type', 'alg', 'signature'].some((name) => parameters.has(name))
}

/** Checks the answer to a session's challenge (Technical Manual 14). Throws UnresolvableIdentity. */
export function checkAnswer(records: Records, session: Session | undefined, parameters: HandleParameters): Verdict {
  if ((parameters.get('version') ?? '0') !== '0') return refused('Unknown version in Authorization: Handle')
  const [id, cnonce, type, alg, signature] = ['id', 'cnonce', 'type', 'alg', 'signature'].map((name) =>
    parameters.get(name),
  )
  if (id === undefined || cnonce === undefined || type === undefined || alg === undefined || signature === undefined) {
    return refused('Missing fields in authentication data')
  }
  const claimed = parseIdentity(id)
  const data = Buffer.concat([session?.nonce ?? Buffer.alloc(0), decodeBase64(cnonce)])
  try {
    const check = checkFor(records, type, alg, claimed, decodeBase64(signature), parameters)
    if (!check) return refused('Error parsing Authorization: Handle')
    // Without a session there is no nonce that the answer could be to.
    const identity = session && check(data)
    return identity ? accepted(identity) : refused('Identity not verified')
  } catch (error) {
    if (error instanceof BadRequest) return refused(`Exception (${error.javaClass}) parsing Authorization: Handle`)
    if (error instanceof RangeError) return refused('Error parsing Authorization: Handle')
    throw error
  }
}

/** The identity that the answer proves over this data, if it does. */
type Check = (data: Buffer) => Identity | undefined

function checkFor(
  records: Records,
  type: string,
  alg: string,
  claimed: Identity,
  signature: Buffer,
  parameters: HandleParameters,
): Check | undefined {
  if (type === 'HS_PUBKEY' && isSignatureAlgorithm(alg)) {
    return (data) => {
      const index = findPublicKey(records, claimed, (key) => isValidSignature(key, alg, data, signature))?.index
      return index === undefined ? undefined : { ...claimed, index }
    }
  }
  if (type === 'HS_SECKEY' && isMacAlgorithm(alg)) {
    let claim: MacClaim = { alg, signature, derivation: derivationFrom(parameters) }
    if (needsDerivation(alg)) claim = unpackDerivedMac(claim)
    return (data) => (isMacOf(records, claimed, claim, data) ? claimed : undefined)
  }
  return undefined
}

/** Whether a MAC is by a secret key of the identity. Throws UnresolvableIdentity. */
export function isMacOf(records: Records, identity: Identity, claim: MacClaim, data: Buffer): boolean {
  return valuesOf(records, identity, 'HS_SECKEY').some(({ data: secret }) => isValidMac(claim, secret, data))
}

/** The first HS_PUBKEY of an identity whose key passes a test. Throws UnresolvableIdentity. */
export function findPublicKey(
  records: Records,
  identity: Identity,
  test: (key: PublicKey) => boolean,
): HandleValue | undefined {
  return valuesOf(records, identity, 'HS_PUBKEY').find(({ data }) => {
    const key = readPublicKey(data)
    return key !== undefined && test(key)
  })
}

function readPublicKey(data: Buffer): PublicKey | undefined {
  try {
    return decodePublicKey(data)
  } catch {
    return undefined
  }
}

/** Undefined unless salt, iterations and length are all there. */
export function derivationFrom(parameters: { get(name: string): string | undefined }): KeyDerivation | undefined {
  const [salt, iterations, length] = [parameters.get('salt'), parameters.get('iterations'), parameters.get('length')]
  if (salt === undefined || iterations === undefined || length === undefined) return undefined
  return { salt: decodeBase64(salt), iterations: asInteger(iterations), length: asInteger(length) }
}
