/** Writes the Handle System's big-endian encoding: integers, and byte strings with a 4-byte length (RFC 3651). */
export class ByteWriter {
  private readonly parts: Uint8Array[] = []

  uint8(value: number): this {
    return this.raw(Uint8Array.of(value))
  }

  uint16(value: number): this {
    return this.raw(Uint8Array.of(value >>> 8, value))
  }

  int32(value: number): this {
    return this.raw(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value))
  }

  raw(bytes: Uint8Array): this {
    this.parts.push(bytes)
    return this
  }

  /** A length and the bytes; text is written as UTF-8. */
  sized(content: string | Uint8Array): this {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    return this.int32(bytes.length).raw(bytes)
  }

  finish(): Buffer {
    return Buffer.concat(this.parts)
  }
}

/** Reads what {@link ByteWriter} writes. Every read past the end throws a RangeError. */
export class ByteReader {
  private readonly bytes: Buffer
  private position = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get remaining(): number {
    return this.bytes.length - this.position
  }

  uint8(): number {
    return this.raw(1).readUInt8()
  }

  uint16(): number {
    return this.raw(2).readUInt16BE()
  }

  int32(): number {
    return this.raw(4).readInt32BE()
  }

  raw(length: number): Buffer {
    if (length < 0 || length > this.remaining) throw new RangeError('The bytes end too early')
    const bytes = this.bytes.subarray(this.position, this.position + length)
    this.position += length
    return bytes
  }

  sized(): Buffer {
    return this.raw(this.int32())
  }

  text(): string {
    return this.sized().toString('utf8')
  }

  /** A 4-byte count, and as many items. A count that the remaining bytes cannot hold throws. */
  list<T>(read: () => T): T[] {
    const count = this.int32()
    if (count < 0 || count > this.remaining) throw new RangeError('The bytes end too early')
    return Array.from({ length: count }, read)
  }
}
