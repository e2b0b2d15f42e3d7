/**
 * Whether bytes are shown as base64 rather than as text: they are not UTF-8, or hold a control character other than
 * 0x09-0x13 (which include tab and line ends).
 */
export function looksBinary(bytes: Uint8Array): boolean {
  return hasControlCharacter(bytes) || !looksLikeUtf8(bytes)
}

function hasControlCharacter(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte <= 0x08 || (byte >= 0x14 && byte <= 0x1f) || byte === 0x7f)
}

/** A check of structure only, as permissive as the real one: surrogates and overlong forms pass. */
function looksLikeUtf8(bytes: Uint8Array): boolean {
  let continuations = 0
  for (const byte of bytes) {
    const isContinuation = (byte & 0xc0) === 0x80
    if (continuations > 0 !== isContinuation) return false
    continuations = isContinuation ? continuations - 1 : continuationsAfter(byte)
    if (continuations < 0) return false
  }
  return continuations === 0
}

function continuationsAfter(lead: number): number {
  if (lead < 0x80) return 0
  if ((lead & 0xe0) === 0xc0) return 1
  if ((lead & 0xf0) === 0xe0) return 2
  if ((lead & 0xf8) === 0xf0) return 3
  return -1
}
