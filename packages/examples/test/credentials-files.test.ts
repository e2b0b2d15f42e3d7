import { basic, basicAuth } from '@handlekit/auth-basic'
import { cert } from '@handlekit/auth-cert'
import { session } from '@handlekit/auth-session'
import { HandleClient, InvalidArgumentError, loadCredentialsFile, type Strategy } from '@handlekit/core'
import { type HandleServer, startHandleServer } from '@handlekit/server'
import { chmod, copyFile, mkdtemp, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { json, startPlainServer } from '../../core/test/support/server.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

const fixtures = new URL('../../server/test/fixtures/', import.meta.url)
const strategies = [basic, cert, session]
const identity = '300:21.T12345/USER01'

let server: HandleServer
let folder: string

beforeAll(async () => {
  server = await startHandleServer({ seed: new URL('seed.json', fixtures) })
})
afterAll(() => server.close())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'))
  for (const name of ['user.pem', 'user.crt.pem', 'user.combined.pem', 'user.encrypted.pem', 'user.p12']) {
    await copyFile(new URL(`keys/${name}`, fixtures), join(folder, name))
  }
  await writeFile(join(folder, 'server.pem'), server.certificate)
})
afterEach(() => vi.unstubAllEnvs())

async function write(content: unknown, name = 'my_credentials.json'): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
  return file
}

async function whoIs(content: unknown, options: { profile?: string } = {}): Promise<string> {
  await using client = await HandleClient.fromFile(await write(content), { strategies, ...options })
  return (await client.verifyCredentials()).identity
}

