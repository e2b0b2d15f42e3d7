import { checkSecret, InvalidArgumentError } from '@handlekit/core/strategy'

/**
 * Checks that a text can follow 'Bearer ' in a header. RFC 6750 (section 2.1) allows fewer characters than this does,
 * but there are APIs whose tokens hold a colon or a bar; what a header cannot carry is refused.
 *
 * @param where Names the option: "bearerAuth: token". The token is never part of the error.
 * @throws InvalidArgumentError `EMPTY_SECRET` or `INVALID_OPTION`
 */
export function bearerHeader(where: string, token: unknown): string {
  checkSecret(where, token)
  if (typeof token !== 'string') throw new InvalidArgumentError('INVALID_OPTION', `${where} has to be text.`)
  if (/^bearer\s/i.test(token)) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where} is the token alone: "Bearer " is put before it.`)
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `${where} holds a blank or another character that no token has (RFC 6750, section 2.1). A line break at its ` +
        'end? Trim it.',
    )
  }
  return `Bearer ${token}`
}

/** The token in a header that {@link bearerHeader} made. */
export function tokenIn(header: string | undefined): string | undefined {
  return header?.slice('Bearer '.length)
}
