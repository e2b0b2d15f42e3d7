import { handleParameterNames, type Authorization, type HandleParameters } from '../auth/authorization-header.ts'
import { BadRequest } from '../bad-request.ts'
import type { Call, Endpoint } from '../endpoints/endpoint.ts'
import { handlesEndpoint } from '../endpoints/handles.ts'
import { searchServlet } from '../endpoints/hrls/hrls.ts'
import { prefixesEndpoint } from '../endpoints/prefixes.ts'
import { handleSessions, sessionsAllow } from '../endpoints/sessions.ts'
import { siteEndpoint } from '../endpoints/site.ts'
import { verificationsEndpoint } from '../endpoints/verifications.ts'
import type { HandleService } from '../service.ts'
import { authorizationOf, findCaller, signIfAsked, type Caller } from './caller.ts'
import { emptyReply, type Reply } from './reply.ts'
import { bodyParameters, type ApiRequest } from './request.ts'
import { jsonStyle, type JsonStyle } from './send.ts'
import { failureReply, methodReply, notServed, unknownEndpoint } from './standard-replies.ts'

/** A reply, whom it is for, and how to write it. */
export interface Outcome {
  readonly reply: Reply
  readonly caller?: Caller
  readonly style?: JsonStyle
  /** The server was asked to prove itself, which it does in a challenge, even beside a success. */
  readonly isProofAsked?: boolean
}

const endpoints: ReadonlyMap<string, Endpoint> = new Map([
  ['handles', handlesEndpoint],
  ['prefixes', prefixesEndpoint],
  ['site', siteEndpoint],
  ['verifications', verificationsEndpoint],
])

/** Finds the endpoint of a path, and its answer. Throws ConnectionRefusal and BadRequest. */
export async function route(service: HandleService, request: ApiRequest): Promise<Outcome> {
  if (request.path === undefined) return { reply: emptyReply(400) }
  const match = /^\/api(?:\/([^/]*)(?:\/(.*))?)?$/s.exec(request.path)
  if (!match) return { reply: otherReply(service, request, request.path) }
  const [, name = '', rest = ''] = match
  if (name === 'sessions') return await routeSessions(service, request, rest)
  return await routeEndpoint(service, request, endpoints.get(name), rest)
}

/** What lies beside the API. */
function otherReply(service: HandleService, request: ApiRequest, path: string): Reply {
  const servlet = /^\/hrls\/(.*)$/s.exec(path)
  return servlet && service.settings.search ? searchServlet(service, request, servlet[1] ?? '') : notServed
}

/** What every endpoint but that of sessions has in common. */
async function routeEndpoint(
  service: HandleService,
  request: ApiRequest,
  endpoint: Endpoint | undefined,
  rest: string,
): Promise<Outcome> {
  const authorization = authorizationOf(request)
  const handleParameters = authorization.scheme === 'handle' ? recognised(authorization.parameters) : noParameters
  const caller = await findCaller(service, request, authorization, handleParameters)
  // Bad credentials are refused even where none are needed.
  if (caller.isRefused) return { reply: emptyReply(401), caller }
  if (request.tls) signIfAsked(service, caller, handleParameters)
  const isProofAsked = caller.signature !== undefined
  let style = jsonStyle(request.query)
  try {
    const hasBodyParameters = endpoint?.parametersInBody.includes(request.method) ?? false
    const parameters = hasBodyParameters
      ? request.query.followedBy(bodyParameters(request, service.settings.defaultCharset))
      : request.query
    style = jsonStyle(parameters)
    const reply = answer({ service, request, caller, rest, parameters }, endpoint)
    return { reply, caller, style, isProofAsked }
  } catch (error) {
    return { reply: failureReply(error), caller, style, isProofAsked }
  }
}

const noParameters: HandleParameters = new Map()

/** Of a version that is not 0 no session is known. */
function recognised(parameters: HandleParameters): HandleParameters {
  const isKnown = (parameters.get('version') ?? '0') === '0' || !parameters.has('sessionid')
  return isKnown ? parameters : new Map([...parameters, ['sessionid', '']])
}

function answer(call: Call, endpoint: Endpoint | undefined): Reply {
  const { request, rest } = call
  const standard = methodReply(request, endpoint?.allow(rest) ?? 'TRACE, OPTIONS')
  if (standard) return standard
  if (!endpoint || (endpoint === siteEndpoint && rest !== '')) return unknownEndpoint(request, 404)
  const handler = handlerOf(endpoint, request.method)
  return handler ? handler(call) : unknownEndpoint(request, 405)
}

/** Sessions take the parameters of the Handle scheme from anywhere, and judge credentials themselves. */
async function routeSessions(service: HandleService, request: ApiRequest, rest: string): Promise<Outcome> {
  const standard = methodReply(request, sessionsAllow(rest))
  if (standard) return { reply: standard }
  if (!request.tls) return { reply: emptyReply(403) }
  const authorization = authorizationOf(request)
  let parameters: HandleParameters
  try {
    parameters = sessionParameters(service, request, authorization)
  } catch (error) {
    if (error instanceof BadRequest) return { reply: emptyReply(400) }
    throw error
  }
  const caller = await findCaller(service, request, authorization, parameters)
  return { reply: handleSessions({ service, method: request.method, rest, caller, parameters }), caller }
}

function sessionParameters(
  service: HandleService,
  request: ApiRequest,
  authorization: Authorization,
): HandleParameters {
  const given = request.query.followedBy(bodyParameters(request, service.settings.defaultCharset))
  const parameters = new Map<string, string>()
  for (const name of handleParameterNames) {
    const value = given.get(name)
    if (value !== undefined) parameters.set(name.toLowerCase(), value)
  }
  // The header wins.
  return authorization.scheme === 'handle' ? new Map([...parameters, ...authorization.parameters]) : parameters
}

function handlerOf(endpoint: Endpoint, method: string): Endpoint['methods']['GET'] {
  const { GET, POST, PUT, DELETE } = endpoint.methods
  return { GET, HEAD: GET, POST, PUT, DELETE }[method]
}