async function refusal(content: unknown, given: Strategy[] = strategies): Promise<Error & { code?: string }> {
  const error: unknown = await write(content)
    .then((file) => HandleClient.fromFile(file, { strategies: given }))
    .catch((reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error('It was expected to fail, and did not.')
  return error
}

const here = (): object => ({ baseuri: server.httpsUrl, HTTPS_verify: 'server.pem' })

describe('a file of B2HANDLE or PYHANDLE', () => {
  it('with a username and a password', async () => {
    const content = { ...here(), username: '301:21.T12345/USER01', password: 'user pass:word/é' }
    expect(await whoIs(content)).toBe('301:21.T12345/USER01')
    expect(await whoIs({ ...content, client: 'rest', prefix: '21.T12345', private_key: '' })).toBe(
      '301:21.T12345/USER01',
    )
  })

  it('with a certificate and a key, relative to the file', async () => {
    expect(await whoIs({ ...here(), private_key: 'user.pem', certificate_only: 'user.crt.pem' })).toBe(identity)
    expect(await whoIs({ ...here(), private_key: './user.pem', certificate_only: './user.crt.pem' })).toBe(identity)
    expect(await whoIs({ ...here(), certificate_and_key: 'user.combined.pem' })).toBe(identity)
    await mkdir(join(folder, 'deep'))
    await using client = await HandleClient.fromFile(
      await write(
        { ...here(), HTTPS_verify: '../server.pem', certificate_and_key: '../user.combined.pem' },
        'deep/c.json',
      ),
      { strategies },
    )
    expect((await client.verifyCredentials()).identity).toBe(identity)
  })

  it('with an encrypted key', async () => {
    const encrypted = {
      private_key: 'user.encrypted.pem',
      certificate_only: 'user.crt.pem',
      passphrase: 'correct-horse',
    }
    expect(await whoIs({ ...here(), ...encrypted })).toBe(identity)
  })

  it('with both: the certificate wins', async () => {
    const both = { username: '301:21.T12345/USER01', password: 'x', certificate_and_key: 'user.combined.pem' }
    expect(await whoIs({ ...here(), ...both })).toBe(identity)
  })

  it('with a certificate twice: the one that is together with its key, as there', async () => {
    const both = {
      certificate_and_key: 'user.combined.pem',
      certificate_only: 'nowhere.pem',
      private_key: 'nowhere.pem',
    }
    expect(await whoIs({ ...here(), ...both })).toBe(identity)
  })

  it('with a password and half a certificate: the password, as there', async () => {
    const content = { username: '301:21.T12345/USER01', password: 'user pass:word/é', certificate_only: 'user.crt.pem' }
    expect(await whoIs({ ...here(), ...content })).toBe('301:21.T12345/USER01')
  })

  it('with a name that means nothing gets a warning', async () => {
    const file = await write({ ...here(), HTTP_verify: 'False', colour: 'blue' })
    const warnings: unknown[] = []
    const listen = (warning: Error & { code?: string }): unknown => warnings.push([warning.code, warning.message])
    process.on('warning', listen)
    await using client = await HandleClient.fromFile(file, { strategies })
    expect(client.origin).toBe(server.httpsUrl)
    await new Promise(setImmediate)
    process.off('warning', listen)
    expect(warnings).toEqual([
      ['HANDLEKIT_UNKNOWN_SETTING', `${file}: unknown settings are ignored: HTTP_verify, colour.`],
    ])
  })

  it('with nothing but a server only reads', async () => {
    await using client = await HandleClient.fromFile(await write(here()), { strategies: [] })
    expect((await client.resolve('21.T12345/RICH')).text('URL')).toBe('https://example.org/rich')
  })

  it('tells the client what else it says', async () => {
    const content = {
      handle_server_url: server.httpsUrl,
      HTTPS_verify: 'False',
      REST_API_url_extension: '/api/handles/',
      handleowner: '300:21.T12345/USER01',
      HS_ADMIN_permissions: '111111111111',
      prefix: '21.T12345',
      reverselookup_baseuri: 'https://search.example.org',
      allowed_search_keys: ['URL'],
      '10320LOC_chooseby': 'locatt',
      colour: 'blue',
    }
    const { client, settings, unknown } = await loadCredentialsFile(await write(content), { strategies })
    expect(client).toEqual({
      server: server.httpsUrl,
      apiPath: '/api/handles',
      admin: { owner: '300:21.T12345/USER01', permissions: '111111111111' },
      locations: { chooseBy: 'locatt' },
      allowUntrustedServer: true,
    })
    expect(settings).toEqual({
      prefix: '21.T12345',
      reverselookup_baseuri: 'https://search.example.org',
      allowed_search_keys: ['URL'],
    })
    expect(unknown).toEqual(['colour'])
  })

  it('asks at another path of the API', async () => {
    const content = { ...here(), REST_API_url_extension: 'elsewhere' }
    await using client = await HandleClient.fromFile(await write(content), { strategies })
    await expect(client.resolve('21.T12345/RICH')).rejects.toThrow(/\/elsewhere\/21\.T12345/)
  })

  it('shows no secret, whatever stands in it', async () => {
    const content = {
      ...here(),
      username: '301:21.T12345/USER01',
      password: 'canary',
      passphrase: 'canary',
      reverselookup_username: 'search',
      reverselookup_password: 'canary',
      modify_HS_ADMIN: 'True',
    }
    const loaded = await loadCredentialsFile(await write(content), { strategies })
    expect(loaded.settings).toEqual({ reverselookup_username: 'search' })
    expect(loaded.unknown).toEqual([])
    expect(inspect(loaded, { depth: null, showHidden: true, getters: true })).not.toContain('canary')
    expect(JSON.stringify(loaded)).not.toContain('canary')
  })

  it.each(['server', 'credentials'])('says what %s is: the call cannot', async (name) => {
    const file = await write({ ...here(), username: '301:21.T12345/USER01', password: 'x' })
    const options = { strategies, ...Object.fromEntries([[name, 'https://elsewhere.example.org']]) }
    await expect(HandleClient.fromFile(file, options)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(`fromFile: ${name} is what the file says`),
    })
  })

  it('keeps what the call leaves undefined, and its search user', async () => {
    const file = await write({ ...here(), reverselookup_username: 'search', reverselookup_password: 'x' })
    await using client = await HandleClient.fromFile(file, {
      strategies,
      trust: undefined,
      timeout: undefined,
      search: { fields: ['URL'], credentials: undefined },
    })
    expect((await client.resolve('21.T12345/RICH')).text('URL')).toBe('https://example.org/rich')
    // The embedded server searches for nobody here; that it was asked is enough.
    await expect(Array.fromAsync(client.search({ URL: 'x' }))).rejects.toMatchObject({ name: 'HandleResponseError' })
    expect(() => client.search({ CHECKSUM: 'x' })).toThrow(/CHECKSUM/)
  })

  it('keeps to its search server, whoever is to search there', async () => {
    const asked: string[] = []
    const searcher = await startPlainServer(({ headers }, response) => {
      asked.push(Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString())
      json(response, 200, [])
    })
    const file = { ...here(), username: '301:21.T12345/USER01', password: 'x', reverselookup_baseuri: searcher.origin }
    const own = basicAuth({ username: 'me', password: 'mine' })
    const user = { reverselookup_username: 'search', reverselookup_password: 'its' }
    const searches: [object, Parameters<typeof HandleClient.fromFile>[1]][] = [
      [file, { strategies: [basic], search: { credentials: own } }],
      [file, { strategies: [basic], search: { server: undefined } }],
      [
        { ...file, ...user },
        { strategies: [basic], search: { server: undefined, credentials: undefined } },
      ],
      [
        { ...file, ...user },
        { strategies: [basic], search: { credentials: own } },
      ],
      [
        { ...here(), reverselookup_baseuri: searcher.origin, ...user },
        { strategies: [], search: { credentials: own } },
      ],
    ]
    for (const [content, options] of searches) {
      await using client = await HandleClient.fromFile(await write(content), options)
      expect(await Array.fromAsync(client.search({ URL: 'x' }))).toEqual([])
    }
    expect(asked).toEqual(['me:mine', '', 'search:its', 'me:mine', 'me:mine'])
  })

  it('is overruled by the call', async () => {
    await using client = await HandleClient.fromFile(await write({ ...here(), HTTPS_verify: 'False' }), {
      strategies,
      allowUntrustedServer: false,
      trust: { ca: server.certificate },
    })
    expect((await client.resolve('21.T12345/RICH')).values).not.toHaveLength(0)
  })

  it.each([
    ['a user without a password', { username: '300:a/b' }, /"username" and no "password"/],
    ['a password without a user', { password: 'canary' }, /"password" and no "username"/],
    ['a certificate without a key', { certificate_only: 'user.crt.pem' }, /"certificate_only" and no "private_key"/],
    ['a key without a certificate', { private_key: 'user.pem' }, /"private_key" and no "certificate_only"/],
    ['a user that is no handle', { username: 'me', password: 'canary' }, /"username" has to name a value of a handle/],
    ['a number', { username: 5, password: 'canary' }, /"username" has to be text/],
    [
      'an address with the path',
      { baseuri: 'https://x.example.org/api/handles/' },
      /"baseuri" .*"REST_API_url_extension"/,
    ],
    ['a file that is not there', { HTTPS_verify: 'nowhere.pem' }, /nowhere\.pem cannot be read/],
  ])('%s is refused', async (_what, content, text) => {
    const error = await refusal({ ...here(), ...content })
    expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'INVALID_FILE' })
    expect(error.message).toMatch(text)
    expect(inspect(error)).not.toContain('canary')
  })

  it.each([
    ['handleowner', { handleowner: 'ADMIN' }, 'INVALID_HANDLE'],
    ['HS_ADMIN_permissions', { HS_ADMIN_permissions: '1111' }, 'INVALID_VALUE'],
  ])('what is wrong with "%s" is said with the file', async (name, content, expected) => {
    const error = await refusal({ ...here(), ...content })
    expect(error).toMatchObject({ name: 'InvalidArgumentError', code: expected })
    expect(error.message).toMatch(new RegExp(`^/.*\\.json: .*"${name}"`))
  })

  it('credentials are for a server', async () => {
    const content = { username: '301:21.T12345/USER01', password: 'canary' }
    const error = await refusal(content)
    expect(error).toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringMatching(/\.json: .* no "handle_server_url"/),
    })
    // Whoever reads the file may say for which.
    const { client } = await loadCredentialsFile(await write(content), { strategies })
    await using reading = new HandleClient({ ...client, server: server.httpsUrl, trust: { ca: server.certificate } })
    await expect(reading.verifyCredentials()).rejects.toThrow(/AUTH|knows|password/)
  })

  it.each([
    ['no options', undefined],
    ['no list of strategies', {}],
    ['a strategy that was misspelt in its import', { strategies: [basic, undefined] }],
    ['credentials in place of a strategy', { strategies: [basicAuth({ username: 'a', password: 'b' })] }],
  ])('%s is refused', async (_what, options) => {
    const file = await write(here())
    for (const reader of [HandleClient, { fromFile: loadCredentialsFile }]) {
      const reading: Promise<unknown> = Reflect.apply(Reflect.get(reader, 'fromFile'), reader, [file, options])
      const message = expect.stringMatching(/strategies|options/)
      await expect(reading).rejects.toMatchObject({ name: 'InvalidArgumentError', message })
    }
  })
})

