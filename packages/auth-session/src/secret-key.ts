import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Proof, Prover } from './prover.ts'

/** How a secret answers a challenge. */
export type Mac = 'HMAC-SHA256' | 'HMAC-SHA1' | 'PBKDF2-HMAC-SHA1' | 'SHA256' | 'SHA1' | 'MD5'

type Compute = (secret: Buffer, data: Uint8Array) => Promise<Omit<Proof, 'alg'>>

const hmac = (digest: string): Compute => {
  return async (secret, data) => ({ signature: createHmac(digest, secret).update(data).digest() })
}

/** The Handle System's own: the secret before and after. */
const keyedHash = (digest: string): Compute => {
  return async (secret, data) => ({ signature: createHash(digest).update(secret).update(data).update(secret).digest() })
}

/** How a secret answers, by the names that a Handle server knows (Technical Manual, section 14.6). */
const macs: Readonly<Record<Mac, Compute>> = {
  'HMAC-SHA256': hmac('sha256'),
  'HMAC-SHA1': hmac('sha1'),
  'PBKDF2-HMAC-SHA1': (secret, data) => pbkdf2Mac(secret, data, randomBytes(16), 10_000, 160),
  SHA256: keyedHash('sha256'),
  SHA1: keyedHash('sha1'),
  MD5: keyedHash('md5'),
}

/** The names of {@link Mac}. */
export const macNames: readonly string[] = Object.keys(macs)

/** Answers with a keyed hash that the HS_SECKEY at the identity's index verifies. The secret is not sent. */
export function secretKeyProver(secret: () => string | Promise<string>, mac: Mac): Prover {
  return {
    type: 'HS_SECKEY',
    prove: async (data) => ({ alg: mac, ...(await macs[mac](Buffer.from(await secret(), 'utf8'), data)) }),
  }
}

/** @param length Of the derived key, in bits. */
export async function pbkdf2Mac(
  secret: Buffer,
  data: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Omit<Proof, 'alg'>> {
  // Servers read each byte of the secret as a character, and take those characters as UTF-8.
  const password = Buffer.from(secret.toString('latin1'), 'utf8')
  const key = await promisify(pbkdf2)(password, salt, iterations, length / 8, 'sha1')
  return {
    signature: createHmac('sha1', key).update(data).digest(),
    parameters: {
      salt: Buffer.from(salt).toString('base64'),
      iterations: String(iterations),
      length: String(length),
    },
  }
}
