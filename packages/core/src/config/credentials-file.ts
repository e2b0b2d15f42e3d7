import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConfigContext, Strategy } from '../credentials.ts'
import { InvalidArgumentError } from '../errors.ts'
import type { HandleClientOptions } from '../handle/client.ts'
import { checkOptions } from '../options.ts'
import { checkStrategies, makeCredentials } from './credentials-entry.ts'
import { readFlat } from './flat.ts'
import type { FileSearch } from './flat-search.ts'
import { parseJsonFile } from './json.ts'
import { readProfile } from './profiles.ts'
import { warnOnce } from './warn.ts'

/** What {@link loadCredentialsFile} takes. */
export interface CredentialsFileOptions {
  /** The strategies that the file may use. Nothing is imported by a name found in a file. */
  readonly strategies: readonly Strategy[]
  /** Of a file with several profiles. Default: the file's own default, or its only one. */
  readonly profile?: string | undefined
}

/** What a credentials file says. */
export interface CredentialsFile {
  /** For the constructor of {@link HandleClient}: server, credentials, and what else the file says for it. */
  readonly client: HandleClientOptions
  /** What else B2HANDLE and PYHANDLE keep in such files, by their names: `prefix`, `reverselookup_baseuri`, … No secret. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Names in the file that mean nothing to this version. */
  readonly unknown: readonly string[]
}

/**
 * Reads a credentials file: one of B2HANDLE or PYHANDLE as it stands, or one with `profiles`. Relative paths in it start
 * where the file is. Credentials go to the server that the file names, and to no other.
 *
 * @throws InvalidArgumentError `INVALID_FILE`, or the code of what a strategy refuses (`UNKNOWN_OPTION`, `EMPTY_SECRET`, …),
 *   with the place in the file; `STRATEGY_MISSING` with what to install. Other errors of a strategy are passed on.
 */
export async function loadCredentialsFile(
  file: string | URL,
  options: CredentialsFileOptions,
): Promise<CredentialsFile> {
  const { searchPlace: _, ...read } = await readCredentialsFile(file, options)
  return read
}

/** The same, and where the file says that handles are searched for: also where it does not say as whom. */
export async function readCredentialsFile(
  file: string | URL,
  options: CredentialsFileOptions,
): Promise<CredentialsFile & { readonly searchPlace: HandleClientOptions['search'] }> {
  checkOptions('loadCredentialsFile', options, ['strategies', 'profile'])
  checkStrategies(options.strategies)
  const path = resolve(file instanceof URL ? fileURLToPath(file) : file)
  const resolvePath = (name: string): string => resolve(dirname(path), name)
  const json = parseJsonFile(path, await read(path))
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InvalidArgumentError('INVALID_FILE', `${path} has to be one JSON object.`)
  }
  const { client, credentials, search, settings, unknown } =
    'profiles' in json
      ? await readProfile(path, json, options.profile, resolvePath)
      : await readFlat(path, { ...json }, resolvePath)
  const made = credentials && (await makeCredentials(credentials, options.strategies, { resolvePath }))
  const found = search && (await searchFrom(search, options.strategies, { resolvePath }))
  return {
    client: { ...client, ...(made && { credentials: made }), ...(found && { search: found }) },
    settings,
    unknown,
    searchPlace: search?.options,
  }
}

async function searchFrom(
  { options, credentials, isOptional, isComplete }: FileSearch,
  strategies: readonly Strategy[],
  context: ConfigContext,
): Promise<HandleClientOptions['search']> {
  if (!isComplete) return undefined
  if (!credentials) return options
  if (isOptional && !strategies.some(({ type }) => type === credentials.content['type'])) return undefined
  return { ...options, credentials: await makeCredentials(credentials, strategies, context) }
}

async function read(path: string): Promise<string> {
  try {
    const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
    await warnIfOpen(path)
    return text
  } catch (cause) {
    throw new InvalidArgumentError('INVALID_FILE', `The credentials file ${path} cannot be read.`, { cause })
  }
}

async function warnIfOpen(path: string): Promise<void> {
  const { mode } = await stat(path)
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  warnOnce(
    'HANDLEKIT_OPEN_FILE',
    `Others on this machine may read ${path}. chmod 600 keeps them out.`,
    'SecurityWarning',
  )
}
