import {
  deviceAuthorizationRequest,
  type DeviceAuthorizationResponse,
  deviceCodeGrantRequest,
  processDeviceAuthorizationResponse,
  processDeviceCodeResponse,
  ResponseBodyError,
} from 'oauth4webapi'
import { AuthError } from '@handlekit/core/credentials'
import { checkEndpoint } from './endpoint.ts'
import { authFailure } from './failure.ts'
import { ask, call, type Engine, essence, scopeOf } from './grants.ts'
import type { Tokens } from './tokens.ts'

/** What a person needs to log in on another device. */
export interface DevicePrompt {
  /** The address to open there. */
  readonly url: string
  /** What to type in there. */
  readonly userCode: string
  /** The same address with the code in it, for a link or a QR code; where the server gives one. */
  readonly urlWithCode: string | undefined
  /** Until when, in milliseconds since 1970. */
  readonly expiresAt: number
}

/** How a person logs in on another device. */
export interface DeviceLoginOptions {
  /** Shows the code to the person. Default: writes it to standard error. */
  readonly show?: ((prompt: DevicePrompt) => void | Promise<void>) | undefined
  /** Ends the wait; the login then fails with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** Seconds between two questions, where the server names none (RFC 8628, section 3.2). */
const usualInterval = 5

/** Device authorization grant (RFC 8628). */
export async function loginOnDevice(
  engine: Engine,
  show: (prompt: DevicePrompt) => void | Promise<void>,
  signal: AbortSignal | undefined,
): Promise<Tokens> {
  const startedAt = engine.now()
  const device = await begin(engine)
  const expiresAt = startedAt + device.expires_in * 1000
  await show({
    url: device.verification_uri,
    userCode: device.user_code,
    urlWithCode: device.verification_uri_complete,
    expiresAt,
  })
  let interval = device.interval ?? usualInterval
  for (;;) {
    await engine.sleep(interval * 1000, signal)
    signal?.throwIfAborted()
    if (engine.now() >= expiresAt) throw authFailure('LOGIN_TIMEOUT', 'nobody entered the code in time. Log in again.')
    const outcome = await poll(engine, device.device_code)
    if (typeof outcome === 'object') return outcome
    if (outcome === 'slow down') interval += 5
  }
}

function begin(engine: Engine): Promise<DeviceAuthorizationResponse> {
  return call(engine, 'the login on another device could not be started', [], async (prepared) => {
    const { server, client, prove, http } = prepared
    if (server.device_authorization_endpoint === undefined) {
      throw authFailure('GRANT_NOT_OFFERED', 'the server offers no login on another device, as far as it says.')
    }
    const parameters = { ...engine.parameters, ...scopeOf(engine) }
    const answer = await deviceAuthorizationRequest(server, client, prove, parameters, http)
    const device = await processDeviceAuthorizationResponse(server, client, answer)
    checkEndpoint('the address to enter the code at', device.verification_uri)
    return device
  })
}

/** Asks whether the person is through. A server that cannot be reached is asked again (RFC 8628, section 3.5). */
async function poll(engine: Engine, code: string): Promise<Tokens | 'pending' | 'slow down'> {
  let waiting: 'pending' | 'slow down' | undefined
  try {
    return await ask(engine, 'the login failed', [code], async ({ server, client, prove, http }) => {
      const options = { ...http, additionalParameters: engine.parameters }
      const answer = await deviceCodeGrantRequest(server, client, prove, code, options)
      try {
        return await processDeviceCodeResponse(server, client, await essence(answer))
      } catch (error) {
        waiting = error instanceof ResponseBodyError ? waitingFor(error.error) : undefined
        throw error
      }
    })
  } catch (error) {
    if (waiting) return waiting
    if (AuthError.isInstance(error) && error.code === 'TOKEN_SERVER_UNAVAILABLE') return 'slow down'
    throw error
  }
}

function waitingFor(error: string): 'pending' | 'slow down' | undefined {
  if (error === 'authorization_pending') return 'pending'
  return error === 'slow_down' ? 'slow down' : undefined
}