describe('the files of the documentation of B2HANDLE', () => {
  it('the one with a certificate', async () => {
    await copyFile(join(folder, 'user.pem'), join(folder, 'my_private_key.pem'))
    await copyFile(join(folder, 'user.crt.pem'), join(folder, 'my_certificate.pem'))
    const file = await write(`{
"baseuri": "${server.httpsUrl}",
"private_key": "my_private_key.pem",
"certificate_only": "my_certificate.pem"
}`)
    await using client = await HandleClient.fromFile(file, { strategies, trust: { ca: server.certificate } })
    expect((await client.verifyCredentials()).identity).toBe(identity)
  })

  it('the one with a password, typographic quotes and all', async () => {
    const warnings: unknown[] = []
    const listen = (warning: Error & { code?: string }): unknown => warnings.push(warning.code)
    process.on('warning', listen)
    const file = await write(
      `{ “baseuri”: “${server.httpsUrl}”, “username”: “301:21.T12345/USER01”, “password”: “user pass:word/é” }`,
    )
    await using client = await HandleClient.fromFile(file, { strategies, trust: { ca: server.certificate } })
    expect((await client.verifyCredentials()).identity).toBe('301:21.T12345/USER01')
    process.off('warning', listen)
    expect(warnings).toEqual(['HANDLEKIT_TYPOGRAPHIC_QUOTES'])
  })
})

