import { decodeData, encodeData, type HandleData } from './data.ts'
import type { ParsedRecord, RecordProfile, RecordShape } from './define-record.ts'
import { HandleLocations } from './locations.ts'
import { sameType, type ValueReference } from './name.ts'
import type { WireValue } from './wire.ts'

/** One value of a record. */
export interface HandleValue {
  readonly index: number
  readonly type: string
  readonly data: HandleData
  /** How long the value may be cached: seconds, or the ISO 8601 time until which it may. */
  readonly ttl: number | string
  /**
   * Four digits, '1' for allowed: administrators read, administrators write, everybody reads, everybody writes. '1110'
   * is the usual value, '1100' a private one.
   */
  readonly permissions: string
  /** When the server last wrote it: ISO 8601, UTC. */
  readonly timestamp: string | undefined
  readonly references: readonly ValueReference[]
}

/** What a server leaves out because it is usual. */
export const usualValuePermissions = '1110'
/** Seconds: what a server gives a value for which nothing is said. */
export const usualTtl = 86_400

/** How types are compared: without regard to the case of ASCII letters, unless `exact`. */
export interface TypeOptions {
  readonly exact?: boolean | undefined
}

/** The values of one handle, as a server gave them: every one of them, in the server's order. */
export class HandleRecord {
  /** The name that was asked for. */
  readonly handle: string
  readonly values: readonly HandleValue[]
  readonly #wire: readonly WireValue[]
  #locations: HandleLocations | undefined

  /** @internal Records come from {@link HandleClient.resolve}. */
  static of(handle: string, wire: readonly WireValue[]): HandleRecord {
    return new HandleRecord(handle, wire)
  }

  private constructor(handle: string, wire: readonly WireValue[]) {
    this.handle = handle
    this.values = wire.map(decodeValue)
    this.#wire = wire
  }

  /** The first value of a type. */
  get(type: string, options?: TypeOptions): HandleValue | undefined {
    return this.values.find(matches(type, options))
  }

  /** All values of a type: having several is ordinary. */
  getAll(type: string, options?: TypeOptions): HandleValue[] {
    return this.values.filter(matches(type, options))
  }

  /** The value at an index. */
  at(index: number): HandleValue | undefined {
    return this.values.find((value) => value.index === index)
  }

  /** The text of the first value of a type that holds text. */
  text(type: string, options?: TypeOptions): string | undefined {
    return this.texts(type, options)[0]
  }

  /** The texts of all values of a type that hold text. */
  texts(type: string, options?: TypeOptions): string[] {
    return this.getAll(type, options).flatMap(({ data }) => (data.format === 'string' ? [data.value] : []))
  }

  /** The indexes of all values of a type. */
  indexesOf(type: string, options?: TypeOptions): number[] {
    return this.getAll(type, options).map(({ index }) => index)
  }

  /** Where the handle leads, by its values of the type 10320/loc: all of them, as one list. */
  get locations(): HandleLocations {
    this.#locations ??= HandleLocations.of(this)
    return this.#locations
  }

  /**
   * What a profile makes of the record.
   *
   * @throws HandleRecordError `INVALID_RECORD`, with everything that does not fit.
   */
  parse<S extends RecordShape>(profile: RecordProfile<S>): ParsedRecord<S> {
    return profile.parse(this)
  }

  /** All texts by type; values that hold no text are left out. */
  toObject(): Record<string, string[]> {
    // Anybody may name a type '__proto__'.
    const texts = new Map<string, string[]>()
    for (const { type, data } of this.values) {
      if (data.format !== 'string') continue
      const known = texts.get(type)
      if (known) known.push(data.value)
      else texts.set(type, [data.value])
    }
    return Object.fromEntries(texts)
  }

  /** @internal The same, but of some values what another read showed: that comes first, in its order. */
  with(
    other: HandleRecord,
    isReadAgain: (value: { readonly index: number; readonly type: string }) => boolean,
  ): HandleRecord {
    const known = new Set(other.#wire.map(({ index }) => index))
    const kept = this.#wire.filter((value) => !known.has(value.index) && !isReadAgain(value))
    return new HandleRecord(this.handle, [...other.#wire, ...kept])
  }

  /** @internal The same, for somebody else: what one changes in it, the other does not see. */
  copy(): HandleRecord {
    return new HandleRecord(this.handle, this.#wire)
  }

  /** The server's own JSON, with what this version does not know of it. */
  toJSON(): { handle: string; values: readonly unknown[] } {
    return { handle: this.handle, values: this.#wire }
  }
}

function matches(type: string, options: TypeOptions | undefined): (value: HandleValue) => boolean {
  return options?.exact ? (value) => value.type === type : (value) => sameType(value.type, type)
}

/** Reads a value as the server sends it. */
function decodeValue(wire: WireValue): HandleValue {
  return {
    index: wire.index,
    type: wire.type,
    data: decodeData(wire.data),
    ttl: wire.ttl ?? usualTtl,
    permissions: wire.permissions ?? usualValuePermissions,
    timestamp: wire.timestamp,
    references: wire.references ?? none,
  }
}

const none: readonly never[] = []

/** What the server takes for a value. */
export interface EncodedValue {
  readonly index: number
  readonly type: string
  readonly data: unknown
  readonly ttl: number | string
  readonly permissions?: string
  readonly references?: readonly ValueReference[]
}

/** A value as the server takes it. */
export function encodeValue(value: Omit<HandleValue, 'timestamp'>): EncodedValue {
  const { index, type, data, ttl, permissions, references } = value
  return {
    index,
    type,
    data: encodeData(data),
    ttl,
    ...(permissions !== usualValuePermissions && { permissions: wirePermissions(permissions) }),
    ...(references.length > 0 && { references }),
  }
}

/** Servers read these digits from the right and lose the first of four when it is 0: a fifth in front saves it. */
function wirePermissions(digits: string): string {
  return digits.startsWith('0') ? `0${digits}` : digits
}
