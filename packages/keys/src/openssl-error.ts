/**
 * The cause that an error of ours may carry: one of OpenSSL's, which name a function and a reason. Node.js's own errors
 * about arguments show what they were given, and that would be a key.
 */
export function opensslCause(error: unknown): Error | undefined {
  return opensslCode(error) === '' || !(error instanceof Error) ? undefined : error
}

/** 'ERR_OSSL_BAD_DECRYPT' and the like; empty for any other error. */
export function opensslCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return ''
  return error.code.startsWith('ERR_OSSL_') ? error.code : ''
}
