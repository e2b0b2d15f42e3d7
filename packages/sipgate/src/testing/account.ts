/** What the fake keeps. A test may read and change it at any time. */
export interface FakeAccount {
  account: Record<string, unknown>
  /** In ten-thousandths of a euro. Calls and messages cost; with 0 they are answered with 402. */
  balance: number
  users: FakeItem[]
  groups: FakeItem[]
  numbers: FakeItem[]
  history: FakeItem[]
  contacts: FakeItem[]
  /** Calls that are going on. */
  calls: FakeCall[]
  devices: FakeOwned[]
  smsExtensions: FakeOwned[]
  /** What was sent. */
  sentSms: Record<string, unknown>[]
  webhookSettings: Record<string, unknown>
  webhookLog: Record<string, unknown>[]
}

/** Something with an id. */
export interface FakeItem {
  readonly id: string
  [member: string]: unknown
}

/** Something of a user's. `owner` is not sent. */
export interface FakeOwned extends FakeItem {
  readonly owner: string
}

export interface FakeCall {
  readonly callId: string
  muted: boolean
  recording: boolean
  hold: boolean
  participants: Record<string, unknown>[]
}

/** An account with a bit of everything. */
export function newAccount(): FakeAccount {
  return {
    account: {
      company: 'Analytical Engines',
      mainProductType: 'TEAM',
      logoUrl: '',
      verified: true,
      historyLifeTime: 'UNLIMITED',
    },
    balance: 35_000,
    users: [
      {
        id: 'w0',
        firstname: 'Ada',
        lastname: 'Lovelace',
        email: 'ada@example.org',
        defaultDevice: 'e0',
        busyOnBusy: false,
        addressId: '13',
        directDialIds: [],
        timezone: 'Europe/Berlin',
        admin: true,
      },
      { id: 'w1', firstname: 'Alan', lastname: 'Turing', email: 'alan@example.org', defaultDevice: null, admin: false },
    ],
    groups: [{ id: 'g0', alias: 'Engineering', departmentId: 1 }],
    numbers: [
      { id: '101', number: '+4921112345678', localized: '0211-12345678', type: 'LANDLINE', endpointId: 'p0' },
      { id: '102', number: '+4915799912345', localized: '01579-9912345', type: 'MOBILE', endpointId: '' },
    ],
    history: Array.from({ length: 5 }, (_, number) => historyEntry(number)),
    contacts: [
      {
        id: 'c1',
        name: 'Grace Hopper',
        emails: [{ email: 'grace@example.org', type: ['work'] }],
        numbers: [{ number: '+4930123456', type: ['work'] }],
        addresses: [],
        organization: [['Navy']],
        scope: 'SHARED',
      },
    ],
    calls: [],
    devices: [
      { owner: 'w0', id: 'e0', alias: 'Desk', type: 'REGISTER', online: true, dnd: false, activePhonelines: [] },
      { owner: 'w0', id: 'y0', alias: 'Pocket', type: 'MOBILE', online: false, dnd: false },
    ],
    smsExtensions: [{ owner: 'w0', id: 's0', alias: 'SMS of Ada', callerId: '+4915799912345' }],
    sentSms: [],
    webhookSettings: { incomingUrl: '', outgoingUrl: '', log: false, whitelist: null },
    webhookLog: [],
  }
}

function historyEntry(number: number): FakeItem {
  const type = ['CALL', 'SMS', 'FAX', 'VOICEMAIL', 'CALL'][number] ?? 'CALL'
  return {
    id: `${100_001 + number}`,
    source: '+4930123456',
    target: '+4921112345678',
    type,
    created: `2026-02-1${number}T14:19:39Z`,
    direction: 'INCOMING',
    incoming: true,
    status: 'PICKUP',
    connectionIds: ['p0'],
    read: false,
    archived: false,
    starred: false,
    note: null,
    labels: [],
    endpoints: [{ type: 'ROUTED', endpoint: { extension: 'p0', type: 'PHONELINE' } }],
  }
}
