import { z } from 'zod'
import type { Api, CallOptions } from '../api.ts'

/** A group of users, in the classic PBX. */
export interface SipgateGroup {
  /** 'g0'. */
  readonly id: string
  readonly alias?: string | null | undefined
  readonly departmentId?: number | null | undefined
}

export interface SipgateGroupMember {
  /** 'w0'. */
  readonly id: string
  readonly firstname?: string | null | undefined
  readonly lastname?: string | null | undefined
}

const group: z.ZodType<SipgateGroup> = z.looseObject({
  id: z.string(),
  alias: z.string().nullish(),
  departmentId: z.number().nullish(),
})
const groups = z.looseObject({ items: z.array(group) })

const members: z.ZodType<{ readonly items: readonly SipgateGroupMember[] }> = z.looseObject({
  items: z.array(z.looseObject({ id: z.string(), firstname: z.string().nullish(), lastname: z.string().nullish() })),
})

/** Groups. */
export class SipgateGroups {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** @throws SipgateError `NEO_ACCOUNT`: it is how to tell a sipgate neo account from a classic one. */
  async list(options?: CallOptions): Promise<readonly SipgateGroup[]> {
    return (await this.#api.read('GET /groups', groups, {}, options)).items
  }

  get(groupId: string, options?: CallOptions): Promise<SipgateGroup> {
    return this.#api.read('GET /groups/{groupId}', group, { parameters: { groupId } }, options)
  }

  async members(groupId: string, options?: CallOptions): Promise<readonly SipgateGroupMember[]> {
    return (await this.#api.read('GET /groups/{groupId}/users', members, { parameters: { groupId } }, options)).items
  }
}