describe('a file with profiles', () => {
  const profiles = (): object => ({
    default: 'basic',
    profiles: {
      basic: {
        server: server.httpsUrl,
        trust: { ca: { $file: 'server.pem' } },
        credentials: { type: 'basic', username: '301:21.T12345/USER01', password: { $env: 'TEST_PASSWORD' } },
      },
      file: {
        server: server.httpsUrl,
        trust: { siteKey: server.siteKey },
        credentials: { type: 'basic', username: '301:21.T12345/USER01', password: { $file: 'password.txt' } },
      },
      cert: {
        server: server.httpsUrl,
        trust: { ca: { $file: 'server.pem' } },
        credentials: { type: 'cert', pfx: 'user.p12', passphrase: 'correct-horse' },
      },
      session: {
        server: server.httpsUrl,
        trust: { ca: { $file: 'server.pem' } },
        credentials: { type: 'session', identity, private_key: 'user.pem' },
      },
    },
  })

  it('reads secrets from the environment and from files', async () => {
    vi.stubEnv('TEST_PASSWORD', 'user pass:word/é')
    expect(await whoIs(profiles())).toBe('301:21.T12345/USER01')
    await writeFile(join(folder, 'password.txt'), 'user pass:word/é\n')
    expect(await whoIs(profiles(), { profile: 'file' })).toBe('301:21.T12345/USER01')
  })

  it('needs only what the profile needs', async () => {
    expect(await whoIs(profiles(), { profile: 'cert' })).toBe(identity)
    expect(await whoIs(profiles(), { profile: 'session' })).toBe(identity)
  })

  it('names the variable that is not set', async () => {
    vi.stubEnv('TEST_PASSWORD', '')
    const error = await refusal(profiles())
    expect(error.message).toMatch(
      /profiles\.basic\.credentials\.password: the environment variable TEST_PASSWORD is not set/,
    )
  })

  it.each([
    ['no such default', { default: 'x', profiles: { a: {} } }, /no profile 'x'.*It has: a/],
    ['several and no default', { profiles: { a: {}, b: {} } }, /several profiles and no default/],
    ['a profile without a server', { profiles: { a: {} } }, /profiles\.a: server/],
    ['a misspelt name', { profiles: { a: { server: 'https://a', credentails: {} } } }, /credentails/],
    ['another reference', { profiles: { a: { server: { $exec: 'rm -rf /' } } } }, /no \$exec/],
  ])('%s is refused', async (_what, content, text) => {
    const error = await refusal(content)
    expect(error).toMatchObject({ code: 'INVALID_FILE' })
    expect(error.message).toMatch(text)
  })
})

