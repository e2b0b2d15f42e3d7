/** The little of DER (X.690) that a self-signed certificate and a public key need. Each function gives one TLV. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Uint8Array.of(tag), lengthOctets(content.length), content])
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => tlv(0x30, ...items)
export const set = (...items: readonly Uint8Array[]): Buffer => tlv(0x31, ...items)
export const octetString = (bytes: Uint8Array): Buffer => tlv(0x04, bytes)
export const bitString = (bytes: Uint8Array): Buffer => tlv(0x03, Uint8Array.of(0), bytes)
export const utf8String = (text: string): Buffer => tlv(0x0c, Buffer.from(text, 'utf8'))
export const utcTime = (text: string): Buffer => tlv(0x17, Buffer.from(text, 'latin1'))
export const generalizedTime = (text: string): Buffer => tlv(0x18, Buffer.from(text, 'latin1'))
export const derNull: Buffer = tlv(0x05)

/** A constructed, context-specific tag: `[number]`. */
export const tagged = (number: number, ...items: readonly Uint8Array[]): Buffer => tlv(0xa0 | number, ...items)

/** An INTEGER from unsigned big-endian bytes. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  if (first === -1) return tlv(0x02, Uint8Array.of(0))
  const digits = bytes.subarray(first)
  const padding = (digits[0] ?? 0) >= 0x80 ? [0] : []
  return tlv(0x02, Uint8Array.from(padding), digits)
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tlv(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

function base128(number: number): number[] {
  const digits = [number & 0x7f]
  for (let high = Math.floor(number / 128); high > 0; high = Math.floor(high / 128))
    digits.unshift((high & 0x7f) | 0x80)
  return digits
}

function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const octets: number[] = []
  for (let high = length; high > 0; high = Math.floor(high / 256)) octets.unshift(high & 0xff)
  return Uint8Array.of(0x80 | octets.length, ...octets)
}
