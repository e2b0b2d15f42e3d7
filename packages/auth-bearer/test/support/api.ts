import { json, startServer, type TestServer } from '../../../core/test/support/server.ts'
import type { TestProvider } from './provider.ts'

/** The token that a request carries. */
export const tokenOf = (headers: { authorization?: string | undefined }): string | undefined =>
  headers.authorization?.replace(/^Bearer /, '')

/** An API over TLS that takes the provider's tokens. */
export function startApi(provider: TestProvider): Promise<TestServer> {
  return startServer(async ({ headers }, response) => {
    if (await provider.accepts(tokenOf(headers))) json(response, 200, { ok: true })
    else json(response, 401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' })
  })
}
