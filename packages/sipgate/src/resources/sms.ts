import { InvalidArgumentError } from '@handlekit/core'
import { z } from 'zod'
import type { Api, CallOptions } from '../api.ts'

/** A text message to send. */
export interface SipgateSmsMessage {
  /** The SMS extension that sends it: 's0'. See {@link SipgateSms.extensions}. */
  readonly smsId: string
  /** E.164: '+4915799912345'. */
  readonly recipient: string
  readonly message: string
  /** Send it then; at most 30 days ahead. Default: now. */
  readonly sendAt?: Date | undefined
}

/** An SMS extension: what may send text messages. */
export interface SipgateSmsExtension {
  /** 's0'. */
  readonly id: string
  readonly alias?: string | null | undefined
  /** What recipients see. */
  readonly callerId?: string | null | undefined
}

/** A number that recipients may see. */
export interface SipgateSmsCallerId {
  readonly id: number
  readonly phonenumber?: string | null | undefined
  readonly verified?: boolean | null | undefined
  readonly defaultNumber?: boolean | null | undefined
}

const extensions: z.ZodType<{ readonly items: readonly SipgateSmsExtension[] }> = z.looseObject({
  items: z.array(z.looseObject({ id: z.string(), alias: z.string().nullish(), callerId: z.string().nullish() })),
})

const callerIds: z.ZodType<{ readonly items: readonly SipgateSmsCallerId[] }> = z.looseObject({
  items: z.array(
    z.looseObject({
      id: z.number(),
      phonenumber: z.string().nullish(),
      verified: z.boolean().nullish(),
      defaultNumber: z.boolean().nullish(),
    }),
  ),
})

/** Text messages. */
export class SipgateSms {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /**
   * Sends a text message. It costs money and is never sent twice: a TransportError whose `sent` is true leaves it open
   * whether it was sent, and the history tells.
   *
   * @throws SipgateError `INSUFFICIENT_FUNDS`, `EXTENSION_DENIED` and others
   */
  async send(message: SipgateSmsMessage, options?: CallOptions): Promise<void> {
    const { smsId, recipient, message: text, sendAt } = message
    const json = { smsId, recipient, message: text, ...(sendAt && { sendAt: unixSeconds(sendAt) }) }
    await this.#api.send('POST /sessions/sms', { json }, options)
  }

  /** The extensions with which a user may send. */
  async extensions(userId: string, options?: CallOptions): Promise<readonly SipgateSmsExtension[]> {
    return (await this.#api.read('GET /{userId}/sms', extensions, { parameters: { userId } }, options)).items
  }

  /** The numbers that an extension may show to recipients. */
  async callerIds(userId: string, smsId: string, options?: CallOptions): Promise<readonly SipgateSmsCallerId[]> {
    const parameters = { userId, smsId }
    return (await this.#api.read('GET /{userId}/sms/{smsId}/callerids', callerIds, { parameters }, options)).items
  }
}

/** sipgate counts seconds; a number would be taken for whatever it is. */
function unixSeconds(time: Date): number {
  const seconds = time instanceof Date ? Math.floor(time.getTime() / 1000) : Number.NaN
  if (!Number.isNaN(seconds)) return seconds
  throw new InvalidArgumentError('INVALID_VALUE', 'sendAt has to be a Date.')
}
