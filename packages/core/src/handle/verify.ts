import { AuthError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { asWhom } from '../transport/auth-failure.ts'
import { failureOf, readJson } from './answer.ts'
import type { CallOptions, HandleApi } from './api.ts'
import { wireSession } from './wire.ts'

/** Who the server takes the client for. */
export interface VerifiedIdentity {
  /** As the server spells it: '300:21.T12345/USER01'. */
  readonly identity: string
  /** The strategy that proved it: 'basic', 'cert', 'session', … */
  readonly scheme: string
}

/** Asks the server who it thinks is asking (Technical Manual, section 14.6.2). @throws AuthError */
export async function verifyCredentials(api: HandleApi, options: CallOptions): Promise<VerifiedIdentity> {
  checkOptions('verifyCredentials', options, ['signal', 'timeout'])
  const { credentials } = api
  if (!credentials) {
    throw new AuthError('AUTH_REQUIRED', 'There is nothing to verify: the client was made without credentials.')
  }
  const path = api.otherPath('sessions/this')
  const asked = api.asked('GET', path, undefined)
  let answer = await api.send({ method: 'GET', path }, options)
  if (answer.status === 403) {
    // So a server answers here for a session that it has lost. Anywhere else it says 401, and a new one is opened.
    await api.send({ method: 'GET', path: api.otherPath('site') }, options)
    answer = await api.send({ method: 'GET', path }, options)
  }
  if (answer.status !== 200) throw failureOf(answer, asked)
  const { authenticated, id, error } = readJson(answer, wireSession, asked)
  if (authenticated && id !== undefined && error === undefined) return { identity: id, scheme: credentials.scheme }
  throw new AuthError(
    'AUTH_REJECTED',
    `GET ${asked.url}: the server answered, but does not know who asked ${asWhom(credentials)}` +
      `${error === undefined ? '' : `: ${answer.redact(error)}`}.`,
    { scheme: credentials.scheme, identity: credentials.identity, status: answer.status },
  )
}
