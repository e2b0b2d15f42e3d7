import type { HandleValue } from '../record/value.ts'
import type { RecordStore } from './store.ts'

/** A store that ends with the process. */
export function memoryStore(): RecordStore {
  const records = new Map<string, readonly HandleValue[]>()
  const prefixes = new Set<string>()
  const notes = new Map<string, string>()
  return {
    get: (key) => records.get(key),
    put: (key, values) => void records.set(key, values),
    delete: (key) => records.delete(key),
    keys: (start) => [...records.keys()].filter((key) => key.startsWith(start)).sort(byUtf8),
    homedPrefixes: () => [...prefixes].sort(byUtf8),
    home: (prefixHandle) => void prefixes.add(prefixHandle),
    unhome: (prefixHandle) => void prefixes.delete(prefixHandle),
    isEmpty: () => records.size === 0 && prefixes.size === 0,
    atomically: (write) => write(),
    note: (name) => notes.get(name),
    setNote: (name, text) => void notes.set(name, text),
    close: () => {},
  }
}

function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
