import {
  allowInsecureRequests,
  type AuthorizationServer,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi'
import type { Endpoint } from './endpoint.ts'
import { authFailure, fromProtocol } from './failure.ts'

/** Where the authorization server is, in place of discovery. */
export interface OAuthEndpoints {
  readonly token: string
  /** Where a browser goes. Needed for login(). */
  readonly authorization?: string | undefined
  /** Needed for loginOnAnotherDevice(). */
  readonly deviceAuthorization?: string | undefined
}

/** Gives what is known of the server: at once when the endpoints were given, by discovery otherwise. */
export type FindServer = () => Promise<AuthorizationServer>

/** An issuer for a server that was described without one. It is compared with nothing. */
export const noIssuer = 'urn:handlekit:no-issuer'

export function knownServer(issuer: string | undefined, endpoints: OAuthEndpoints): FindServer {
  const server: AuthorizationServer = {
    issuer: issuer ?? noIssuer,
    token_endpoint: endpoints.token,
    ...(endpoints.authorization !== undefined && { authorization_endpoint: endpoints.authorization }),
    ...(endpoints.deviceAuthorization !== undefined && {
      device_authorization_endpoint: endpoints.deviceAuthorization,
    }),
  }
  return () => Promise.resolve(server)
}

/**
 * OpenID Connect Discovery 1.0, and RFC 8414 where the server does not know it. Asked once; a failure is not
 * remembered.
 */
export function discoveredServer(issuer: string, endpoint: Endpoint): FindServer {
  let found: Promise<AuthorizationServer> | undefined
  const discover = async (): Promise<AuthorizationServer> => {
    try {
      const options = { [customFetch]: endpoint, [allowInsecureRequests]: true }
      const url = new URL(issuer)
      let answer = await discoveryRequest(url, { ...options, algorithm: 'oidc' })
      if (answer.status === 404) answer = await discoveryRequest(url, { ...options, algorithm: 'oauth2' })
      if (answer.status === 404) {
        const advice = 'Check the issuer (for Keycloak: the realm), or give endpoints.'
        throw authFailure('AUTH_FAILED', `${issuer} has no discovery document. ${advice}`, { status: 404 })
      }
      return await processDiscoveryResponse(url, answer)
    } catch (error) {
      throw fromProtocol(`the discovery document of ${issuer} could not be read`, error, [])
    }
  }
  return () => {
    found ??= discover().catch((error: unknown) => {
      found = undefined
      throw error
    })
    return found
  }
}
