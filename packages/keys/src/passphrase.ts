import { readSecret, type Secret } from '@handlekit/core/strategy'
import { keyError, type Origin } from './origin.ts'

/** @throws KeyError `PASSPHRASE_REQUIRED`; InvalidArgumentError `EMPTY_SECRET` when the function gives none. */
export async function requirePassphrase(passphrase: Secret | undefined, origin: Origin): Promise<string> {
  if (passphrase === undefined) {
    throw keyError(origin, 'PASSPHRASE_REQUIRED', 'is encrypted. Pass the passphrase as `passphrase`.')
  }
  return await readSecret('passphrase', passphrase)
}
