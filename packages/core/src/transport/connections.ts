import type { Agent } from 'undici'
import type { TlsIdentity } from '../credentials.ts'
import { type ConnectionOptions, connectionPool, SingleConnection } from './tls.ts'
import { trustAtOthers } from './trust.ts'

/** The connections of one client: those to its server, with its identity, and those to others, without. */
export class Connections {
  readonly #options: ConnectionOptions
  readonly #askIdentity: () => Promise<TlsIdentity | undefined>
  #identity: TlsIdentity | undefined
  #own: Agent | undefined
  #opening: Promise<Agent> | undefined
  #strangers: Agent | undefined

  constructor(options: Omit<ConnectionOptions, 'pending'>, askIdentity: () => Promise<TlsIdentity | undefined>) {
    this.#options = { ...options, pending: new Set() }
    this.#askIdentity = askIdentity
  }

  /** To the client's own server; undefined until {@link open} was waited for. */
  get own(): Agent | undefined {
    return this.#own
  }

  /** Asks for the identity, which may take a while. */
  async open(): Promise<Agent> {
    this.#opening ??= this.#open()
    try {
      return await this.#opening
    } finally {
      // A passphrase that could not be read may be readable later.
      this.#opening = undefined
    }
  }

  async #open(): Promise<Agent> {
    this.#identity = await this.#askIdentity()
    this.#own = connectionPool(this.#options, this.#identity)
    return this.#own
  }

  /** To other servers, that a redirect led to. */
  get strangers(): Agent {
    this.#strangers ??= connectionPool(
      { ...this.#options, trust: trustAtOthers(this.#options.trust), allowUntrustedServer: false },
      undefined,
    )
    return this.#strangers
  }

  /** One that nothing else uses. */
  single(origin: string, identity: TlsIdentity | undefined = this.#identity): SingleConnection {
    return new SingleConnection(origin, this.#options, identity)
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#own?.destroy(), this.#strangers?.destroy()])
    for (const connection of this.#options.pending) connection.destroy(new Error('The client was closed.'))
  }
}
