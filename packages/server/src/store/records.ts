import { foldCase, isPrefixHandle, parentPrefixHandle, prefixHandle, prefixOf } from '../record/names.ts'
import type { HandleValue } from '../record/value.ts'
import type { RecordStore } from './store.ts'

/** The records of one server: a store, and the rules for names on top of it. */
export class Records {
  readonly caseSensitive: boolean
  private readonly store: RecordStore

  constructor(store: RecordStore, caseSensitive: boolean) {
    this.store = store
    this.caseSensitive = caseSensitive
  }

  get(name: string): readonly HandleValue[] | undefined {
    return this.store.get(this.key(name))
  }

  put(name: string, values: readonly HandleValue[]): void {
    this.store.put(this.key(name), values)
  }

  delete(name: string): boolean {
    return this.store.delete(this.key(name))
  }

  /** Names as they are stored: in upper case where the server ignores case. */
  namesUnder(prefix: string): readonly string[] {
    return this.store.keys(this.key(`${prefix}/`))
  }

  allNames(): readonly string[] {
    return this.store.keys('')
  }

  homedPrefixes(): readonly string[] {
    return this.store.homedPrefixes()
  }

  /** The case of a prefix never matters here, not even on a case-sensitive server. */
  home(name: string): void {
    this.store.home(foldCase(name))
  }

  unhome(name: string): void {
    this.store.unhome(foldCase(name))
  }

  /**
   * Whether this server answers for a name: its prefix is homed here; for a prefix handle also if it is homed itself,
   * or derived from one that is.
   */
  isHomed(name: string): boolean {
    const homed = new Set(this.store.homedPrefixes())
    if (homed.has(foldCase(prefixHandle(prefixOf(name))))) return true
    if (!isPrefixHandle(name)) return false
    const parent = parentPrefixHandle(name)
    return homed.has(foldCase(name)) || (parent !== undefined && homed.has(foldCase(parent)))
  }

  isHomedPrefix(name: string): boolean {
    return this.store.homedPrefixes().includes(foldCase(name))
  }

  private key(name: string): string {
    return this.caseSensitive ? name : foldCase(name)
  }
}
