import { z } from 'zod'
import type { Api, CallOptions } from '../api.ts'

/** Where sipgate tells about calls. */
export interface SipgateWebhookSettings {
  readonly incomingUrl?: string | null | undefined
  readonly outgoingUrl?: string | null | undefined
  /** Whether sipgate keeps what it sent: see {@link SipgateWebhooks.log}. */
  readonly log?: boolean | null | undefined
  /** The extensions that it tells about; null for all. */
  readonly whitelist?: readonly string[] | null | undefined
}

/** The same, to be written: all of it, since what is left out may be reset. */
export interface SipgateWebhookInput {
  readonly incomingUrl: string
  readonly outgoingUrl: string
  readonly log: boolean
  readonly whitelist: readonly string[] | null
}

/** What sipgate sent, and what it got for an answer. The addresses and texts may hold secrets of yours. */
export interface SipgateWebhookDelivery {
  /** ISO 8601. */
  readonly created?: string | null | undefined
  readonly url?: string | null | undefined
  readonly request?: string | null | undefined
  readonly response?: string | null | undefined
  readonly xmlError?: string | null | undefined
  readonly status?: string | null | undefined
}

const settings: z.ZodType<SipgateWebhookSettings> = z.looseObject({
  incomingUrl: z.string().nullish(),
  outgoingUrl: z.string().nullish(),
  log: z.boolean().nullish(),
  whitelist: z.array(z.string()).nullish(),
})

const text = z.string().nullish()

const deliveries: z.ZodType<{ readonly items: readonly SipgateWebhookDelivery[] }> = z.looseObject({
  items: z.array(
    z.looseObject({ created: text, url: text, request: text, response: text, xmlError: text, status: text }),
  ),
})

/** The account's webhooks. To verify what they send, see `verifyWebhook`. */
export class SipgateWebhooks {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** @throws SipgateForbiddenError `NOT_BOOKED`, `SCOPE_MISSING`, or `FORBIDDEN` where sipgate does not say which */
  settings(options?: CallOptions): Promise<SipgateWebhookSettings> {
    return this.#api.read('GET /settings/sipgateio', settings, {}, options)
  }

  /** Puts these settings in place of those that are there. Who writes last wins: sipgate knows no versions. */
  async update(input: SipgateWebhookInput, options?: CallOptions): Promise<void> {
    const { incomingUrl, outgoingUrl, log, whitelist } = input
    await this.#api.send('PUT /settings/sipgateio', { json: { incomingUrl, outgoingUrl, log, whitelist } }, options)
  }

  /** What was sent lately. */
  async log(options?: CallOptions): Promise<readonly SipgateWebhookDelivery[]> {
    return (await this.#api.read('GET /log/webhooks', deliveries, {}, options)).items
  }
}
