import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { at, der, derInteger, octetsOf, readAsn1, tags, unsignedOf, type Asn1 } from './der.ts'
import type { DsaPrivateNumbers, DsaPublicNumbers } from './numbers.ts'

// Node.js has no JSON form of DSA keys, so their numbers go through the DER of SPKI and PKCS#8 (RFC 3279, 2.3.2).

/** 1.2.840.10040.4.1 */
const dsaIdentifier = Buffer.from('2a8648ce380401', 'hex')

const bytesOf = (number: string): Buffer => Buffer.from(number, 'base64url')
const textOf = (integer: Asn1): string => unsignedOf(integer).toString('base64url')
const toPublic = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key)

/** The numbers of a DSA key; of a private one with `x`. */
export function dsaNumbers(key: KeyObject): DsaPublicNumbers & { readonly x?: string } {
  const spki = readAsn1(toPublic(key).export({ format: 'der', type: 'spki' }))
  const [p, q, g] = [at(spki, 0, 1, 0), at(spki, 0, 1, 1), at(spki, 0, 1, 2)]
  const y = readAsn1(at(spki, 1).content.subarray(1)) // after the number of unused bits of a BIT STRING
  const numbers = { kty: 'DSA', y: textOf(y), p: textOf(p), q: textOf(q), g: textOf(g) } as const
  if (key.type !== 'private') return numbers
  const pkcs8 = readAsn1(key.export({ format: 'der', type: 'pkcs8' }))
  return { ...numbers, x: textOf(readAsn1(octetsOf(at(pkcs8, 2)))) }
}

export function dsaPublicKey(numbers: DsaPublicNumbers): KeyObject {
  const y = derInteger(bytesOf(numbers.y))
  const spki = der(tags.sequence, algorithm(numbers), der(tags.bitString, Buffer.alloc(1), y))
  return createPublicKey({ key: spki, format: 'der', type: 'spki' })
}

export function dsaPrivateKey(numbers: Omit<DsaPrivateNumbers, 'y'>): KeyObject {
  const x = der(tags.octetString, derInteger(bytesOf(numbers.x)))
  const pkcs8 = der(tags.sequence, derInteger(Buffer.alloc(1)), algorithm(numbers), x)
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
}

function algorithm({ p, q, g }: { readonly p: string; readonly q: string; readonly g: string }): Buffer {
  const parameters = der(tags.sequence, ...[p, q, g].map((number) => derInteger(bytesOf(number))))
  return der(tags.sequence, der(tags.objectIdentifier, dsaIdentifier), parameters)
}
