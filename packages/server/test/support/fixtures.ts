import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const fixture = (name: string): URL => new URL(`../fixtures/${name}`, import.meta.url)

/** The records that the recordings were made with. */
export const seedFile: string = fileURLToPath(fixture('seed.json'))

/** A private key or certificate (PEM) of `fixtures/keys`. */
export const pem = (name: string): string => readFileSync(fixture(`keys/${name}`), 'utf8')

/** The identities of the seed, as `user` and `password` of Basic. */
export const prefixAdmin = ['301:0.NA/21.T12345', 'mypassword123'] as const
export const reader = ['301:21.T12345/READER', 'reader'] as const
export const nobody = ['301:21.T12345/NOPERM', 'nopass'] as const

/** An HS_ADMIN value at index 100; by default the administrators of the prefix may do everything. */
export function adminValue(
  permissions = '111111111111',
  handle = '0.NA/21.T12345',
  index = 200,
): { index: number; type: string; data: object } {
  return { index: 100, type: 'HS_ADMIN', data: { format: 'admin', value: { handle, index, permissions } } }
}

export function urlValue(index: number, value: string): { index: number; type: string; data: string } {
  return { index, type: 'URL', data: value }
}
