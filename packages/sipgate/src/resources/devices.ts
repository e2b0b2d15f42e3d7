import { z } from 'zod'
import type { Api, CallOptions } from '../api.ts'

/** A phone, or what rings like one. */
export interface SipgateDevice {
  /** 'e0' (register), 'y0' (mobile), 'x0' (external). */
  readonly id: string
  readonly alias?: string | null | undefined
  /** 'REGISTER', 'MOBILE', 'EXTERNAL'. */
  readonly type?: string | null | undefined
  readonly online?: boolean | null | undefined
  /** Do not disturb. */
  readonly dnd?: boolean | null | undefined
  readonly activePhonelines?: readonly SipgateRouting[] | null | undefined
  readonly activeGroups?: readonly SipgateRouting[] | null | undefined
}

export interface SipgateRouting {
  readonly id?: string | null | undefined
  readonly alias?: string | null | undefined
}

const text = z.string().nullish()
const routings = z.array(z.looseObject({ id: text, alias: text })).nullish()

const device: z.ZodType<SipgateDevice> = z.looseObject({
  id: z.string(),
  alias: text,
  type: text,
  online: z.boolean().nullish(),
  dnd: z.boolean().nullish(),
  activePhonelines: routings,
  activeGroups: routings,
})
const devices = z.looseObject({ items: z.array(device) })

/** Devices. */
export class SipgateDevices {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** Those of a user. @param filter For sipgate neo: 'all', 'app', 'register', 'mobile', … */
  async list(
    userId: string,
    filter: { readonly type?: string | undefined } = {},
    options?: CallOptions,
  ): Promise<readonly SipgateDevice[]> {
    const message = { parameters: { userId }, query: { type: filter.type } }
    return (await this.#api.read('GET /{userId}/devices', devices, message, options)).items
  }

  /** One of them. What sipgate sends beyond the type may hold the device's SIP password: do not log it. */
  get(deviceId: string, options?: CallOptions): Promise<SipgateDevice> {
    return this.#api.read('GET /devices/{deviceId}', device, { parameters: { deviceId } }, options)
  }

  async rename(deviceId: string, alias: string, options?: CallOptions): Promise<void> {
    const json = { value: alias }
    await this.#api.send('PUT /devices/{deviceId}/alias', { parameters: { deviceId }, json }, options)
  }
}
