import { TLSSocket } from 'node:tls'
import { Agent, buildConnector, Client, type Dispatcher, Pool } from 'undici'
import type { ConnectionInfo, TlsIdentity } from '../credentials.ts'
import { type Trust, trusting } from './trust.ts'

/** How the connections of one client are made. */
export interface ConnectionOptions {
  readonly trust: Trust | undefined
  readonly allowUntrustedServer: boolean
  /** At most this many at a time. */
  readonly connections: number
  /** Ends them. undici by itself waits for those that are being made, up to ten seconds. */
  readonly closed: AbortSignal
}

/** The pool of a client, with its identity: a TLS identity belongs to a connection, never to a request. */
export function connectionPool(options: ConnectionOptions, identity: TlsIdentity | undefined): Agent {
  const settings = { connections: options.connections, ...common(options, identity) }
  // An Agent that is told `allowH2` itself looks its pools up in a slower way.
  return new Agent({ factory: (origin) => new Pool(origin, settings) })
}

/** A connection that nothing else uses, and that tells how it was made. */
export class SingleConnection {
  readonly dispatcher: Dispatcher
  #socket: TLSSocket | undefined
  /** What the first handshake ended with; another one ends with something else. */
  #finished: Buffer | undefined

  constructor(origin: string, options: ConnectionOptions, identity: TlsIdentity | undefined) {
    const { connect, ...rest } = common(options, identity)
    const connector = buildConnector({ ...(typeof connect === 'object' && connect), allowH2: false })
    this.dispatcher = new Client(origin, {
      ...rest,
      connect: (target, done) => {
        connector(target, (...result) => {
          const [, socket] = result
          if (socket instanceof TLSSocket) {
            this.#socket = socket
            this.#finished = socket.getFinished()
          }
          done(...result)
        })
      },
    })
  }

  get info(): ConnectionInfo {
    const finished = this.#socket?.getFinished()
    return {
      tls: this.#socket?.getProtocol() ?? undefined,
      renegotiated: finished !== undefined && this.#finished?.equals(finished) === false,
    }
  }
}

function common(options: ConnectionOptions, identity: TlsIdentity | undefined): Client.Options {
  return {
    // HTTP/1.1: Handle servers speak nothing else, and a certificate that is asked for later cannot be had in HTTP/2.
    allowH2: false,
    // A resumed TLS session presents no certificate.
    maxCachedSessions: identity ? 0 : 100,
    // The deadline of a call does this, to the millisecond.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      signal: options.closed,
      rejectUnauthorized: !options.allowUntrustedServer,
      ...trusting(options.trust),
      ...(identity && presenting(identity)),
    },
  }
}

function pem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text)
}

/** Node.js takes bytes as a Buffer only. */
function presenting({ cert, key, pfx, ...rest }: TlsIdentity): object {
  return {
    ...rest,
    ...(cert !== undefined && { cert: pem(cert) }),
    ...(key !== undefined && { key: pem(key) }),
    ...(pfx !== undefined && { pfx: Buffer.from(pfx) }),
  }
}
