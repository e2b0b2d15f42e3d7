import { z } from 'zod'

export type SipgateHistoryType = 'CALL' | 'VOICEMAIL' | 'SMS' | 'FAX'
export type SipgateDirection = 'INCOMING' | 'OUTGOING' | 'MISSED_INCOMING' | 'MISSED_OUTGOING'

/** A call, a voicemail, a text message or a fax. */
export interface SipgateHistoryEntry {
  readonly id: string
  readonly type: SipgateHistoryType | (string & {})
  readonly direction?: SipgateDirection | (string & {}) | null | undefined
  readonly source?: string | null | undefined
  readonly target?: string | null | undefined
  readonly sourceAlias?: string | null | undefined
  readonly targetAlias?: string | null | undefined
  /** ISO 8601. */
  readonly created?: string | null | undefined
  /** ISO 8601. */
  readonly lastModified?: string | null | undefined
  readonly incoming?: boolean | null | undefined
  /** 'NOPICKUP', 'BUSY', 'PICKUP', 'FORWARD'. */
  readonly status?: string | null | undefined
  readonly connectionIds?: readonly string[] | null | undefined
  readonly read?: boolean | null | undefined
  readonly archived?: boolean | null | undefined
  readonly starred?: boolean | null | undefined
  readonly note?: string | null | undefined
  readonly labels?: readonly string[] | null | undefined
  readonly endpoints?: readonly SipgateRoutedEndpoint[] | null | undefined
  /** Of a fax, as the five that follow. */
  readonly faxStatusType?: string | null | undefined
  readonly documentUrl?: string | null | undefined
  readonly reportUrl?: string | null | undefined
  readonly previewUrl?: string | null | undefined
  readonly pageCount?: number | null | undefined
}

/** Where a call went. */
export interface SipgateRoutedEndpoint {
  /** 'FORWARDED', 'ROUTED', 'PICKUP'. */
  readonly type?: string | null | undefined
  readonly endpoint?:
    | { readonly extension?: string | null | undefined; readonly type?: string | null | undefined }
    | null
    | undefined
}

/** A page of the history. */
export interface SipgateHistoryPage {
  readonly items: readonly SipgateHistoryEntry[]
  /** How many there are on all pages. */
  readonly totalCount?: number | null | undefined
}

const text = z.string().nullish()
const flag = z.boolean().nullish()
const texts = z.array(z.string()).nullish()

export const historyEntry: z.ZodType<SipgateHistoryEntry> = z.looseObject({
  id: z.string(),
  type: z.string(),
  direction: text,
  source: text,
  target: text,
  sourceAlias: text,
  targetAlias: text,
  created: text,
  lastModified: text,
  incoming: flag,
  status: text,
  connectionIds: texts,
  read: flag,
  archived: flag,
  starred: flag,
  note: text,
  labels: texts,
  endpoints: z
    .array(z.looseObject({ type: text, endpoint: z.looseObject({ extension: text, type: text }).nullish() }))
    .nullish(),
  faxStatusType: text,
  documentUrl: text,
  reportUrl: text,
  previewUrl: text,
  pageCount: z.number().nullish(),
})

export const historyPage: z.ZodType<SipgateHistoryPage> = z.looseObject({
  items: z.array(historyEntry),
  totalCount: z.number().nullish(),
})
