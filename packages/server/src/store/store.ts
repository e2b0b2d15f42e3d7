import type { HandleValue } from '../record/value.ts'

/**
 * Where records and homed prefixes are kept. Names come as keys, already folded where the server ignores case.
 * Everything is synchronous: a check and the write that follows it cannot be interrupted by another request.
 */
export interface RecordStore {
  get(key: string): readonly HandleValue[] | undefined
  put(key: string, values: readonly HandleValue[]): void
  /** False if there was no such record. */
  delete(key: string): boolean
  /** Keys that start with the text, in the order of their UTF-8 bytes. */
  keys(start: string): readonly string[]
  homedPrefixes(): readonly string[]
  home(prefixHandle: string): void
  unhome(prefixHandle: string): void
  isEmpty(): boolean
  /** Does many writes as one: all of them are kept, or none. */
  atomically(write: () => void): void
  /** A small text kept beside the records, such as the server's private key. */
  note(name: string): string | undefined
  setNote(name: string, text: string): void
  close(): void
}
