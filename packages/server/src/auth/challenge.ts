import type { ServerSignature, Session } from './sessions.ts'

/** A Handle challenge: the session to answer in, and what was wrong with the last answer. */
export interface Challenge {
  readonly session: Session
  readonly signature: ServerSignature | undefined
  readonly error: string | undefined
}

/** The value of a `WWW-Authenticate` header (RFC 7235 4.1, Technical Manual 14). */
export function formatChallenge({ session, signature, error }: Challenge): string {
  const parameters = [`sessionId="${session.id}"`, `nonce="${session.nonce.toString('base64')}"`]
  if (signature) {
    parameters.push(`serverAlg="${signature.serverAlg}"`, `serverSignature="${signature.serverSignature}"`)
  }
  if (error !== undefined) parameters.push(`error="${escapeError(error)}"`)
  return `Handle ${parameters.join(', ')}`
}

export const basicChallenge = 'Basic realm="handle"'

/** A browser script asks for no Basic challenge, lest the browser open its dialog; the Handle scheme needs none. */
export function wantsBasicChallenge(authorization: string | undefined, requestedWith: string | undefined): boolean {
  if (authorization !== undefined) return authorization.startsWith('Basic')
  return requestedWith !== 'XMLHttpRequest'
}

/** Percent-encodes bytes outside printable ASCII and `%`, and puts a backslash before `"` and `\`. */
function escapeError(text: string): string {
  const percentEncoded = Array.from(Buffer.from(text, 'utf8'), (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x25
      ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      : String.fromCharCode(byte),
  )
  return percentEncoded.join('').replaceAll(/["\\]/g, String.raw`\$&`)
}
