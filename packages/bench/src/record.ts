/** One handle that is asked for, and the text that its record holds as URL. */
export interface Sample {
  readonly handle: string
  readonly url: string
}

/** Several, so that no side can live on a single string. */
export const samples: readonly Sample[] = Array.from({ length: 64 }, (_, number) => {
  const suffix = `0f4b7a1c-58d2-4c1e-9d0a-7c3e5b2f${String(number).padStart(4, '0')}`
  return { handle: `21.T12345/${suffix}`, url: `https://repository.example.org/objects/${suffix}` }
})

export const username = 'bench'
export const password = 'Not a secret: 1 of 1'
export const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

/** Where a handle is read: what a Handle server is asked by someone with credentials. */
export function pathOf(handle: string): string {
  return `/api/handles/${encodeURIComponent(handle)}`
}

/** A record as repositories keep it, in a Handle server's words: 8 values, 1.4 KB. */
export function answerFor({ handle, url }: Sample): Buffer {
  const timestamp = '2026-01-15T09:30:00Z'
  const text = (index: number, type: string, value: string): object => ({
    index,
    type,
    data: { format: 'string', value },
    ttl: 86_400,
    timestamp,
  })
  const values = [
    text(1, 'URL', url),
    text(2, 'CHECKSUM', 'sha-256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'),
    text(3, 'CHECKSUM_TIMESTAMP', '2026-01-15T09:29:58.112Z'),
    text(4, 'EUDAT/FIXED_CONTENT', 'true'),
    text(5, 'EUDAT/ROR', 'https://repository.example.org/handles/21.T12345/0f4b7a1c-58d2-4c1e-9d0a-root'),
    text(6, 'METADATA', '{"title":"Sea surface temperature, Baltic Sea, 2019 to 2025","creator":"Müller, A."}'),
    text(
      7,
      '10320/LOC',
      `<locations><location href="${url}" weight="1"/><location href="https://mirror.example.org/a" weight="0"/></locations>`,
    ),
    {
      index: 100,
      type: 'HS_ADMIN',
      data: { format: 'admin', value: { handle: '0.NA/21.T12345', index: 200, permissions: '011111110011' } },
      ttl: 86_400,
      timestamp,
    },
  ]
  return Buffer.from(JSON.stringify({ responseCode: 1, handle, values }))
}
