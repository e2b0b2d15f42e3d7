import { describe, expect, test } from 'vitest'
import type { HandleServer, HandleServerOptions } from '../src/index.ts'
import type { RequestOptions, Send } from './support/client.ts'
import { adminValue, nobody, prefixAdmin, reader, urlValue } from './support/fixtures.ts'
import { startServer } from './support/server.ts'

/** The rights in the order of their bits, the highest first, as permissions are written. */
const rights = [
  'listHandles',
  'readValue',
  'addAdmin',
  'removeAdmin',
  'modifyAdmin',
  'addValue',
  'removeValue',
  'modifyValue',
  'deleteDerivedPrefix',
  'addDerivedPrefix',
  'deleteHandle',
  'addHandle',
] as const
type Right = (typeof rights)[number]

const only = (...granted: readonly Right[]): string =>
  rights.map((right) => (granted.includes(right) ? '1' : '0')).join('')
const allBut = (...denied: readonly Right[]): string => only(...rights.filter((right) => !denied.includes(right)))

/** The administrator value of a record whose rights 301:21.T12345/READER has. */
const readerMay = (permissions: string): object => adminValue(permissions, '21.T12345/READER', 301)
const otherAdmin = { ...adminValue(), index: 101 }
const asReader: RequestOptions = { basic: reader }

async function startWith(
  permissions: string,
  options: HandleServerOptions = {},
): Promise<{ server: HandleServer; send: Send }> {
  const started = await startServer(options)
  started.server.records.put('21.T12345/P', [
    readerMay(permissions),
    urlValue(1, 'one'),
    { ...urlValue(2, 'private'), permissions: '1100' },
    otherAdmin,
  ])
  return started
}

const path = '/api/handles/21.T12345/P'
const changedAdmin = { ...otherAdmin, data: adminValue(only()).data }

// One row for each operation: exactly these rights suffice, and without any one of them it is refused.
describe.each<[what: string, needed: readonly Right[], method: string, query: string, body?: readonly object[]]>([
  ['read what is private', ['readValue'], 'GET', ''],
  ['add a value', ['addValue'], 'PUT', '?index=5', [urlValue(5, 'x')]],
  ['add an administrator', ['addAdmin'], 'PUT', '?index=5', [{ ...otherAdmin, index: 5 }]],
  ['add both', ['addValue', 'addAdmin'], 'PUT', '?index=various', [urlValue(5, 'x'), { ...otherAdmin, index: 6 }]],
  ['change a value', ['modifyValue'], 'PUT', '?index=1', [urlValue(1, 'x')]],
  ['change an administrator', ['modifyAdmin'], 'PUT', '?index=101', [changedAdmin]],
  ['turn an administrator into a value', ['removeAdmin', 'modifyValue'], 'PUT', '?index=101', [urlValue(101, 'x')]],
  ['turn a value into an administrator', ['addAdmin', 'modifyValue'], 'PUT', '?index=1', [{ ...otherAdmin, index: 1 }]],
  ['remove a value', ['removeValue'], 'DELETE', '?index=1'],
  ['remove an administrator', ['removeAdmin'], 'DELETE', '?index=101'],
  ['remove both', ['removeValue', 'removeAdmin'], 'DELETE', '?index=1&index=101'],
  ['delete the record', ['deleteHandle'], 'DELETE', ''],
])('to %s', (_, needed, method, query, body) => {
  const attempt = async (permissions: string): Promise<number> => {
    const { send } = await startWith(permissions)
    return (await send(method, path + query, { ...asReader, ...(body ? { body } : {}) })).status
  }

  test(`${needed.join(' and ')} will do`, async () => {
    expect(await attempt(only(...needed))).toBeLessThan(300)
  })
  test.each(needed)('all but %s will not', async (right) => {
    expect(await attempt(allBut(right))).toBe(403)
  })
})

describe('replacing a record', () => {
  const replacement = [readerMay(only()), urlValue(1, 'two'), otherAdmin] // changes 100 and 1, removes 2
  const replace = async (permissions: string, body: readonly object[], prefixRights?: string): Promise<number> => {
    const { server, send } = await startWith(permissions)
    if (prefixRights !== undefined) server.records.put('0.NA/21.T12345', [readerMay(prefixRights)])
    return (await send('PUT', path, { ...asReader, body })).status
  }

  test('is allowed to who may make each change', async () => {
    expect(await replace(only('modifyAdmin', 'modifyValue', 'removeValue'), replacement)).toBe(200)
    expect(await replace(only('modifyAdmin', 'modifyValue'), replacement)).toBe(403)
  })
  test('is allowed with ADD_ADMIN alone', async () => {
    expect(await replace(only('addAdmin'), replacement)).toBe(200)
  })
  test('is allowed to who may delete the record and create it in the prefix', async () => {
    expect(await replace(only('deleteHandle'), replacement, only('addHandle'))).toBe(200)
    expect(await replace(only('deleteHandle'), replacement)).toBe(403)
    expect(await replace(only(), replacement, only('addHandle'))).toBe(403)
  })
  test('needs nothing if nothing changes, but somebody who is known', async () => {
    const { server, send } = await startWith(only())
    const values = server.records.get('21.T12345/P')
    expect((await send('PUT', path, { basic: nobody, body: values })).status).toBe(200)
    expect((await send('PUT', path, { body: values })).status).toBe(401)
  })
})

