import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { withoutZeros } from '../der.ts'
import type { KeyError } from '../key-error.ts'
import { isWhole } from '../whole.ts'
import { keyError, type Origin } from '../origin.ts'
import { privateKeyFrom, publicKeyFrom } from '../numbers.ts'

// Errors here have no cause: those of Node.js about a JWK may show what is in it.

/** @throws KeyError `NOT_JWK`, `NO_PRIVATE_KEY`, `KEY_DAMAGED` */
export function privateKeyFromJwk(value: unknown, origin: Origin): KeyObject {
  const { jwk, kty } = jwkOf(value, origin)
  if (jwk['d'] === undefined && jwk['x'] === undefined) {
    throw keyError(origin, 'NO_PRIVATE_KEY', 'holds no private key: it has no member `d` (DSA: `x`). A public key?')
  }
  const key = attempt(origin, () => {
    const of = (name: string): string => numberOf(jwk, name)
    if (kty === 'DSA') return privateKeyFrom({ kty, x: of('x'), p: of('p'), q: of('q'), g: of('g') })
    if (kty === 'RSA') {
      const primes = { p: of('p'), q: of('q'), dp: of('dp'), dq: of('dq'), qi: of('qi') }
      return privateKeyFrom({ kty, n: of('n'), e: of('e'), d: of('d'), ...primes })
    }
    return createPrivateKey({ key: jwk, format: 'jwk' })
  })
  if (!isWhole(key)) throw damaged(origin)
  return key
}

/** @throws KeyError `NOT_JWK`, `KEY_DAMAGED` */
export function publicKeyFromJwk(value: unknown, origin: Origin): KeyObject {
  const { jwk, kty } = jwkOf(value, origin)
  return attempt(origin, () => {
    const of = (name: string): string => numberOf(jwk, name)
    if (kty === 'DSA') return publicKeyFrom({ kty, y: of('y'), p: of('p'), q: of('q'), g: of('g') })
    if (kty === 'RSA') return publicKeyFrom({ kty, n: of('n'), e: of('e') })
    return createPublicKey({ key: jwk, format: 'jwk' })
  })
}

/** A Handle server reads `kty` in any case. */
function jwkOf(value: unknown, origin: Origin): { readonly jwk: JsonWebKey; readonly kty: string } {
  const jwk: JsonWebKey = typeof value === 'object' && value !== null ? { ...value } : {}
  if (typeof jwk.kty !== 'string') {
    throw keyError(origin, 'NOT_JWK', 'is no JSON Web Key: it has to be an object with the member `kty`.')
  }
  return { jwk, kty: /^[rd]sa$/i.test(jwk.kty) ? jwk.kty.toUpperCase() : jwk.kty }
}

/** Throws when there is no such number. */
function numberOf(jwk: JsonWebKey, name: string): string {
  const text = jwk[name]
  if (typeof text !== 'string' || !/^[\w+/-]+=*$/.test(text)) throw new RangeError(`No number '${name}'`)
  return withoutZeros(Buffer.from(text, 'base64')).toString('base64url')
}

function attempt(origin: Origin, make: () => KeyObject): KeyObject {
  try {
    return make()
  } catch {
    throw damaged(origin)
  }
}

function damaged(origin: Origin): KeyError {
  const wanted = 'An RSA key has `n` and `e`, and a private one `d`, `p`, `q`, `dp`, `dq` and `qi` as well.'
  return keyError(origin, 'KEY_DAMAGED', `is a JSON Web Key whose numbers make no key. ${wanted}`)
}
