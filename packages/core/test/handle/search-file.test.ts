import { basic } from '@handlekit/auth-basic'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HandleClient, loadCredentialsFile } from '../../src/index.ts'
import { admin, prefix, TestServer } from '../support/handle-server.ts'

// What files say about searching.

let test: TestServer
let folder: string

beforeAll(async () => {
  test = await TestServer.start({ search: { username: 'search', password: 'mypassword123' } })
  folder = await mkdtemp(join(tmpdir(), 'handlekit-'))
})

afterAll(async () => {
  await test.stop()
  await rm(folder, { recursive: true })
})

async function write(content: object): Promise<string> {
  const file = join(folder, 'credentials.json')
  await writeFile(file, JSON.stringify(content), { mode: 0o600 })
  return file
}

const server = 'https://a.example.org'
const own = { reverselookup_username: 'search', reverselookup_password: 'mypassword123' }

it('its own user searches', async () => {
  const file = await write({ handle_server_url: test.server.httpsUrl, ...admin, ...own, allowed_search_keys: ['URL'] })
  const trust = { ca: test.server.certificate }
  await using client = await HandleClient.fromFile(file, { strategies: [basic], trust })
  expect(await Array.fromAsync(client.search({ URL: '*half' }))).toEqual([`${prefix}/HALF`])
  expect(() => client.search({ CHECKSUM: 'x' })).toThrow(/CHECKSUM/)
})

describe('a profile', () => {
  const profile = (): object => ({
    profiles: {
      a: {
        server: test.server.httpsUrl,
        search: { fields: ['URL'], credentials: { type: 'basic', username: 'search', password: 'mypassword123' } },
      },
    },
  })

  it('searches', async () => {
    const options = { strategies: [basic], trust: { ca: test.server.certificate } }
    await using client = await HandleClient.fromFile(await write(profile()), options)
    expect(await Array.fromAsync(client.search({ URL: '*half' }))).toEqual([`${prefix}/HALF`])
    expect(() => client.search({ CHECKSUM: 'x' })).toThrow(/CHECKSUM/)
  })

  it('is refused without the strategy that its search needs', async () => {
    const loading = loadCredentialsFile(await write(profile()), { strategies: [] })
    await expect(loading).rejects.toMatchObject({ code: 'STRATEGY_MISSING' })
  })
})

describe('is read', () => {
  it.each<[string, object, object | undefined]>([
    ['nothing', { handle_server_url: server }, undefined],
    ['a user of the Handle server', { handle_server_url: server, ...admin }, {}],
    ['an own user', { handle_server_url: server, ...own }, { credentials: { identity: 'search' } }],
    [
      'another server',
      { handle_server_url: server, reverselookup_baseuri: 'b.example.org', ...own },
      { server: 'https://b.example.org', credentials: { identity: 'search' } },
    ],
    [
      'another server without a user',
      { handle_server_url: server, ...admin, reverselookup_baseuri: 'b.org' },
      undefined,
    ],
    [
      'half a user',
      { handle_server_url: server, ...admin, reverselookup_username: 'search' },
      { credentials: { identity: 'search' } },
    ],
    [
      'the rest',
      { baseuri: server, ...admin, reverselookup_url_extension: '/x/y/', allowed_search_keys: [] },
      { path: '/x/y', fields: [] },
    ],
  ])('%s', async (_what, content, search) => {
    const { client } = await loadCredentialsFile(await write(content), { strategies: [basic] })
    if (search) expect(client.search).toMatchObject(search)
    else expect(client.search).toBeUndefined()
    if (search && !('credentials' in search)) expect(client.search).not.toHaveProperty('credentials')
  })

  it('not without the strategy', async () => {
    const { client } = await loadCredentialsFile(await write({ handle_server_url: server, ...own }), { strategies: [] })
    expect(client.search).toBeUndefined()
  })

  it.each([
    [{ reverselookup_username: 'search' }, /"reverselookup_username" and no "reverselookup_password"/],
    [
      { ...admin, reverselookup_baseuri: 'b.example.org', reverselookup_username: 'search' },
      /"reverselookup_username" and no "reverselookup_password"/,
    ],
    [{ ...own, allowed_search_keys: 'URL' }, /allowed_search_keys/],
  ])('%j is refused', async (content, text) => {
    const file = await write({ handle_server_url: server, ...content })
    await expect(loadCredentialsFile(file, { strategies: [basic] })).rejects.toThrow(text)
  })
})