describe('values that need no rights', () => {
  test('the same content', async () => {
    const { send } = await startWith(only())
    expect((await send('PUT', `${path}?index=1`, { basic: nobody, body: [urlValue(1, 'one')] })).status).toBe(200)
    expect((await send('PUT', `${path}?index=1`, { body: [urlValue(1, 'one')] })).status).toBe(401)
  })
  test('what the public may write, if it is known who does', async () => {
    const { server, send } = await startServer()
    server.records.put('21.T12345/P', [{ ...urlValue(1, 'one'), permissions: '1111' }])
    expect((await send('PUT', `${path}?index=1`, { basic: nobody, body: [urlValue(1, 'x')] })).status).toBe(200)
    expect((await send('PUT', `${path}?index=1`, { body: [urlValue(1, 'x')] })).status).toBe(401)
    expect(server.records.get('21.T12345/P')).toMatchObject([{ data: { value: 'x' } }])
  })
})

describe('creating', () => {
  const create = async (handle: string, prefix: string, permissions: string): Promise<number> => {
    const { server, send } = await startServer()
    server.records.put(prefix, [readerMay(permissions)])
    return (await send('PUT', `/api/handles/${handle}`, { ...asReader, body: [] })).status
  }
  test('needs ADD_HANDLE on the prefix', async () => {
    expect(await create('21.T12345/NEW', '0.NA/21.T12345', only('addHandle'))).toBe(201)
    expect(await create('21.T12345/NEW', '0.NA/21.T12345', allBut('addHandle'))).toBe(403)
  })
  test('a derived prefix needs ADD_DERIVED_PREFIX on its parent', async () => {
    expect(await create('0.NA/21.T12345.SUB', '0.NA/21.T12345', only('addDerivedPrefix'))).toBe(201)
    expect(await create('0.NA/21.T12345.SUB', '0.NA/21.T12345', allBut('addDerivedPrefix'))).toBe(403)
  })
})

describe('who an administrator value means', () => {
  const reads = async (
    admin: object,
    user: readonly [string, string] = reader,
    more: readonly [string, readonly object[]][] = [],
  ): Promise<boolean> => {
    const { server, send } = await startServer()
    for (const [handle, values] of more) server.records.put(handle, values)
    server.records.put('21.T12345/P', [admin, { ...urlValue(1, 'x'), permissions: '1100' }])
    return (await send('GET', path, { basic: user })).status === 200
  }
  const readable = (handle: string, index: number): object => adminValue(only('readValue'), handle, index)
  const group = (index: number, ...members: readonly (readonly [string, number])[]): object => ({
    index,
    type: 'HS_VLIST',
    permissions: '1100',
    data: { format: 'vlist', value: members.map(([handle, at]) => ({ handle, index: at })) },
  })

  test('index 0 is any index of a handle', async () => {
    expect(await reads(readable('21.T12345/READER', 0))).toBe(true)
    expect(await reads(readable('21.T12345/READER', 300))).toBe(false)
  })
  test('an identity without an index only matches index 0', async () => {
    const user = ['21.T12345/READER', 'reader'] as const
    const anyIndex = ['0:21.T12345/READER', 'reader'] as const
    expect(await reads(readable('21.T12345/READER', 301), ['21.T12345/READER', 'reader'])).toBe(false)
    expect(await reads(readable('21.T12345/READER', 0), user)).toBe(true)
    expect(await reads(readable('21.T12345/READER', 0), anyIndex)).toBe(true)
  })
  test('the prefix is compared in any case, the suffix exactly', async () => {
    const identity = (name: string): Promise<boolean> =>
      reads(readable('21.T12345/READER', 301), [`301:${name}`, 'reader'])
    expect(await identity('21.t12345/READER')).toBe(true)
    expect(await identity('21.T12345/reader')).toBe(false)
  })
  test('a prefix handle is compared in any case', async () => {
    const user = ['301:0.na/21.t12345', 'mypassword123'] as const
    expect(await reads(readable('0.NA/21.T12345', 301), user)).toBe(true)
  })
  test('a name without a slash is not the prefix handle', async () => {
    const user = ['301:21.T12345', 'mypassword123'] as const // is authenticated by the key in 0.NA/21.T12345 all the same
    expect(await reads(readable('0.NA/21.T12345', 301), user)).toBe(false)
    expect(await reads(readable('21.T12345', 301), user)).toBe(true)
  })
  test('a group, even in a group, even if groups hold each other', async () => {
    const groups: [string, object[]][] = [
      ['21.T12345/G1', [group(7, ['21.T12345/G2', 7])]],
      ['21.T12345/G2', [group(7, ['21.T12345/G1', 7], ['21.T12345/READER', 301])]],
    ]
    expect(await reads(readable('21.T12345/G1', 7), reader, groups)).toBe(true)
    expect(await reads(readable('21.T12345/G1', 7), nobody, groups)).toBe(false)
  })
  test('a reference to any value is not followed as a group', async () => {
    const groups: [string, object[]][] = [['21.T12345/G', [group(7, ['21.T12345/READER', 301])]]]
    expect(await reads(readable('21.T12345/G', 7), reader, groups)).toBe(true)
    expect(await reads(readable('21.T12345/G', 0), reader, groups)).toBe(false)
  })
  test('a sub-type of HS_ADMIN counts, and two values do not add up', async () => {
    expect(await reads({ ...readable('21.T12345/READER', 301), type: 'hs_admin.x' })).toBe(true)
    const { server, send } = await startServer()
    server.records.put('21.T12345/P', [readerMay(only('addValue')), { ...readerMay(only('addAdmin')), index: 101 }])
    const body = [urlValue(5, 'x'), { ...otherAdmin, index: 6 }]
    expect((await send('PUT', `${path}?index=various`, { ...asReader, body })).status).toBe(403)
  })
})

