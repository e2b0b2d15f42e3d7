import { basicAuth } from '@handlekit/auth-basic'
import {
  adminPermissions,
  type AdminPermission,
  encodePermissions,
  HandleClient,
  type HandleOperation,
  HandlePermissionError,
  type ValueReference,
} from '@handlekit/core'
import { type HandleServer, type SeedRecord, startHandleServer } from '@handlekit/server'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const p = '21.T12345'
const handle = `${p}/Record`

let server: HandleServer
const clients = new Map<string, HandleClient>()

/** Somebody who may read everything: the server's own administrator. */
const root = `300:${p}/ROOT`

/** A client per identity, with the password that all of them have. */
function as(identity: string | undefined): HandleClient {
  const known = clients.get(identity ?? '')
  if (known) return known
  const client = new HandleClient({
    server: server.httpsUrl,
    trust: { ca: server.certificate },
    ...(identity !== undefined && { credentials: basicAuth({ username: identity, password: 'secret' }) }),
  })
  clients.set(identity ?? '', client)
  return client
}

function user(name: string): SeedRecord {
  const key = { type: 'HS_SECKEY', data: 'secret', permissions: '1100' }
  return {
    handle: `${p}/${name}`,
    values: [
      { index: 300, ...key },
      { index: 301, ...key },
    ],
  }
}

beforeAll(async () => {
  server = await startHandleServer({
    serverAdmins: [root],
    serverAdminFullAccess: true,
    seed: { homedPrefixes: [`0.NA/${p}`], records: ['ROOT', 'Anna', 'Ben', 'Cleo'].map(user) },
  })
})
afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.close()))
  await server.close()
})

const admin = (index: number, to: ValueReference, permissions: string, access = '1110'): object => ({
  index,
  type: index === 102 ? 'hs_admin.extra' : 'HS_ADMIN',
  data:
    index === 102
      ? { format: 'base64', value: adminBytes(to, permissions) }
      : { format: 'admin', value: { ...to, permissions } },
  permissions: access,
  ttl: 0,
})

/** As servers keep it (section 2.5): rights, length, name, index. */
function adminBytes({ handle, index }: ValueReference, permissions: string): string {
  const name = Buffer.from(handle)
  const bytes = Buffer.alloc(10 + name.length)
  bytes.writeUInt16BE(parseInt(permissions, 2))
  bytes.writeInt32BE(name.length, 2)
  name.copy(bytes, 6)
  bytes.writeInt32BE(index, 6 + name.length)
  return bytes.toString('base64')
}

const group = (index: number, value: readonly ValueReference[], access = '1110'): object => ({
  index,
  type: 'HS_VLIST',
  data: { format: 'vlist', value },
  permissions: access,
  ttl: 0,
})

const plain = [
  { index: 1, type: 'URL', data: 'https://example.org' },
  { index: 2, type: 'SECRET', data: 'hidden', permissions: '1100' },
  { index: 3, type: 'NOTE', data: 'n' },
]

const all = '111111111111'

