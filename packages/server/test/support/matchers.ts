import { expect } from 'vitest'

/** Vitest's matchers are of type any: here they are values that nothing but a comparison takes. */
export const anyText: unknown = expect.any(String)
export const textWith = (part: string): unknown => expect.stringContaining(part)

/** The names in a JSON object, in the order they were sent. */
export function namesIn(json: unknown): string[] {
  return typeof json === 'object' && json !== null ? Object.keys(json) : []
}
