import { basicAuth } from '@handlekit/auth-basic'
import { type Credentials, InvalidArgumentError } from '@handlekit/core'
import { checkOptions, checkSecret, type Secret } from '@handlekit/core/strategy'

/** What {@link sipgateBasic} takes. */
export interface SipgateBasicOptions {
  readonly email: string
  /** The password, or a function that gives it: called when it is first needed, and again after a 401. */
  readonly password: Secret
}

/** What {@link sipgateToken} takes. */
export interface SipgateTokenOptions {
  /** 'token-FQ1V12'. */
  readonly tokenId: string
  /** What sipgate showed once, when the token was made; or a function that gives it. */
  readonly token: Secret
}

/**
 * E-mail address and password.
 *
 * @deprecated by sipgate, in favour of {@link sipgateToken}. In August 2021 it was switched off for some days. It may do
 *   everything that the user may.
 *
 * @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION` or `UNKNOWN_OPTION`
 */
export function sipgateBasic(options: SipgateBasicOptions): Credentials {
  checkOptions('sipgateBasic', options, ['email', 'password'])
  const { email, password } = options
  checkUser('sipgateBasic: email', email)
  checkSecret('sipgateBasic: password', password)
  return basicAuth({ username: email, password })
}

/**
 * A personal access token: made at https://app.sipgate.com/personal-access-token, for certain scopes, without an end.
 *
 * @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION` or `UNKNOWN_OPTION`. It never shows the token.
 */
export function sipgateToken(options: SipgateTokenOptions): Credentials {
  checkOptions('sipgateToken', options, ['tokenId', 'token'])
  const { tokenId, token } = options
  checkUser('sipgateToken: tokenId', tokenId)
  // An id may be shown in errors, a token may not.
  if (typeof token === 'string' && token.startsWith('token-') && !tokenId.startsWith('token-')) {
    throw new InvalidArgumentError('INVALID_OPTION', 'sipgateToken: tokenId and token seem to have changed places.')
  }
  checkSecret('sipgateToken: token', token)
  return basicAuth({ username: tokenId, password: token })
}

function checkUser(where: string, user: unknown): void {
  if (typeof user !== 'string' || user === '') {
    throw new InvalidArgumentError('INVALID_OPTION', `${where} has to be text, and not empty.`)
  }
  if (user.includes(':')) {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `${where} holds a colon. Basic ends the user at the first colon (RFC 7617), so sipgate would read another user ` +
        'and another password.',
    )
  }
}