describe('settings', () => {
  const asAdmin: RequestOptions = { basic: prefixAdmin }

  test('full access of server administrators, also by a group', async () => {
    const attempt = async (options: HandleServerOptions): Promise<number> => {
      const { send } = await startServer(options)
      return (await send('DELETE', '/api/handles/21.T12345/LOCKED', asAdmin)).status
    }
    expect(await attempt({ serverAdmins: ['301:0.NA/21.T12345'] })).toBe(403)
    expect(await attempt({ serverAdmins: ['301:0.NA/21.T12345'], serverAdminFullAccess: true })).toBe(200)
    expect(await attempt({ serverAdmins: ['200:0.NA/21.T12345'], serverAdminFullAccess: true })).toBe(200)
    expect(await attempt({ serverAdmins: ['21.T12345/USER01'], serverAdminFullAccess: true })).toBe(403)
  })

  test('administrators of the prefix may be ignored for creating and listing', async () => {
    const { send } = await startServer({ allowNaAdmins: false })
    expect((await send('PUT', '/api/handles/21.T12345/NEW', { ...asAdmin, body: [] })).status).toBe(403)
    expect((await send('GET', '/api/handles?prefix=21.T12345', asAdmin)).status).toBe(403)
    expect((await send('DELETE', '/api/handles/21.T12345/RICH', asAdmin)).status).toBe(200)
  })

  test('without checks anybody may do anything, also over plain HTTP', async () => {
    const { send } = await startServer({ anonymousAdminFullAccess: true })
    expect((await send('DELETE', '/api/handles/21.T12345/LOCKED', { plain: true })).status).toBe(200)
    expect((await send('PUT', '/api/handles/21.T12345/NEW', { plain: true, body: [] })).status).toBe(201)
    expect((await send('POST', '/api/prefixes/9.9', { plain: true })).status).toBe(200)
    expect((await send('GET', '/api/prefixes', { plain: true })).json).toMatchObject({ totalCount: '2' })
    const restricted = await send('GET', '/api/handles/21.T12345/RICH?index=10&publicOnly=false', { plain: true })
    expect(restricted.json).toMatchObject({ values: [{ index: 10 }] })
  })

  test('required sessions refuse all administration over HTTP', async () => {
    const { send } = await startServer({ requireSessions: true })
    const answer = await send('DELETE', '/api/handles/21.T12345/RICH', asAdmin)
    expect(answer).toMatchObject({ status: 403 })
    expect(answer.json).toEqual({
      responseCode: 404,
      message: 'Sessions are required for administration on this server',
      handle: '21.T12345/RICH',
    })
    expect((await send('GET', '/api/handles/21.T12345/RICH', asAdmin)).status).toBe(200)
  })
})
