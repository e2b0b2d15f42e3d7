import { type KeyObject, sign as cryptoSign } from 'node:crypto'
import type { Prover } from './prover.ts'

/** Digests that a Handle server takes in a signature, by the names that it knows (Technical Manual, section 14.6). */
const digests = { SHA256: 'sha256', SHA1: 'sha1' } as const

/** The digest of a signature. */
export type Digest = keyof typeof digests

/** The names of {@link Digest}. */
export const digestNames: readonly string[] = Object.keys(digests)

/** Signs what a key in an HSM or an agent signs: RSASSA-PKCS1-v1_5, or DSA in DER. */
export type Sign = (data: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** Answers with a signature that the HS_PUBKEY at the identity's index verifies. */
export function publicKeyProver(sign: Sign, digest: Digest): Prover {
  return {
    type: 'HS_PUBKEY',
    prove: async (data) => ({ alg: digest, signature: await sign(data) }),
  }
}

/** Signs with a key that is here. */
export function signWith(key: KeyObject, digest: Digest): Sign {
  return (data) => cryptoSign(digests[digest], data, key)
}
