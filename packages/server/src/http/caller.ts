import { authenticate } from '../auth/authenticate.ts'
import { parseAuthorization, type Authorization, type HandleParameters } from '../auth/authorization-header.ts'
import type { Identity } from '../auth/identity.ts'
import { signServerChallenge, type ServerSignature, type Session } from '../auth/sessions.ts'
import { decodeBase64 } from '../record/base64.ts'
import type { HandleService } from '../service.ts'
import { bodyLength, type ApiRequest } from './request.ts'

/** The most characters of a body that the real server keeps while it renegotiates. */
const longestParkedBody = 200_000

/** Who makes a request, as far as it is known. */
export interface Caller {
  readonly identity: Identity | undefined
  /** Credentials were given, and are not good. */
  readonly isRefused: boolean
  readonly error: string | undefined
  /** The request names a session that there is not. */
  readonly hasUnknownSession: boolean
  session: Session | undefined
  signature: ServerSignature | undefined
}

const anonymous: Caller = {
  identity: undefined,
  isRefused: false,
  error: undefined,
  hasUnknownSession: false,
  session: undefined,
  signature: undefined,
}

/** A request that cannot go on, for a reason of the connection: the status of an empty answer, or none at all. */
export class ConnectionRefusal extends Error {
  override readonly name = 'ConnectionRefusal'
  readonly status: 403 | 413 | undefined

  constructor(status: 403 | 413 | undefined) {
    super('The connection does not allow this request')
    this.status = status
  }
}

/** The Authorization header of a request. Over plain HTTP there is none, whatever was sent. */
export function authorizationOf(request: ApiRequest): Authorization {
  return parseAuthorization(request.tls ? request.headers.authorization : undefined)
}

/**
 * Finds out who makes a request, for which the connection may have to be renegotiated. The parameters are those of the
 * Handle scheme. Throws {@link ConnectionRefusal}.
 */
export async function findCaller(
  service: HandleService,
  request: ApiRequest,
  authorization: Authorization,
  parameters: HandleParameters,
): Promise<Caller> {
  if (!request.tls) return { ...anonymous }
  await prepareCertificate(service, request, parameters)
  const certificate = service.certificates.identify(request.tls)
  if (certificate === 'refused') throw new ConnectionRefusal(undefined)

  const session = findSession(service, parameters)
  if (session === 'unknown') return { ...anonymous, isRefused: true, hasUnknownSession: true }
  const verdict = authenticate(service.records, { authorization, parameters, session, certificate })
  return {
    identity: verdict.outcome === 'accepted' ? verdict.identity : undefined,
    isRefused: verdict.outcome === 'refused',
    error: verdict.outcome === 'refused' ? verdict.error : undefined,
    hasUnknownSession: false,
    session,
    signature: undefined,
  }
}

/** The session of a request, a new one if it has none. */
export function ensureSession(service: HandleService, caller: Caller): Session {
  caller.session ??= service.sessions.create()
  return caller.session
}

/** A `cnonce` without an `id` asks the server to prove itself. */
export function signIfAsked(service: HandleService, caller: Caller, parameters: HandleParameters): void {
  const cnonce = parameters.get('cnonce')
  if (cnonce === undefined || parameters.has('id')) return
  const session = ensureSession(service, caller)
  caller.signature = signServerChallenge(service.signingKey, session, decodeBase64(cnonce))
}

function findSession(service: HandleService, parameters: HandleParameters): Session | 'unknown' | undefined {
  const id = parameters.get('sessionid')
  if (id === undefined) return undefined
  return service.sessions.find(id) ?? 'unknown'
}

async function prepareCertificate(
  service: HandleService,
  request: ApiRequest,
  parameters: HandleParameters,
): Promise<void> {
  const wanted = flag(parameters, 'clientcert')
  if (!request.tls || wanted === undefined) return
  if (!wanted && service.settings.clientCertificates === 'need') throw new ConnectionRefusal(403)
  const isForced = flag(parameters, 'renegotiate') ?? false
  const hasCertificate = request.tls.getPeerX509Certificate() !== undefined
  if (wanted === hasCertificate && !isForced) return
  if (bodyLength(request, service.settings.defaultCharset) > longestParkedBody) throw new ConnectionRefusal(413)
  try {
    await service.certificates.renegotiations.renegotiate(request.tls, wanted)
  } catch {
    throw new ConnectionRefusal(undefined)
  }
}

function flag(parameters: HandleParameters, name: string): boolean | undefined {
  const text = parameters.get(name)
  return text === undefined ? undefined : text.toLowerCase() === 'true'
}
