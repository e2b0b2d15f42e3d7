/** One value of ASN.1, in BER (X.690), of which DER is a part. */
export interface Asn1 {
  readonly tag: number
  /** What is inside; of an indefinite length too. */
  readonly content: Buffer
  /** All of it, with tag and length. */
  readonly raw: Buffer
}

/** ASN.1 tags; the constructed bit is set where a value holds others. */
export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
  /** `[0]`, explicit. */
  context0: 0xa0,
} as const

/** Reads the value at the beginning of the bytes. @throws RangeError when there is none. */
export function readAsn1(bytes: Buffer): Asn1 {
  const [tag, first] = [bytes[0], bytes[1]]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new RangeError('Not ASN.1')
  if (first === 0x80) {
    let end = 2
    while (bytes.readUInt16BE(end) !== 0) end += readAsn1(bytes.subarray(end)).raw.length
    return { tag, content: bytes.subarray(2, end), raw: bytes.subarray(0, end + 2) }
  }
  const size = first < 0x80 ? 0 : first & 0x7f
  const length = size === 0 ? first : bytes.readUIntBE(2, size)
  const end = 2 + size + length
  if (end > bytes.length) throw new RangeError('Not ASN.1: it ends too early')
  return { tag, content: bytes.subarray(2 + size, end), raw: bytes.subarray(0, end) }
}

/** The values that one holds, in order. @throws RangeError */
export function childrenOf(value: Asn1): Asn1[] {
  const children: Asn1[] = []
  for (let rest = value.content; rest.length > 0;) {
    const child = readAsn1(rest)
    children.push(child)
    rest = rest.subarray(child.raw.length)
  }
  return children
}

/** The value at a place: `at(sequence, 0, 2)` is the third in the first. @throws RangeError */
export function at(value: Asn1, ...path: readonly number[]): Asn1 {
  return path.reduce((parent, index) => {
    const child = childrenOf(parent)[index]
    if (!child) throw new RangeError(`ASN.1 without its element ${index}`)
    return child
  }, value)
}

/** The bytes of an OCTET STRING; BER may cut it into pieces. @throws RangeError */
export function octetsOf(value: Asn1): Buffer {
  if (value.tag === tags.octetString) return value.content
  if ((value.tag & 0x20) === 0) throw new RangeError('ASN.1: no OCTET STRING')
  return Buffer.concat(childrenOf(value).map(octetsOf))
}

/** The bytes of an INTEGER that is not negative, without leading zeros. @throws RangeError */
export function unsignedOf(value: Asn1): Buffer {
  if (value.tag !== tags.integer) throw new RangeError('ASN.1: no INTEGER')
  return withoutZeros(value.content)
}

export function withoutZeros(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first === -1 ? Buffer.alloc(1) : bytes.subarray(first)
}

/** Two's complement: a leading zero keeps a number positive. */
export function signedOf(unsigned: Buffer): Buffer {
  return (unsigned[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), unsigned]) : unsigned
}

/** DER of a value. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const digits = withoutZeros(length)
  return Buffer.concat([Buffer.of(tag, 0x80 | digits.length), digits, content])
}

export function derInteger(unsigned: Buffer): Buffer {
  return der(tags.integer, signedOf(unsigned))
}
