/** Reads what the Handle System's Java tools write: big-endian, every item with its length before it. */
export class ByteReader {
  private readonly bytes: Buffer
  private position = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** @throws RangeError at the end */
  uint32(): number {
    const value = this.bytes.readUInt32BE(this.position)
    this.position += 4
    return value
  }

  /** @throws RangeError at the end */
  skip(length: number): void {
    this.take(length)
  }

  /** An item: four bytes with its length, and its content. @throws RangeError at the end */
  item(): Buffer {
    return this.take(this.uint32())
  }

  private take(length: number): Buffer {
    const end = this.position + length
    if (end > this.bytes.length) throw new RangeError('The bytes end too early')
    const taken = this.bytes.subarray(this.position, end)
    this.position = end
    return taken
  }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function item(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([uint32(bytes.length), bytes])
}
