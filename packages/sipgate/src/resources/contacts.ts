import { z } from 'zod'
import type { Api, CallOptions } from '../api.ts'
import { allPages } from '../pages.ts'
import type { SipgatePaging } from './history.ts'

export interface SipgateContactEmail {
  readonly email?: string | null | undefined
  /** 'home', 'work', … */
  readonly type?: readonly string[] | null | undefined
}

export interface SipgateContactNumber {
  readonly number?: string | null | undefined
  /** 'home', 'work', 'cell', 'fax', … */
  readonly type?: readonly string[] | null | undefined
}

export interface SipgateContactAddress {
  readonly poBox?: string | null | undefined
  readonly extendedAddress?: string | null | undefined
  readonly streetAddress?: string | null | undefined
  readonly locality?: string | null | undefined
  readonly region?: string | null | undefined
  readonly postalCode?: string | null | undefined
  readonly country?: string | null | undefined
}

/** A contact, as it is read. Notes, and given and family names by themselves, are written only. */
export interface SipgateContact {
  readonly id: string
  readonly name?: string | null | undefined
  /** Base64. */
  readonly picture?: string | null | undefined
  readonly emails?: readonly SipgateContactEmail[] | null | undefined
  readonly numbers?: readonly SipgateContactNumber[] | null | undefined
  readonly addresses?: readonly SipgateContactAddress[] | null | undefined
  readonly organization?: readonly (readonly string[])[] | null | undefined
  /** 'PRIVATE', 'SHARED', 'INTERNAL'. */
  readonly scope?: string | null | undefined
}

/** A contact, as it is written: either `name`, or `given` and `family`. */
export interface SipgateContactInput {
  /** Yours, or everybody's in the account. */
  readonly scope: 'PRIVATE' | 'SHARED'
  readonly name?: string | undefined
  readonly given?: string | undefined
  readonly family?: string | undefined
  /** Base64. */
  readonly picture?: string | undefined
  readonly emails?: readonly SipgateContactEmail[] | undefined
  readonly numbers?: readonly SipgateContactNumber[] | undefined
  readonly addresses?: readonly SipgateContactAddress[] | undefined
  readonly organization?: readonly (readonly string[])[] | undefined
}

/** A page of contacts. */
export interface SipgateContactPage {
  readonly items: readonly SipgateContact[]
  /** How many there are on all pages. */
  readonly totalCount?: number | null | undefined
}

export interface SipgateContactFilter {
  /** Those with one of these numbers. */
  readonly phonenumbers?: readonly string[] | undefined
}

const text = z.string().nullish()
const types = z.array(z.string()).nullish()

const contact: z.ZodType<SipgateContact> = z.looseObject({
  id: z.string(),
  name: text,
  picture: text,
  emails: z.array(z.looseObject({ email: text, type: types })).nullish(),
  numbers: z.array(z.looseObject({ number: text, type: types })).nullish(),
  addresses: z
    .array(
      z.looseObject({
        poBox: text,
        extendedAddress: text,
        streetAddress: text,
        locality: text,
        region: text,
        postalCode: text,
        country: text,
      }),
    )
    .nullish(),
  organization: z.array(z.array(z.string())).nullish(),
  scope: text,
})

const contactPage: z.ZodType<SipgateContactPage> = z.looseObject({
  items: z.array(contact),
  totalCount: z.number().nullish(),
})

/** The address book. */
export class SipgateContacts {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** One page. */
  async list(filter: SipgateContactFilter & SipgatePaging = {}, options?: CallOptions): Promise<SipgateContactPage> {
    const { phonenumbers, offset, limit } = filter
    return this.#api.read('GET /contacts', contactPage, { query: { phonenumbers, offset, limit } }, options)
  }

  /** Every contact, page after page, each once. */
  all(filter: SipgateContactFilter = {}, options?: CallOptions): AsyncGenerator<SipgateContact, void> {
    return allPages(500, (paging) => this.list({ ...filter, ...paging }, options))
  }

  async create(contact: SipgateContactInput, options?: CallOptions): Promise<void> {
    await this.#api.send('POST /contacts', { json: written(contact) }, options)
  }

  /** Puts a contact in place of one that is there. */
  async update(contactId: string, contact: SipgateContactInput, options?: CallOptions): Promise<void> {
    const json = { id: contactId, ...written(contact) }
    await this.#api.send('PUT /contacts/{contactId}', { parameters: { contactId }, json }, options)
  }

  async delete(contactId: string, options?: CallOptions): Promise<void> {
    await this.#api.send('DELETE /contacts/{contactId}', { parameters: { contactId } }, options)
  }
}

function written(contact: SipgateContactInput): SipgateContactInput {
  const { scope, name, given, family, picture, emails, numbers, addresses, organization } = contact
  return { scope, name, given, family, picture, emails, numbers, addresses, organization }
}
