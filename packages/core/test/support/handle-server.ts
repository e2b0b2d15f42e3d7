import { basicAuth } from '@handlekit/auth-basic'
import { HandleClient, type HandleClientOptions } from '@handlekit/core'
import { afterAll, beforeAll } from 'vitest'
import { type HandleServer, type SeedRecord, startHandleServer, type HandleServerOptions } from '@handlekit/server'

export const prefix = '21.T12345'

/** May do everything with what it creates, and lists the prefix. */
export const admin = { username: `300:${prefix}/ADMIN`, password: 'pa:ss wörd%' }
/** Known to the server, in no group. */
export const stranger = { username: `300:${prefix}/STRANGER`, password: 'stranger' }
/** May add and change values of `${prefix}/HALF`, and read no private ones. */
export const writer = { username: `300:${prefix}/WRITER`, password: 'writer' }

const everything = '111111111111'

function user({ username, password }: { username: string; password: string }): SeedRecord {
  return {
    handle: username.slice('300:'.length),
    values: [
      adminValue(`0.NA/${prefix}`, 200, everything),
      { index: 300, type: 'HS_SECKEY', data: { format: 'string', value: password }, permissions: '1100' },
    ],
  }
}

function adminValue(handle: string, index: number, permissions: string, at = 100): object {
  return { index: at, type: 'HS_ADMIN', data: { format: 'admin', value: { handle, index, permissions } }, ttl: 0 }
}

const seed = {
  homedPrefixes: [`0.NA/${prefix}`],
  records: [
    {
      handle: `0.NA/${prefix}`,
      values: [
        adminValue(`0.NA/${prefix}`, 200, everything),
        {
          index: 200,
          type: 'HS_VLIST',
          data: { format: 'vlist', value: [{ handle: `${prefix}/ADMIN`, index: 300 }] },
          ttl: 0,
        },
      ],
    },
    user(admin),
    user(stranger),
    user(writer),
    {
      handle: `${prefix}/HALF`,
      values: [
        adminValue(`0.NA/${prefix}`, 200, everything),
        // ADD_VALUE and MODIFY_VALUE, not READ_VALUE.
        adminValue(`${prefix}/WRITER`, 300, '000001010000', 101),
        { index: 1, type: 'URL', data: { format: 'string', value: 'https://example.org/half' } },
        { index: 2, type: 'SECRET', data: { format: 'string', value: 'hidden' }, permissions: '1100' },
      ],
    },
  ],
}

/** A Handle server with a client for whoever is wanted. */
export class TestServer {
  readonly #clients: HandleClient[] = []
  #server: HandleServer | undefined
  #handles = 0

  static async start(options: HandleServerOptions = {}): Promise<TestServer> {
    const test = new TestServer()
    await test.#start(options)
    return test
  }

  /** One that all tests of a file share: it is there from the first `beforeAll` on. */
  static ofFile(options: HandleServerOptions = {}): TestServer {
    const test = new TestServer()
    beforeAll(() => test.#start(options))
    afterAll(() => test.stop())
    return test
  }

  async #start(options: HandleServerOptions): Promise<void> {
    this.#server = await startHandleServer({ seed, ...options })
  }

  get server(): HandleServer {
    if (!this.#server) throw new Error('The server is started before the tests, not before the file.')
    return this.#server
  }

  /** A name that no other test has. */
  newHandle(): string {
    this.#handles += 1
    return `${prefix}/TEST-${this.#handles}`
  }

  client(
    who: { username: string; password: string } | undefined = admin,
    options: HandleClientOptions = {},
  ): HandleClient {
    const client = new HandleClient({
      server: this.server.httpsUrl,
      trust: { ca: this.server.certificate },
      ...(who && { credentials: basicAuth(who) }),
      ...options,
    })
    this.#clients.push(client)
    return client
  }

  anonymous(options: HandleClientOptions = {}): HandleClient {
    const client = new HandleClient({
      server: this.server.httpsUrl,
      trust: { ca: this.server.certificate },
      ...options,
    })
    this.#clients.push(client)
    return client
  }

  /** How many requests some work sends. */
  async requestsOf(work: () => Promise<unknown>): Promise<number> {
    const before = this.server.counters.requests
    await work()
    return this.server.counters.requests - before
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
    await this.server.close()
  }
}
