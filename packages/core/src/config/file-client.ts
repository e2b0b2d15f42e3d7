import { InvalidArgumentError } from '../errors.ts'
import type { HandleClientOptions } from '../handle/client.ts'
import { type CredentialsFileOptions, readCredentialsFile } from './credentials-file.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { warnOnce } from './warn.ts'

/** What {@link HandleClient.fromFile} takes: what reads the file, and what wins over it. */
export interface FileClientOptions
  extends CredentialsFileOptions, Omit<HandleClientOptions, 'server' | 'credentials'> {}

/** The options of a client that a file describes. @throws InvalidArgumentError */
export async function readOptions(file: string | URL, options: FileClientOptions): Promise<HandleClientOptions> {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError('INVALID_OPTION', 'fromFile takes options: { strategies: [basic] }.')
  }
  const { strategies: _, profile, ...given } = withoutUndefined(options)
  for (const name of ['server', 'credentials']) {
    if (!Object.hasOwn(given, name)) continue
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `fromFile: ${name} is what the file says: its credentials are for its server. For another one, write another file ` +
        'or profile, or say so: new HandleClient({ ...(await loadCredentialsFile(file, { strategies })).client, server }).',
    )
  }
  const { client, unknown, searchPlace } = await readCredentialsFile(file, { strategies: options.strategies, profile })
  if (unknown.length > 0) {
    warnOnce('HANDLEKIT_UNKNOWN_SETTING', `${String(file)}: unknown settings are ignored: ${unknown.join(', ')}.`)
  }
  if (client.credentials && client.server === undefined) {
    throw new InvalidArgumentError(
      'INVALID_FILE',
      `${String(file)}: there are credentials and no "handle_server_url" (or "baseuri"): the server that they are for.`,
    )
  }
  if (!given.search) return { ...client, ...given }
  // What the file says of its search server goes to no other; what is given for a search goes to the file's.
  const known = given.search.server === undefined ? { ...searchPlace, ...client.search } : {}
  return { ...client, ...given, search: { ...known, ...withoutUndefined(given.search) } }
}
