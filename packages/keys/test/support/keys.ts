import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'

export const passphrase = 'correct-horse'

export const pathOf = (fixture: string): string => new URL(`../fixtures/${fixture}`, import.meta.url).pathname
export const bytesOf = (fixture: string): Buffer => readFileSync(pathOf(fixture))
export const textOf = (fixture: string): string => readFileSync(pathOf(fixture), 'utf8')

export const rsaKey: KeyObject = createPrivateKey(textOf('user.pem'))
export const dsaKey: KeyObject = createPrivateKey(textOf('dsa.pem'))
export const strangerKey: KeyObject = createPrivateKey(textOf('stranger.pem'))
export const certificate: X509Certificate = new X509Certificate(textOf('user.crt.pem'))

/** A day on which the certificates of the fixtures are valid. */
export const validDay = new Date('2030-01-01')

/** A directory that is gone after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'handlekit-keys-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The error that a promise ends with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('It did not fail'),
    (error: unknown) => error,
  )
}

/** Calls a function as a program without types would. */
export async function callUntyped(target: (options: never) => unknown, options: unknown): Promise<unknown> {
  const result: unknown = Reflect.apply(target, undefined, [options])
  return result
}
