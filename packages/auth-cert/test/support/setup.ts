import { type Credentials, HandleClient, type HandleClientOptions } from '@handlekit/core'
import { type HandleServer, type HandleServerOptions, startHandleServer } from '@handlekit/server'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import { localhost } from '../../../core/test/support/tls.ts'

const fixtures = new URL('../../../server/test/fixtures/', import.meta.url)

/** A file of a test key; see the README beside them. */
export const keyFile = (name: string): URL => new URL(`keys/${name}`, fixtures)
export const passphrase = 'correct-horse'
export const user = '300:21.T12345/USER01'

/** Where the certificate and the key of an identity are. */
export function filesOf(name: string): { certificate: { pemFile: URL }; privateKey: { pemFile: URL } } {
  return { certificate: { pemFile: keyFile(`${name}.crt.pem`) }, privateKey: { pemFile: keyFile(`${name}.pem`) } }
}

/** A Handle server with the recorded seed, for one test. */
export async function startServer(options: HandleServerOptions = {}): Promise<HandleServer> {
  const server = await startHandleServer({ seed: new URL('seed.json', fixtures), ...options })
  onTestFinished(() => server.close())
  return server
}

/** A client of it, for one test. */
export function clientOf(
  server: HandleServer,
  credentials: Credentials,
  options: HandleClientOptions = {},
): HandleClient {
  const client = new HandleClient({
    server: server.httpsUrl,
    trust: { ca: server.certificate },
    credentials,
    ...options,
  })
  onTestFinished(() => client.close())
  return client
}

/** A reverse proxy that ends TLS in front of a server. Gives its address; its certificate is {@link localhost}. */
export async function startProxy(target: string, options: TlsOptions = {}): Promise<string> {
  const { port } = new URL(target)
  const server = createTlsServer({ ...localhost, ...options }, (socket) => {
    const upstream = connect(Number(port), '127.0.0.1')
    socket.pipe(upstream).pipe(socket)
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return `https://localhost:${typeof address === 'object' ? address?.port : ''}`
}
