import { z } from 'zod'
import type { Api, CallOptions } from '../api.ts'

/** A call to start, in the classic PBX. */
export interface SipgateNewCall {
  /** Who calls: a device ('e0'), or a number in E.164, and then `deviceId` is needed. */
  readonly caller: string
  /** Who is called. E.164: '+4915799912345'. */
  readonly callee: string
  /** What the called one sees. */
  readonly callerId?: string | undefined
  readonly deviceId?: string | undefined
}

/** A call to start, in sipgate neo. */
export interface SipgateNeoCall {
  readonly deviceId: string
  /** E.164; a plus sign before it is taken away, because sipgate neo wants none. */
  readonly targetNumber: string
  readonly callerId?: string | undefined
  readonly channelId?: string | undefined
}

/** A call that is going on. */
export interface SipgateCall {
  readonly callId: string
  readonly muted: boolean
  readonly recording: boolean
  readonly hold: boolean
  readonly participants: readonly SipgateParticipant[]
}

export interface SipgateParticipant {
  readonly participantId: string
  /** Empty where it is not known. */
  readonly phoneNumber: string
  readonly muted: boolean
  readonly hold: boolean
  /** Whether this is who the credentials belong to. */
  readonly owner: boolean
}

export interface SipgateTransfer {
  /** True: to whoever answers, once you say so; false: at once. */
  readonly attended: boolean
  readonly phoneNumber: string
  readonly callerId?: string | undefined
}

export interface SipgateRecording {
  /** Starts or ends it. */
  readonly value: boolean
  /** Whether the participants are told. */
  readonly announcement: boolean
}

const session: z.ZodType<{ readonly sessionId: string }> = z.looseObject({ sessionId: z.string() })

/** It was seen under both names. */
const neoCall: z.ZodType<{ readonly callId: string } | { readonly callSid: string }> = z.union([
  z.looseObject({ callId: z.string() }),
  z.looseObject({ callSid: z.string() }),
])

const participant: z.ZodType<SipgateParticipant> = z.looseObject({
  participantId: z.string(),
  phoneNumber: z.string(),
  muted: z.boolean(),
  hold: z.boolean(),
  owner: z.boolean(),
})
const calls: z.ZodType<{ readonly data: readonly SipgateCall[] }> = z.looseObject({
  data: z.array(
    z.looseObject({
      callId: z.string(),
      muted: z.boolean(),
      recording: z.boolean(),
      hold: z.boolean(),
      participants: z.array(participant),
    }),
  ),
})

/**
 * Calls: starting them (in the classic PBX with `start`, in sipgate neo with `startNeo`), and what can be done while they
 * go on.
 */
export class SipgateCalls {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /**
   * Starts a call: first the caller's phone rings, then the callee's.
   *
   * @throws SipgateError `BAD_REQUEST`, `INSUFFICIENT_FUNDS`, `NEO_ACCOUNT` and others
   */
  async start(call: SipgateNewCall, options?: CallOptions): Promise<{ readonly sessionId: string }> {
    const { caller, callee, callerId, deviceId } = call
    return this.#api.read('POST /sessions/calls', session, { json: { caller, callee, callerId, deviceId } }, options)
  }

  /** The same in sipgate neo. */
  async startNeo(call: SipgateNeoCall, options?: CallOptions): Promise<{ readonly callId: string }> {
    const { deviceId, targetNumber, callerId, channelId } = call
    const json = { deviceId, targetNumber: targetNumber.replace(/^\+/, ''), callerId, channelId }
    const answer = await this.#api.read('POST /calls', neoCall, { json }, options)
    return { ...answer, callId: 'callId' in answer ? answer.callId : answer.callSid }
  }

  /** The calls that are going on. Those that still ring are not among them. */
  async list(options?: CallOptions): Promise<readonly SipgateCall[]> {
    return (await this.#api.read('GET /calls', calls, {}, options)).data
  }

  /** Mutes yourself, or ends that. */
  async mute(callId: string, value: boolean, options?: CallOptions): Promise<void> {
    await this.#api.send('PUT /calls/{callId}/muted', { parameters: { callId }, json: { value } }, options)
  }

  /** Holds all participants, or ends that. */
  async hold(callId: string, value: boolean, options?: CallOptions): Promise<void> {
    await this.#api.send('PUT /calls/{callId}/hold', { parameters: { callId }, json: { value } }, options)
  }

  async record(callId: string, recording: SipgateRecording, options?: CallOptions): Promise<void> {
    const { value, announcement } = recording
    const json = { value, announcement }
    await this.#api.send('PUT /calls/{callId}/recording', { parameters: { callId }, json }, options)
  }

  async transfer(callId: string, transfer: SipgateTransfer, options?: CallOptions): Promise<void> {
    const { attended, phoneNumber, callerId } = transfer
    const json = { attended, phoneNumber, callerId }
    await this.#api.send('POST /calls/{callId}/transfer', { parameters: { callId }, json }, options)
  }

  /** Sends DTMF tones to all participants. */
  async dtmf(callId: string, sequence: string, options?: CallOptions): Promise<void> {
    await this.#api.send('POST /calls/{callId}/dtmf', { parameters: { callId }, json: { sequence } }, options)
  }

  /** Plays a sound to all participants. @param url Of a WAV file: mono, 16-bit PCM, 8 kHz. */
  async announce(callId: string, url: string, options?: CallOptions): Promise<void> {
    await this.#api.send('POST /calls/{callId}/announcements', { parameters: { callId }, json: { url } }, options)
  }

  /** @throws SipgateError `NOT_FOUND` */
  async hangUp(callId: string, options?: CallOptions): Promise<void> {
    await this.#api.send('DELETE /calls/{callId}', { parameters: { callId } }, options)
  }
}
