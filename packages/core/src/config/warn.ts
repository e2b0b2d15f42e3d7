const given = new Set<string>()

/** Gives a warning about a file, once for each. */
export function warnOnce(code: string, message: string, type = 'Warning'): void {
  if (given.has(message)) return
  given.add(message)
  process.emitWarning(message, { type, code })
}
