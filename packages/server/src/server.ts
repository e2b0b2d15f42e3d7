import { createPublicKey, type KeyObject } from 'node:crypto'
import { ClientCertificates } from './auth/client-certificates.ts'
import { Renegotiations, seededShare } from './auth/renegotiate.ts'
import { Sessions } from './auth/sessions.ts'
import { listenHttp, listenHttps, type Listener, type ListenOptions } from './http/listener.ts'
import { settingsFrom, type HandleServerOptions } from './options.ts'
import { encodePublicKey, publicKeyToJson, type PublicKey, type PublicKeyJson } from './record/public-key.ts'
import { siteToJson, type Site, type SiteInterface, type SiteJson } from './record/site.ts'
import { recordAccess, type RecordAccess } from './record-access.ts'
import { emptySeed, loadSeed, readSeed } from './seed.ts'
import type { HandleService } from './service.ts'
import { memoryStore } from './store/memory.ts'
import { Records } from './store/records.ts'
import type { RecordStore } from './store/store.ts'
import { generateServerIdentity, readPrivateKey, type ServerIdentity } from './tls/certificate.ts'

/** A running server. */
export interface HandleServer {
  /** `https://localhost:PORT`; empty if `httpsPort` is false. */
  readonly httpsUrl: string
  /** `http://localhost:PORT`; empty if `httpPort` is false. */
  readonly httpUrl: string
  /** The self-signed certificate of the HTTPS port (PEM): what a client has to trust as its `ca`. */
  readonly certificate: string
  /** The public key of the server, as a JWK: that of the certificate, and of server signatures. */
  readonly siteKey: PublicKeyJson
  /** What `/api/site` tells. */
  readonly site: SiteJson
  readonly records: RecordAccess
  /** What has happened since the start. */
  readonly counters: HandleServerCounters
  /** Ends every connection, frees the ports, and closes the data file. Calling it again does nothing more. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface HandleServerCounters {
  /** Requests that arrived, over HTTP and HTTPS. */
  readonly requests: number
  /** TLS renegotiations that the server asked for. */
  readonly renegotiations: number
  /** Sessions over HTTP that were opened, by clients and for challenges. */
  readonly sessions: number
}

/**
 * Starts a server of the HTTP JSON API of a HANDLE.NET server 9.2.0 (Technical Manual 14). Rejects if a port is taken,
 * and if the seed or the data file cannot be read.
 */
export async function startHandleServer(options: HandleServerOptions = {}): Promise<HandleServer> {
  const settings = settingsFrom(options)
  const seed = readSeed(options.seed ?? emptySeed)
  const store = await openStore(options.data)
  const listeners: Listener[] = []
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= Promise.all(listeners.map((listener) => listener.close())).then(() => store.close())
    return closed
  }
  try {
    const records = new Records(store, options.caseSensitive ?? seed.caseSensitive)
    if (store.isEmpty()) store.atomically(() => loadSeed(seed, records))
    const identity = options.tls ?? (await storedIdentity(store))
    const signingKey = readPrivateKey(identity)
    const siteKey = publicKeyOf(signingKey)

    let interfaces: readonly SiteInterface[] = []
    const hangs = settings.hangRenegotiations ? seededShare(settings.hangRenegotiations) : () => false
    const renegotiations = new Renegotiations(hangs)
    const service: HandleService = {
      settings,
      records,
      sessions: new Sessions(settings.now, settings.sessionTimeout),
      certificates: new ClientCertificates(records, renegotiations),
      signingKey,
      site: () => siteOf(siteKey, interfaces),
    }

    let requests = 0
    const host = options.host ?? '127.0.0.1'
    const on = (port: number): ListenOptions => ({ host, port, onRequest: () => void (requests += 1) })
    const open = async (port: number | false, listen: (port: number) => Promise<Listener>): Promise<number | false> => {
      if (port === false) return false
      const listener = await listen(port)
      listeners.push(listener)
      return listener.port
    }
    const { sessionTickets = true } = options
    const httpsPort = await open(options.httpsPort ?? 0, (port) =>
      listenHttps(service, { ...on(port), identity, sessionTickets }),
    )
    const httpPort = await open(options.httpPort ?? 0, (port) => listenHttp(service, on(port)))
    interfaces = [...interfaceOf('HTTP', httpPort), ...interfaceOf('HTTPS', httpsPort)]

    return {
      httpsUrl: urlOf('https', httpsPort),
      httpUrl: urlOf('http', httpPort),
      certificate: identity.certificate,
      siteKey: publicKeyToJson(siteKey),
      site: siteToJson(service.site()),
      records: recordAccess(records),
      get counters() {
        return { requests, renegotiations: renegotiations.begun, sessions: service.sessions.opened }
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openStore(data: string | undefined): Promise<RecordStore> {
  if (data === undefined) return memoryStore()
  // Loaded when needed: on Node.js 22 its SQLite warns that it is experimental.
  const { sqliteStore } = await import('./store/sqlite.ts')
  return sqliteStore(data)
}

/** A data file keeps the key, so that clients that trust the certificate still do after a restart. */
async function storedIdentity(store: RecordStore): Promise<ServerIdentity> {
  const [key, certificate] = [store.note('serverKey'), store.note('serverCertificate')]
  if (key !== undefined && certificate !== undefined) return { key, certificate }
  const identity = await generateServerIdentity()
  store.setNote('serverKey', identity.key)
  store.setNote('serverCertificate', identity.certificate)
  return identity
}

function publicKeyOf(privateKey: KeyObject): PublicKey {
  const { kty, n = '', e = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  if (kty !== 'RSA') throw new TypeError('The key of the server has to be an RSA key')
  return { kty: 'RSA', n: Buffer.from(n, 'base64url'), e: Buffer.from(e, 'base64url') }
}

function siteOf(key: PublicKey, interfaces: readonly SiteInterface[]): Site {
  return {
    version: 1,
    protocolVersion: '2.11',
    serialNumber: 1,
    primarySite: true,
    multiPrimary: false,
    hashOption: 2,
    hashFilter: '',
    attributes: [{ name: 'desc', value: 'Embedded Handle server for development and tests' }],
    servers: [{ serverId: 1, address: '127.0.0.1', publicKey: encodePublicKey(key), interfaces }],
  }
}

function interfaceOf(protocol: string, port: number | false): SiteInterface[] {
  return port === false ? [] : [{ query: true, admin: true, protocol, port }]
}

function urlOf(scheme: string, port: number | false): string {
  return port === false ? '' : `${scheme}://localhost:${port}`
}
