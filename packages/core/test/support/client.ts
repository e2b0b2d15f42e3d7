import { onTestFinished } from 'vitest'
import { HandleClient, type HandleClientOptions, HttpClient, type HttpClientOptions } from '../../src/index.ts'
import { localhost } from './tls.ts'

/** A client that trusts the test servers, and is closed with the test. */
export function httpClient(server: { origin: string }, options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = new HttpClient({ baseUrl: server.origin, trust: { ca: localhost.cert }, ...options })
  onTestFinished(() => client.close())
  return client
}

/** The same for a Handle server. */
export function handleClient(server: { origin: string }, options: HandleClientOptions = {}): HandleClient {
  const client = new HandleClient({ server: server.origin, trust: { ca: localhost.cert }, ...options })
  onTestFinished(() => client.close())
  return client
}
