import { InvalidArgumentError } from './errors.ts'

/** What is wrong with an argument, with the place where it stands; other errors as they are. */
export function inPlace(where: string, error: unknown): unknown {
  if (!InvalidArgumentError.isInstance(error)) return error
  return new InvalidArgumentError(error.code, `${where}: ${error.message}`, { cause: error })
}

/**
 * Refuses an option that nobody reads: a misspelt one would be silently without effect.
 *
 * @throws InvalidArgumentError `INVALID_OPTION` when `options` is not an object, `UNKNOWN_OPTION` for a name that is
 *   not among `known`.
 */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where} takes an object with its options.`)
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new InvalidArgumentError(
        'UNKNOWN_OPTION',
        `${where} has no option '${name}'. It knows: ${known.join(', ')}.`,
      )
    }
  }
}
