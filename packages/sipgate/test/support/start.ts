import { onTestFinished } from 'vitest'
import { localhost } from '../../../core/test/support/tls.ts'
import { SipgateClient, type SipgateClientOptions, sipgateToken } from '../../src/index.ts'
import { type FakeSipgate, type FakeSipgateOptions, startFakeSipgate } from '../../src/testing/index.ts'

/** A fake over TLS, that lives as long as the test. */
export async function startFake(options: FakeSipgateOptions = {}): Promise<FakeSipgate> {
  const fake = await startFakeSipgate({ tls: localhost, ...options })
  onTestFinished(() => fake.close())
  return fake
}

/** A client of it, with a token for everything. */
export function clientOf(fake: FakeSipgate, options: Partial<SipgateClientOptions> = {}): SipgateClient {
  const client = new SipgateClient({
    baseUrl: fake.url,
    trust: { ca: localhost.cert },
    credentials: sipgateToken(fake.token),
    ...options,
  })
  onTestFinished(() => client.close())
  return client
}

export async function start(
  fakeOptions: FakeSipgateOptions = {},
  clientOptions: Partial<SipgateClientOptions> = {},
): Promise<{ fake: FakeSipgate; client: SipgateClient }> {
  const fake = await startFake(fakeOptions)
  return { fake, client: clientOf(fake, clientOptions) }
}

/** The last request that a fake got, in as far as a call makes it. */
export function last(fake: FakeSipgate): { request: string; query: [string, string][]; body: unknown } {
  const seen = fake.requests.at(-1)
  if (!seen) throw new Error('There was no request.')
  return { request: `${seen.method} ${seen.path}`, query: [...seen.query], body: seen.body }
}
