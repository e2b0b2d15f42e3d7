import { z } from 'zod'

/** The `data` of a value, as servers send it. */
export interface WireData {
  readonly format: string
  readonly value?: unknown
  readonly [member: string]: unknown
}

/** A value, as servers send it. */
export interface WireValue {
  readonly index: number
  readonly type: string
  readonly data: WireData
  readonly permissions?: string | undefined
  /** Seconds, or an ISO 8601 time. */
  readonly ttl?: number | string | undefined
  readonly timestamp?: string | undefined
  readonly references?: readonly WireReference[] | undefined
  readonly [member: string]: unknown
}

interface WireReference {
  readonly handle: string
  readonly index: number
  readonly [member: string]: unknown
}

/** The answer to every request about a handle. */
export interface WireAnswer {
  readonly responseCode: number
  readonly handle?: string | undefined
  readonly message?: string | undefined
  readonly values?: readonly WireValue[] | undefined
  readonly [member: string]: unknown
}

/** The answer to a listing. `totalCount` is a number in a string. */
export interface WireListing {
  readonly responseCode: number
  readonly handles: readonly string[]
  readonly totalCount?: string | number | undefined
  readonly [member: string]: unknown
}

/** The answer about a session. */
export interface WireSession {
  readonly authenticated?: boolean | undefined
  readonly id?: string | undefined
  readonly error?: string | undefined
  readonly [member: string]: unknown
}

// Unknown members stay: servers differ by version.
const references = z.array(z.looseObject({ handle: z.string(), index: z.number() }))

const value = z.custom<WireValue>(isWireValue, 'no value of a handle')

/** By hand: an answer has many, a schema copies each, and that is a twentieth of a read. */
function isWireValue(json: unknown): boolean {
  if (!isObject(json) || !isObject(json['data'])) return false
  return (
    typeof json['index'] === 'number' &&
    typeof json['type'] === 'string' &&
    typeof json['data']['format'] === 'string' &&
    isOptional(json['permissions'], 'string') &&
    (isOptional(json['ttl'], 'number') || typeof json['ttl'] === 'string') &&
    isOptional(json['timestamp'], 'string') &&
    (json['references'] === undefined || references.safeParse(json['references']).success)
  )
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function isOptional(json: unknown, type: 'string' | 'number'): boolean {
  return json === undefined || typeof json === type
}

export const wireAnswer: z.ZodType<WireAnswer> = z.looseObject({
  responseCode: z.number(),
  handle: z.string().optional(),
  message: z.string().optional(),
  values: z.array(value).optional(),
})

export const wireListing: z.ZodType<WireListing> = z.looseObject({
  responseCode: z.number(),
  handles: z.array(z.string()).default([]),
  totalCount: z.union([z.string(), z.number()]).optional(),
})

export const wireSession: z.ZodType<WireSession> = z.looseObject({
  authenticated: z.boolean().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
})
