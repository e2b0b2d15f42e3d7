import { expect } from 'vitest'

/** What a call is rejected with, or what a function throws. */
export async function rejection(call: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof call === 'function' ? call() : call)
  } catch (error) {
    return error
  }
  throw new Error('It was expected to fail, and did not.')
}

/** The same for calls that run together: none of them fails unseen while another is waited for. */
export function rejections(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
  return Promise.all(calls.map((call) => rejection(call)))
}

/** An error with a code, for `toThrow` and `rejects`. */
export function code(expected: string): Error {
  return expect.objectContaining({ code: expected })
}