describe('a file', () => {
  it('without profiles is named when a strategy refuses what it says', async () => {
    const mine: Strategy = {
      type: 'basic',
      fromConfig: () => Promise.reject(new InvalidArgumentError('INVALID_OPTION', 'basic: no.')),
    }
    const content = { ...here(), username: '301:21.T12345/USER01', password: 'x' }
    const error = await refusal(content, [mine])
    expect(error).toMatchObject({ code: 'INVALID_OPTION' })
    expect(error.message).toBe(`${join(folder, 'my_credentials.json')}: basic: no.`)
  })

  it('that needs a strategy which was not given says what to install and to write', async () => {
    const error = await refusal({ ...here(), certificate_and_key: 'user.combined.pem' }, [basic])
    expect(error).toMatchObject({ code: 'STRATEGY_MISSING' })
    expect(error.message).toContain('@handlekit/auth-cert')
    expect(error.message).toContain("import { cert } from '@handlekit/auth-cert'")
  })

  it('may use a strategy of one’s own', async () => {
    const mine: Strategy = {
      type: 'mine',
      fromConfig: ({ name }) => ({
        scheme: 'mine',
        identity: String(name),
        authorize: ({ headers }) => headers.set('x', 'y'),
      }),
    }
    const content = { profiles: { a: { server: server.httpsUrl, credentials: { type: 'mine', name: 'me' } } } }
    const { client } = await loadCredentialsFile(await write(content), { strategies: [mine] })
    expect(client.credentials).toMatchObject({ scheme: 'mine', identity: 'me' })
  })

  it.each([
    ['{\n  "baseuri": "https://a"\n  "username": "b"\n}', 'line 3, column 3'],
    ['{ "password": canary-secret }', 'line 1, column 15'],
    ['{ "a": 1, }', 'line 1, column 11'],
    ['{ "a": [1, 2}', 'line 1, column 13'],
    ['{ "a": 1', 'line 1, column 9'],
    ['', 'line 1, column 1'],
    ['{ "a": 1 } x', 'line 1, column 12'],
    ['{ “baseuri”: “https://my.handle.server” "username": "300:foo/bar" }', 'typographic'],
    ['{ “baseuri”: “https://my.handle.server }', 'typographic'],
  ])('that is broken (case %#) says where, and not what is there', async (text, place) => {
    const error = await refusal(text)
    expect(error).toMatchObject({ code: 'INVALID_FILE' })
    expect(error.message).toContain(place)
    expect(inspect(error)).not.toContain('canary')
  })

  it('that is a list, missing, or a directory is refused', async () => {
    expect(await refusal([])).toMatchObject({ code: 'INVALID_FILE' })
    for (const name of ['nowhere.json', '.']) {
      await expect(loadCredentialsFile(join(folder, name), { strategies })).rejects.toMatchObject({
        code: 'INVALID_FILE',
      })
    }
  })

  it('that others can read gets a warning, once', async () => {
    const warnings: string[] = []
    const listen = (warning: Error & { code?: string }): void =>
      void (warning.code === 'HANDLEKIT_OPEN_FILE' && warnings.push(warning.message))
    process.on('warning', listen)
    const file = await write(here())
    await loadCredentialsFile(file, { strategies })
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
    await chmod(file, 0o644)
    for (let i = 0; i < 2; i += 1) await loadCredentialsFile(file, { strategies })
    await new Promise(setImmediate)
    process.off('warning', listen)
    expect(warnings).toEqual([expect.stringContaining(file)])
  })
})
