import { InvalidArgumentError } from '../errors.ts'
import type { HandleClientOptions } from '../handle/client.ts'
import { type CredentialsFileOptions, loadCredentialsFile } from './credentials-file.ts'
import { warnOnce } from './warn.ts'

/** What {@link HandleClient.fromFile} takes: what reads the file, and what wins over it. */
export interface FileClientOptions
  extends CredentialsFileOptions, Omit<HandleClientOptions, 'server' | 'credentials'> {}

/** The options of a client that a file describes. @throws InvalidArgumentError */
export async function readOptions(file: string | URL, options: FileClientOptions): Promise<HandleClientOptions> {
  const { strategies, profile, ...given } = options
  for (const name of ['server', 'credentials']) {
    if (!Object.hasOwn(given, name)) continue
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `fromFile: ${name} is what the file says: its credentials are for its server. For another one, write another file ` +
        'or profile, or say so: new HandleClient({ ...(await loadCredentialsFile(file, { strategies })).client, server }).',
    )
  }
  const { client, unknown } = await loadCredentialsFile(file, { strategies, profile })
  if (unknown.length > 0) {
    warnOnce('HANDLEKIT_UNKNOWN_SETTING', `${String(file)}: this means nothing here: ${unknown.join(', ')}.`)
  }
  const search = searchOf(client.search, given.search)
  return { ...client, ...defined(given), ...(search && { search }) }
}

/** The file's search user stays with the file's search server. */
function searchOf(
  file: HandleClientOptions['search'],
  given: HandleClientOptions['search'],
): HandleClientOptions['search'] {
  if (!file || !given || given.server !== undefined) return given ?? file
  return { ...file, ...defined(given) }
}

/** Without what is undefined: that wins over nothing. */
function defined<T extends object>(options: T): Partial<T> {
  const copy: Partial<T> = { ...options }
  for (const [name, value] of Object.entries(copy)) if (value === undefined) Reflect.deleteProperty(copy, name)
  return copy
}
