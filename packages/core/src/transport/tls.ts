import { TLSSocket } from 'node:tls'
import { Agent, buildConnector, Client, type Dispatcher } from 'undici'
import type { ConnectionInfo, TlsIdentity } from '../credentials.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../strategy.ts'

/** Whom a client trusts. The system's certificate authorities where nothing is said. */
export interface Trust {
  /** Certificates in PEM: of authorities, or of the server itself. They take the place of the system's. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
}

/** How the connections of one client are made. */
export interface ConnectionOptions {
  readonly trust: Trust | undefined
  readonly allowUntrustedServer: boolean
  /** At most this many at a time. */
  readonly connections: number
  /** Ends them. undici by itself waits for those that are being made, up to ten seconds. */
  readonly closed: AbortSignal
}

/** @throws InvalidArgumentError */
export function checkTrust(where: string, trust: Trust | undefined): void {
  if (trust === undefined) return
  checkOptions(`${where}: trust`, trust, ['ca'])
  for (const ca of [trust.ca].flat()) {
    const text = ca instanceof Uint8Array ? Buffer.from(ca).toString('latin1') : ca
    if (text !== undefined && !text.includes('-----BEGIN')) {
      throw new InvalidArgumentError(
        'INVALID_OPTION',
        `${where}: trust.ca takes certificates in PEM ("-----BEGIN CERTIFICATE-----"), not a file's name or DER.`,
      )
    }
  }
}

/** The pool of a client, with its identity: a TLS identity belongs to a connection, never to a request. */
export function connectionPool(options: ConnectionOptions, identity: TlsIdentity | undefined): Agent {
  return new Agent({ connections: options.connections, ...common(options, identity) })
}

/** A connection that nothing else uses, and that tells how it was made. */
export class SingleConnection {
  readonly dispatcher: Dispatcher
  #socket: TLSSocket | undefined
  /** What the first handshake ended with; another one ends with something else. */
  #finished: Buffer | undefined

  constructor(origin: string, options: ConnectionOptions, identity: TlsIdentity | undefined) {
    const { connect, ...rest } = common(options, identity)
    const connector = buildConnector(typeof connect === 'object' ? connect : {})
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
      ...(options.trust?.ca !== undefined && { ca: pemList(options.trust.ca) }),
      ...(identity && presenting(identity)),
    },
  }
}

type Pem = string | Buffer

function pemList(ca: NonNullable<Trust['ca']>): Pem[] {
  const list: readonly (string | Uint8Array)[] = typeof ca === 'string' || ca instanceof Uint8Array ? [ca] : ca
  return list.map(pem)
}

function pem(text: string | Uint8Array): Pem {
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
