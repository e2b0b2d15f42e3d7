import type { Credentials } from '../credentials.ts'
import { AuthError } from '../errors.ts'
import type { Answer } from './answer.ts'

/** Who asks, for an error's text. */
export function asWhom(credentials: Credentials | undefined): string {
  if (!credentials) return 'without credentials'
  return credentials.identity === undefined
    ? `with ${credentials.scheme} credentials`
    : `as ${credentials.identity} (${credentials.scheme})`
}

/** What a 401 means. */
export function authErrorOf(
  method: string,
  url: string,
  answer: Answer,
  credentials: Credentials | undefined,
  advice = '',
): AuthError {
  const reason = answer.challenges.find(({ parameters }) => parameters['error'] !== undefined)?.parameters
  const said = [reason?.['error'], reason?.['error_description']].filter((text) => text !== undefined).join(': ')
  const options = { scheme: credentials?.scheme, identity: credentials?.identity, status: answer.status }
  if (!credentials) {
    const wanted = [...new Set(answer.challenges.map(({ scheme }) => scheme))].join(', ')
    return new AuthError(
      'AUTH_REQUIRED',
      `${method} ${url}: the server wants to know who asks${wanted && ` (it offers ${wanted})`}. Give the client ` +
        'credentials, for instance basicAuth({ username, password }).',
      options,
    )
  }
  return new AuthError(
    'AUTH_REJECTED',
    `${method} ${url}: the server did not accept the request ${asWhom(credentials)}` +
      `${said && `: ${answer.redact(said)}`}.${advice && ` ${advice}`}`,
    options,
  )
}