describe('explainPermissions', () => {
  beforeEach(() => {
    server.records.put(handle, [...plain, admin(100, { handle: `0.na/${p}`, index: 200 }, '011111110011')])
    server.records.put(`0.NA/${p}`, [
      admin(100, { handle: `0.NA/${p}`, index: 200 }, encodePermissions(['ADD_HANDLE'])),
      group(200, [
        { handle: `${p}/Groups`, index: 1 },
        { handle: `${p}/Anna`, index: 300 },
      ]),
    ])
    server.records.put(`${p}/Groups`, [
      group(1, [
        { handle: `0.NA/${p}`, index: 200 },
        { handle: `${p}/Ben`, index: 0 },
      ]),
    ])
  })

  it('tells each right and the way to it', async () => {
    const explained = await as(root).explainPermissions(handle, `300:${p}/Ben`)
    expect(explained.rights.map(({ permission }) => permission)).toEqual(
      adminPermissions.filter(
        (name) => !['LIST_HANDLES', 'DELETE_DERIVED_PREFIX', 'ADD_DERIVED_PREFIX'].includes(name),
      ),
    )
    expect(explained.operations.deleteHandle).toEqual({
      operation: 'deleteHandle',
      allowed: 'yes',
      needs: 'DELETE_HANDLE',
      on: handle,
      via: [
        { handle, index: 100 },
        { handle: `0.na/${p}`, index: 200 },
        { handle: `${p}/Groups`, index: 1 },
        { handle: `${p}/Ben`, index: 0 },
      ],
      why: `DELETE_HANDLE, by the HS_ADMIN 100:${handle} > 200:0.na/${p} > 1:${p}/Groups > 0:${p}/Ben`,
      change: [],
    })
    expect(explained.operations.listHandles).toMatchObject({
      allowed: 'no',
      why: `the HS_ADMIN of 0.NA/${p} for 300:${p}/Ben (index 100) does not grant LIST_HANDLES`,
      change: [{ handle: `0.NA/${p}`, index: 100 }],
    })
    expect(explained.unread).toEqual([])
  })

  it('says it to people', async () => {
    const explained = await as(root).explainPermissions(handle, `300:${p}/anna`)
    expect(String(explained)).toBe(explained.text)
    expect(explained.text.split('\n').slice(0, 2)).toEqual([
      `300:${p}/anna and ${handle}:`,
      `  no       read private values: the HS_ADMIN of ${handle} with READ_VALUE (index 100) is for 200:0.na/${p}, not for ` +
        `300:${p}/anna; 300:${p}/Anna is somebody else, as upper and lower case count after the slash`,
    ])
    expect((await as(root).explainPermissions(handle, `301:${p}/Anna`)).text).toContain('as the index counts')
  })

  it('reads each record once', async () => {
    const client = as(root)
    await client.resolve(handle)
    const before = server.counters.requests
    await client.explainPermissions(handle, `300:${p}/Cleo`)
    // The record, its prefix, Groups, and Anna, who might be a group, too. Index 0 is none.
    expect(server.counters.requests - before).toBe(4)
  })

  it('says of a handle that does not exist who could make it', async () => {
    const explained = await as(root).explainPermissions(`${p}/new`, `300:${p}/Anna`)
    expect(explained.exists).toBe(false)
    expect(explained.operations.deleteHandle).toMatchObject({ allowed: 'no', why: `there is no handle ${p}/new` })
    expect(explained.operations.createHandles.allowed).toBe('yes')
  })

  it('says that nobody administers a record', async () => {
    server.records.put(handle, plain)
    const { operations } = await as(root).explainPermissions(handle, `300:${p}/Anna`)
    expect(operations.addAdmins).toMatchObject({
      allowed: 'no',
      why: expect.stringContaining('has no HS_ADMIN'),
      change: [],
    })
  })

  it('takes the record of a prefix for its own prefix', async () => {
    const explained = await as(root).explainPermissions(`0.NA/${p}`, `300:${p}/Anna`)
    expect(explained.prefix).toBe(p)
    expect(explained.operations.createHandles).toMatchObject({ allowed: 'yes', on: `0.NA/${p}` })
  })

  it('does not guess what it cannot read', async () => {
    server.records.put(handle, [...plain, admin(100, { handle: `${p}/Groups`, index: 1 }, all)])
    server.records.put(`${p}/Groups`, [group(1, [{ handle: '99.ELSEWHERE/g', index: 1 }])])
    const explained = await as(root).explainPermissions(handle, `300:${p}/Anna`)
    expect(explained.operations.addValues).toMatchObject({ allowed: 'unknown', via: undefined, change: [] })
    expect(explained.operations.addValues.why).toBe('ADD_VALUE depends on 99.ELSEWHERE/g, which could not be read')
    expect(explained.unread).toEqual([{ handle: '99.ELSEWHERE/g', why: 'it is kept at another server' }])
    expect(explained.text).toContain('Not read: 99.ELSEWHERE/g: it is kept at another server.')

    server.records.put(`${p}/Groups`, [group(1, [{ handle: `${p}/Anna`, index: 300 }], '1100')])
    const seen = await as(`300:${p}/Ben`).explainPermissions(handle, `300:${p}/Anna`)
    expect(seen.operations.addValues.allowed).toBe('unknown')
    expect(seen.unread.map((item) => item.handle)).toEqual([`${p}/Groups`])
    expect((await as(undefined).explainPermissions(handle, `300:${p}/Anna`)).operations.addValues.allowed).toBe(
      'unknown',
    )
    expect((await as(root).explainPermissions(handle, `300:${p}/Anna`)).operations.addValues.allowed).toBe('yes')
  })

  it('stops reading at a limit', async () => {
    const members = Array.from({ length: 30 }, (_, i) => ({ handle: `${p}/M${i}`, index: 1 }))
    server.records.put(handle, [admin(100, { handle: `${p}/Groups`, index: 1 }, all)])
    server.records.put(`${p}/Groups`, [group(1, members)])
    const before = server.counters.requests
    const explained = await as(root).explainPermissions(handle, `300:${p}/Cleo`, { maxRecords: 10 })
    expect(server.counters.requests - before).toBe(10)
    expect(explained.operations.addValues.allowed).toBe('unknown')
    expect(explained.text).toContain('more than 10 records would have to be read')
    expect((await as(root).explainPermissions(handle, `300:${p}/Cleo`)).operations.addValues.allowed).toBe('no')
  })

  it('names values that everybody may change', async () => {
    server.records.put(handle, [...plain, { index: 7, type: 'WIKI', data: 'x', permissions: '1111' }])
    const explained = await as(root).explainPermissions(handle, `300:${p}/Cleo`)
    expect(explained.openIndexes).toEqual([7])
    // Cleo may not read the private value, and so not the whole record.
    expect((await as(`300:${p}/Cleo`).explainPermissions(handle, `300:${p}/Cleo`)).openIndexes).toEqual([7])
    expect(await isAllowed(() => as(`300:${p}/Cleo`).updateValue(handle, 7, { data: 'y' }))).toBe(true)
    expect(explained.text).toContain('Any authenticated user may change the values at index 7.')
  })

  it('checks what it is given', async () => {
    const client = as(root)
    await expect(client.explainPermissions('nothing', root)).rejects.toThrow(/not a handle/)
    await expect(client.explainPermissions(handle, 'x')).rejects.toThrow(/not a handle/)
    await expect(client.explainPermissions(handle, root, { maxRecords: 0 })).rejects.toThrow(/maxRecords/)
    await expect(
      client.explainPermissions(handle, root, { signal: AbortSignal.abort(new Error('stop')) }),
    ).rejects.toThrow('stop')
  })
})

