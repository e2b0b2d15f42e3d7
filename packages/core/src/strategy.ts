/** What strategies share. */

import { InvalidArgumentError } from './errors.ts'

export { checkOptions } from './options.ts'
export { isLoopback } from './transport/server-url.ts'
export { InvalidArgumentError } from './errors.ts'
export type { InvalidArgumentErrorCode } from './errors.ts'

/** A secret, or a function that gives it when it is needed: read late, it may change. */
export type Secret = string | (() => string | Promise<string>)

/**
 * Checks that a secret has content. The secret is never part of the error.
 *
 * @param where Names the option: "basicAuth: password".
 * @throws InvalidArgumentError `EMPTY_SECRET` or `INVALID_OPTION`
 */
export function checkSecret(where: string, secret: unknown): void {
  if (typeof secret === 'function') return
  if (secret === undefined || secret === null || secret === '') {
    throw new InvalidArgumentError(
      'EMPTY_SECRET',
      `${where} is empty. Is the variable or the file that it comes from set?`,
    )
  }
  if (typeof secret !== 'string') {
    throw new InvalidArgumentError('INVALID_OPTION', `${where} is text, or a function that gives it.`)
  }
}

/** Reads a {@link Secret}: at once where it is a text. @throws InvalidArgumentError `EMPTY_SECRET` */
export function readSecret(where: string, secret: Secret): string | Promise<string> {
  const given = typeof secret === 'function' ? secret() : secret
  const checked = (text: string): string => {
    checkSecret(where, text)
    return text
  }
  return given instanceof Promise ? given.then(checked) : checked(given)
}
