/** The prefix that holds the records of prefixes. */
const prefixOfPrefixes = '0.NA'

/** Folds ASCII letters only, as a server that ignores case does (RFC 3651). */
export function foldCase(name: string): string {
  return name.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase())
}

/** What precedes the first slash; a name without a slash counts as that of a prefix. */
export function prefixOf(name: string): string {
  const slash = name.indexOf('/')
  return slash === -1 ? prefixOfPrefixes : name.slice(0, slash)
}

/** The name of the record that describes a prefix: `0.NA/21.T12345`. */
export function prefixHandle(prefix: string): string {
  return `${prefixOfPrefixes}/${prefix}`
}

export function isPrefixHandle(name: string): boolean {
  return foldCase(name).startsWith(`${prefixOfPrefixes}/`)
}

/** `NAME` without a slash stands for `0.NA/NAME` where a record is looked up. */
export function withImpliedPrefix(name: string): string {
  return name === '' || name.includes('/') ? name : prefixHandle(name)
}

/** The prefix handle that a derived prefix handle (`0.NA/a.b`) was derived from (`0.NA/a`). */
export function parentPrefixHandle(name: string): string | undefined {
  const dot = name.lastIndexOf('.')
  return isPrefixHandle(name) && dot > prefixHandle('').length ? name.slice(0, dot) : undefined
}

/**
 * Whether two names are the same to an administrator check: the prefix in any case, the suffix exactly, and names that
 * start with `0.` wholly in any case. This holds even on a server that ignores case.
 */
export function isSameIdentityName(a: string, b: string): boolean {
  return foldPrefix(a) === foldPrefix(b)
}

/** A name with its prefix folded, the whole of it where it starts with `0.`. */
export function foldPrefix(name: string): string {
  const slash = name.indexOf('/')
  if (slash === -1 || name.startsWith('0.')) return foldCase(name)
  return foldCase(name.slice(0, slash)) + name.slice(slash)
}
