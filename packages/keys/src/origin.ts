import { KeyError, type KeyErrorCode } from './key-error.ts'

/** Where a key or a certificate came from, for errors. */
export interface Origin {
  /** Begins a message: "The file '/home/me/user.pem'", "The option 'pem'". */
  readonly name: string
  readonly path?: string | undefined
}

/** An error about what came from `origin`: `text` continues the sentence that its name begins. */
export function keyError(origin: Origin, code: KeyErrorCode, text: string, cause?: unknown): KeyError {
  return new KeyError(code, `${origin.name} ${text}`, { path: origin.path, cause })
}
