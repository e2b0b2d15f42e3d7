import { z } from 'zod'
import type { Api, CallOptions } from '../api.ts'
import type { SipgatePaging } from './history.ts'

/** A phone number of the account. */
export interface SipgateNumber {
  readonly id: string
  /** E.164: '+4915799912345'. */
  readonly number: string
  /** As people write it: '01579-9912345'. */
  readonly localized?: string | null | undefined
  /** 'MOBILE', 'LANDLINE', 'QUICKDIAL', 'INTERNATIONAL'. */
  readonly type?: string | null | undefined
  /** Where it leads: 'p0'. Empty for a number that leads nowhere. */
  readonly endpointId?: string | null | undefined
  readonly endpointAlias?: string | null | undefined
  readonly endpointUrl?: string | null | undefined
}

export interface SipgateNumberSettings {
  /** Where the number leads: 'p0'. */
  readonly endpointId?: string | undefined
  /** Whether another provider may take it over. */
  readonly releaseForMnp?: boolean | undefined
  readonly quickDial?: boolean | undefined
}

const numbers: z.ZodType<{ readonly items: readonly SipgateNumber[] }> = z.looseObject({
  items: z.array(
    z.looseObject({
      id: z.string(),
      number: z.string(),
      localized: z.string().nullish(),
      type: z.string().nullish(),
      endpointId: z.string().nullish(),
      endpointAlias: z.string().nullish(),
      endpointUrl: z.string().nullish(),
    }),
  ),
})

/** Phone numbers. */
export class SipgateNumbers {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** Those of the account. */
  async list(paging: SipgatePaging = {}, options?: CallOptions): Promise<readonly SipgateNumber[]> {
    const { offset, limit } = paging
    return (await this.#api.read('GET /numbers', numbers, { query: { offset, limit } }, options)).items
  }

  /** Those of a user, whether or not they lead anywhere. */
  async ofUser(userId: string, options?: CallOptions): Promise<readonly SipgateNumber[]> {
    return (await this.#api.read('GET /{userId}/numbers', numbers, { parameters: { userId } }, options)).items
  }

  /** @throws SipgateError `NOT_FOUND` */
  async update(numberId: string, settings: SipgateNumberSettings, options?: CallOptions): Promise<void> {
    const { endpointId, releaseForMnp, quickDial } = settings
    const json = { endpointId, releaseForMnp, quickDial }
    await this.#api.send('PUT /numbers/{numberId}', { parameters: { numberId }, json }, options)
  }
}
