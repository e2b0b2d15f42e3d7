import type { ConfigContext, Credentials, Strategy } from '../credentials.ts'
import { InvalidArgumentError } from '../errors.ts'
import { inPlace } from '../options.ts'

/** What a file says of credentials. */
export interface CredentialsEntry {
  /** The file, and the place in it: for errors. */
  readonly where: string
  /** With its `type`. */
  readonly content: Readonly<Record<string, unknown>>
}

/** @throws InvalidArgumentError for what is none; mostly a name that was misspelt in its import. */
export function checkStrategies(strategies: unknown): void {
  if (
    Array.isArray(strategies) &&
    strategies.every((one) => typeof Reflect.get(Object(one), 'fromConfig') === 'function')
  ) {
    return
  }
  throw new InvalidArgumentError(
    'INVALID_OPTION',
    "strategies is a list of what a file may use, such as [basic, cert] of '@handlekit/auth-basic' and " +
      "'@handlekit/auth-cert'; it may be empty.",
  )
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
  } catch (error) {
    throw inPlace(where, error)
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
