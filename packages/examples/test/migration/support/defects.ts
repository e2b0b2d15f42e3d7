import { json, type Seen, startServer, type TestServer } from '../../../../core/test/support/server.ts'

/** A server that gives these values to every read, and takes every write without keeping it. */
export function serverWith(handle: string, values: readonly object[]): Promise<TestServer> {
  return startServer(({ method }, response) =>
    json(response, 200, { responseCode: 1, handle, ...(method === 'GET' && { values }) }),
  )
}

/** What asks a server, for comparisons: 'GET /api/handles/…'. */
export function requestsTo({ seen }: TestServer): string[] {
  return seen.map(({ method, url }) => `${method} ${url}`)
}

/** The JSON that a request brought. */
export function sent(request: Seen | undefined): unknown {
  const body: unknown = JSON.parse(request?.body ?? '')
  return body
}

export function text(index: number, type: string, value: string): object {
  return { index, type, data: { format: 'string', value }, ttl: 86_400 }
}
