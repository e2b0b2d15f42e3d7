import { isIPv6, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Agent, buildConnector, Client, type Dispatcher, Pool } from 'undici'
import type { ConnectionInfo, TlsIdentity } from '../credentials.ts'
import { openTunnel, type Proxy } from './proxy.ts'
import { isLoopback } from './server-url.ts'
import { checkKey, pinnedKey, type Trust, trusting } from './trust.ts'

/** What is on its way to become a connection. */
export interface Pending {
  destroy(reason: Error): unknown
}

/** How the connections of one client are made. */
export interface ConnectionOptions {
  readonly trust: Trust | undefined
  readonly allowUntrustedServer: boolean
  /** At most this many at a time. */
  readonly connections: number
  /** Those that are being made: undici by itself would wait for them, up to ten seconds. */
  readonly pending: Set<Pending>
  readonly proxy: Proxy | undefined
}

/** The pool of a client, with its identity: a TLS identity belongs to a connection, never to a request. */
export function connectionPool(options: ConnectionOptions, identity: TlsIdentity | undefined): Agent {
  const settings = { ...common, connections: options.connections, connect: connector(options, identity) }
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
    const connect = connector(options, identity, (socket) => {
      this.#socket = socket
      this.#finished = socket.getFinished()
    })
    this.dispatcher = new Client(origin, { ...common, connect })
  }

  get info(): ConnectionInfo {
    const finished = this.#socket?.getFinished()
    return {
      tls: this.#socket?.getProtocol() ?? undefined,
      renegotiated: finished !== undefined && this.#finished?.equals(finished) === false,
    }
  }
}

const common: Client.Options = {
  // HTTP/1.1: Handle servers speak nothing else, and a certificate that is asked for later cannot be had in HTTP/2.
  allowH2: false,
  // The deadline of a call does this, to the millisecond.
  headersTimeout: 0,
  bodyTimeout: 0,
}

/** Makes connections to a server that is trusted. Nothing is sent to another. */
function connector(
  options: ConnectionOptions,
  identity: TlsIdentity | undefined,
  onOpen?: (socket: TLSSocket) => void,
): buildConnector.connector {
  const pinned = options.trust && pinnedKey(options.trust)
  const connect = buildConnector({
    allowH2: false,
    // A resumed TLS session presents no certificate, and shows none.
    maxCachedSessions: identity || pinned ? 0 : 100,
    // A pinned key stands in for authorities and names.
    rejectUnauthorized: !options.allowUntrustedServer && !pinned,
    ...trusting(options.trust),
    ...(identity && presenting(identity)),
  })
  const { proxy, pending } = options
  const secure: buildConnector.connector = (target, done) => {
    const settle: buildConnector.Callback = (...result) => {
      if (socket instanceof Socket) pending.delete(socket)
      const [, secured] = result
      if (!(secured instanceof TLSSocket)) return done(...result)
      try {
        if (pinned) checkKey(secured, pinned)
      } catch (error) {
        secured.destroy()
        return done(error instanceof Error ? error : new Error('The key of the server could not be read.'), null)
      }
      onOpen?.(secured)
      done(...result)
    }
    // A signal would do, but Node.js never lets go of the sockets that were made with one.
    const socket: unknown = Reflect.apply(connect, undefined, [target, settle])
    if (socket instanceof Socket) pending.add(socket)
  }
  return proxy ? throughProxy(proxy, pending, secure) : secure
}

/** Makes connections through a proxy; those that are to be secure are so from end to end. */
function throughProxy(proxy: Proxy, pending: Set<Pending>, secure: buildConnector.connector): buildConnector.connector {
  return (target, done) => {
    const { hostname, port } = target
    // To a proxy, this machine is another; http to it would go there in clear.
    if (isLoopback(hostname)) return secure(target, done)
    const isSecure = target.protocol === 'https:'
    const host = isIPv6(hostname) ? `[${hostname}]` : hostname
    const address = `${host}:${port || (isSecure ? 443 : 80)}`
    openTunnel(proxy, address, pending, (error, socket) => {
      if (!socket) done(error ?? new Error('The proxy gave no connection.'), null)
      else if (isSecure) secure({ ...target, httpSocket: socket }, done)
      else done(null, socket)
    })
  }
}

type Pem = string | Buffer

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
