import { z } from 'zod'

/** What kind of product an account is. */
export type SipgateProduct =
  | 'AFFILIATE'
  | 'BASIC'
  | 'CLINQ'
  | 'SATELLITE'
  | 'SIMQUADRAT'
  | 'TEAM'
  | 'TRUNKING'
  | 'UNKNOWN'
  | (string & {})

export interface SipgateAccount {
  readonly company?: string | null | undefined
  /** 'FORMER_…' of what was cancelled. */
  readonly mainProductType?: SipgateProduct | null | undefined
  readonly logoUrl?: string | null | undefined
  readonly verified?: boolean | null | undefined
  /** How long the history is kept: 'NONE', 'THIRTY_DAYS', 'UNLIMITED'. */
  readonly historyLifeTime?: string | null | undefined
}

/** Who the credentials belong to. */
export interface SipgateUserinfo {
  /** The user's id: 'w0'. */
  readonly sub: string
  readonly domain?: string | null | undefined
  readonly masterSipId?: string | null | undefined
  readonly locale?: string | null | undefined
}

export interface SipgateBalance {
  /** Ten-thousandths of `currency`: 35000 are 3.50 EUR. */
  readonly amount: number
  /** 'EUR'. */
  readonly currency: string
}

export const account: z.ZodType<SipgateAccount> = z.looseObject({
  company: z.string().nullish(),
  mainProductType: z.string().nullish(),
  logoUrl: z.string().nullish(),
  verified: z.boolean().nullish(),
  historyLifeTime: z.string().nullish(),
})

export const userinfo: z.ZodType<SipgateUserinfo> = z.looseObject({
  sub: z.string(),
  domain: z.string().nullish(),
  masterSipId: z.string().nullish(),
  locale: z.string().nullish(),
})

export const balance: z.ZodType<SipgateBalance> = z.looseObject({ amount: z.number(), currency: z.string() })
