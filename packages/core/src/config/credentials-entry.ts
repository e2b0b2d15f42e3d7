import type { ConfigContext, Credentials, Strategy } from '../credentials.ts'
import { InvalidArgumentError } from '../errors.ts'

/** What a file says of credentials. */
export interface CredentialsEntry {
  /** The file, and the place in it: for errors. */
  readonly where: string
  /** With its `type`. */
  readonly content: Readonly<Record<string, unknown>>
}

/**
 * Has a strategy make the credentials of an entry.
 *
 * @throws InvalidArgumentError `STRATEGY_MISSING`; what the strategy refuses, with its code and the place in the file
 */
export async function makeCredentials(
  { where, content: { type, ...config } }: CredentialsEntry,
  strategies: readonly Strategy[],
  context: ConfigContext,
): Promise<Credentials> {
  const strategy = strategies.find((one) => one.type === type)
  if (!strategy) throw strategyMissing(where, String(type))
  try {
    return await strategy.fromConfig(config, context)
  } catch (cause) {
    if (!InvalidArgumentError.isInstance(cause)) throw cause
    throw new InvalidArgumentError(cause.code, `${where}: ${cause.message}`, { cause })
  }
}

function strategyMissing(where: string, name: string): InvalidArgumentError {
  const ours = /^[a-z]+$/.test(name)
    ? ` Install @handlekit/auth-${name}, add "import { ${name} } from '@handlekit/auth-${name}'", and pass strategies: [${name}].`
    : ''
  return new InvalidArgumentError(
    'STRATEGY_MISSING',
    `${where} needs the strategy '${name}', which was not given.${ours}`,
  )
}