// What is explained is what the server does.

const newAdmin = {
  index: 150,
  type: 'HS_ADMIN',
  data: { format: 'admin', value: { handle: `${p}/X`, index: 1, permissions: all } },
} as const
const changedAdmin = { format: 'admin', value: { handle: `${p}/Y`, index: 1, permissions: all } } as const

const attempts: Record<HandleOperation, (client: HandleClient) => Promise<unknown>> = {
  readPrivateValues: (client) => client.resolve(handle, { publicOnly: false, indexes: [2] }),
  addValues: (client) => client.addValues(handle, [{ index: 50, type: 'NEW', data: 'x' }]),
  changeValues: (client) => client.updateValue(handle, 1, { data: 'https://example.org/changed' }),
  removeValues: (client) => client.removeValues(handle, 3),
  addAdmins: (client) => client.addValues(handle, [newAdmin]),
  changeAdmins: (client) => client.updateValue(handle, 100, { data: changedAdmin }),
  removeAdmins: (client) => client.removeValues(handle, 100, { includeAdmin: true }),
  deleteHandle: (client) => client.delete(handle),
  createHandles: (client) => client.create(`${p}/created`, { URL: 'x' }),
  listHandles: (client) => client.list(p).count(),
}

async function isAllowed(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt()
    return true
  } catch (error) {
    if (HandlePermissionError.isInstance(error)) return false
    throw error
  }
}

