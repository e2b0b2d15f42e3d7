import { formatPermissions, type ValuePermissions } from './permissions.ts'

/** Points at a value of a handle; index 0 is any value of it. */
export interface ValueReference {
  readonly handle: string
  readonly index: number
}

/** How long a value may be cached: so many seconds, or until a time (seconds since 1970). */
export interface TimeToLive {
  readonly kind: 'relative' | 'absolute'
  readonly seconds: number
}

/** One value of a handle record as the server keeps it: the data is bytes, whatever its type (RFC 3651 3.1). */
export interface HandleValue {
  readonly index: number
  readonly type: string
  readonly data: Buffer
  readonly permissions: ValuePermissions
  readonly ttl: TimeToLive
  /** Seconds since 1970; 0 is unknown. */
  readonly timestamp: number
  readonly references: readonly ValueReference[]
}

/** Whether two values differ in nothing but the time of writing. */
export function isSameValue(a: HandleValue, b: HandleValue): boolean {
  return (
    a.index === b.index &&
    a.type === b.type &&
    a.data.equals(b.data) &&
    formatPermissions(a.permissions) === formatPermissions(b.permissions) &&
    a.ttl.kind === b.ttl.kind &&
    a.ttl.seconds === b.ttl.seconds &&
    a.references.length === b.references.length &&
    a.references.every((one, i) => one.handle === b.references[i]?.handle && one.index === b.references[i].index)
  )
}

/** Whether a value is of a type or of a dotted sub-type of it, in any case: `hs_admin.x` is of type `HS_ADMIN`. */
export function isOfType(value: HandleValue, type: string): boolean {
  const [actual, wanted] = [asciiLowerCase(value.type), asciiLowerCase(type)]
  return actual === wanted || actual.startsWith(`${wanted}.`)
}

/** Whether a `type` parameter selects a value: exactly, or with a dot at its end the type and its sub-types. */
export function isSelectedByType(value: HandleValue, wanted: string): boolean {
  if (wanted.endsWith('.')) return isOfType(value, wanted.slice(0, -1))
  return asciiLowerCase(value.type) === asciiLowerCase(wanted)
}

function asciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
