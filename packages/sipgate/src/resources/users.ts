import { z } from 'zod'
import type { Api, CallOptions } from '../api.ts'

/** A web user of the account. */
export interface SipgateUser {
  /** 'w0'. */
  readonly id: string
  readonly firstname?: string | null | undefined
  readonly lastname?: string | null | undefined
  readonly email?: string | null | undefined
  /** 'e0'. */
  readonly defaultDevice?: string | null | undefined
  readonly busyOnBusy?: boolean | null | undefined
  readonly addressId?: string | null | undefined
  readonly directDialIds?: readonly string[] | null | undefined
  /** 'Europe/Berlin'. */
  readonly timezone?: string | null | undefined
  readonly admin?: boolean | null | undefined
}

const user: z.ZodType<SipgateUser> = z.looseObject({
  id: z.string(),
  firstname: z.string().nullish(),
  lastname: z.string().nullish(),
  email: z.string().nullish(),
  defaultDevice: z.string().nullish(),
  busyOnBusy: z.boolean().nullish(),
  addressId: z.string().nullish(),
  directDialIds: z.array(z.string()).nullish(),
  timezone: z.string().nullish(),
  admin: z.boolean().nullish(),
})
const users = z.looseObject({ items: z.array(user) })

/** The users of the account. */
export class SipgateUsers {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async list(options?: CallOptions): Promise<readonly SipgateUser[]> {
    return (await this.#api.read('GET /users', users, {}, options)).items
  }

  /** @throws SipgateError `NOT_FOUND` */
  get(userId: string, options?: CallOptions): Promise<SipgateUser> {
    return this.#api.read('GET /users/{userId}', user, { parameters: { userId } }, options)
  }
}
