import { timingSafeEqual } from 'node:crypto'
import { decodeBase64 } from '../record/base64.ts'
import type { Records } from '../store/records.ts'
import { percentDecode } from './authorization-header.ts'
import { identityOf, parseIdentity, valuesOf } from './identity.ts'
import { accepted, refused, type Verdict } from './verdict.ts'

/**
 * Checks Basic credentials against HS_SECKEY values: the user name is a percent-encoded identity up to the first
 * colon, the password the bytes of the secret (Technical Manual 14, RFC 7617). Throws UnresolvableIdentity.
 */
export function checkBasic(records: Records, credentials: string): Verdict {
  const bytes = decodeBase64(credentials)
  const colon = bytes.indexOf(':')
  if (colon === -1) return refused()
  const user = percentDecode(bytes.subarray(0, colon).toString('utf8'))
  if (user === undefined) return refused()
  const password = bytes.subarray(colon + 1)
  const { index, handle } = parseIdentity(user)
  const identity = identityOf(index, handle)
  const isRight = valuesOf(records, identity, 'HS_SECKEY').some(({ data }) => isSame(data, password))
  return isRight ? accepted(identity) : refused('Identity not verified')
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