const identities = [`300:${p}/Anna`, `301:${p}/Anna`, `300:${p}/ANNA`, `300:${p.toLowerCase()}/Ben`, `300:${p}/Cleo`]
const anything = fc.record({
  handle: fc.constantFrom(
    ...['Anna', 'anna', 'ANNA', 'Ben', 'Cleo', 'G1', 'G2', 'g1', 'Nothing', 'Record'].map((name) => `${p}/${name}`),
    `${p.toLowerCase()}/Cleo`,
    `0.NA/${p}`,
    `0.na/${p.toLowerCase()}`,
  ),
  index: fc.constantFrom(0, 1, 2, 200, 300, 301),
})
const users = fc.record({
  handle: fc.constantFrom(...['Anna', 'Ben', 'Cleo'].map((name) => `${p}/${name}`)),
  index: fc.constantFrom(0, 300),
})
const groups = fc.record({
  handle: fc.constantFrom(...['G1', 'G2'].map((name) => `${p}/${name}`), `0.NA/${p}`),
  index: fc.constantFrom(1, 2, 200),
})
const named = fc.oneof(anything, users, groups)
const access = fc.constantFrom('1110', '1110', '1100')
const rights = fc.subarray([...adminPermissions]).map((names: AdminPermission[]) => encodePermissions(names))
const groupsAt = (...indexes: number[]): fc.Arbitrary<object[]> =>
  fc.tuple(
    ...indexes.map((index) =>
      fc.tuple(fc.array(named, { maxLength: 3 }), access).map(([to, may]) => group(index, to, may)),
    ),
  )
const adminsAt = (...indexes: number[]): fc.Arbitrary<object[]> =>
  fc
    .tuple(
      ...indexes.map((index) =>
        fc
          .tuple(named, rights, index === 100 ? fc.constant('1110') : access)
          .map(([to, may, visible]) => admin(index, to, may, visible)),
      ),
    )
    .chain((values) => fc.subarray(values.slice(1)).map((rest) => [...values.slice(0, 1), ...rest]))

const world = fc.record({
  record: fc.tuple(adminsAt(100, 101, 102), groupsAt(200)).map((parts) => [...plain, ...parts.flat()]),
  prefix: fc.tuple(adminsAt(100, 101), groupsAt(1, 200)).map((parts) => parts.flat()),
  g1: groupsAt(1, 2),
  g2: groupsAt(1, 200, 300),
})

it('what is explained is what the server does', { timeout: 120_000 }, async () => {
  const verdicts = { yes: 0, no: 0, unknown: 0 }
  await fc.assert(
    fc.asyncProperty(world, fc.constantFrom(...identities), async ({ record, prefix, g1, g2 }, identity) => {
      const reset = (): void => {
        server.records.put(handle, record)
        server.records.put(`0.NA/${p}`, prefix)
        server.records.put(`${p}/G1`, g1)
        server.records.put(`${p}/G2`, g2)
        server.records.delete(`${p}/created`)
      }
      reset()
      const explained = await as(root).explainPermissions(handle, identity)
      const [bySelf, byNobody] = await Promise.all([
        as(identity).explainPermissions(handle, identity),
        as(undefined).explainPermissions(handle, identity),
      ])
      for (const { operation, allowed } of Object.values(explained.operations)) {
        reset()
        const really = (await isAllowed(() => attempts[operation](as(identity)))) ? 'yes' : 'no'
        expect(allowed, `${operation}\n${explained.text}`).toBe(really)
        // Who sees less may not know, but never says what is wrong.
        for (const other of [bySelf, byNobody]) {
          const verdict = other.operations[operation].allowed
          verdicts[verdict] += 1
          expect([really, 'unknown'], `${operation}\n${other.text}`).toContain(verdict)
        }
      }
      // Where the record cannot be read, this takes two requests, and the rights need not be in one value.
      if (explained.operations.readPrivateValues.allowed !== 'yes') return
      reset()
      const both = await isAllowed(() =>
        as(identity).setValues(handle, [
          { index: 1, type: 'URL', data: 'changed' },
          { index: 60, type: 'NEW', data: 'x' },
        ]),
      )
      expect(explained.allows('MODIFY_VALUE', 'ADD_VALUE')).toBe(both ? 'yes' : 'no')
    }),
    { numRuns: 120 },
  )
  expect(Math.min(...Object.values(verdicts))).toBeGreaterThan(20)
})
