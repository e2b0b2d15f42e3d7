import { z } from 'zod'
import { InvalidArgumentError } from '../errors.ts'
import { checkAdmin } from '../handle/admin.ts'
import type { CacheOptions } from '../handle/cache.ts'
import type { CredentialsEntry } from './credentials-entry.ts'
import type { Entry } from './entry.ts'
import type { FileSearch } from './flat-search.ts'
import { readReferences } from './references.ts'

interface FileCredentials {
  readonly type: string
  readonly [name: string]: unknown
}

interface ProfileSearch {
  readonly server?: string | undefined
  readonly path?: string | undefined
  readonly fields?: readonly string[] | undefined
  readonly trust?: Readonly<Record<string, unknown>> | undefined
  readonly credentials?: FileCredentials | undefined
}

interface Profile {
  readonly server: string
  readonly credentials?: FileCredentials | undefined
  readonly search?: ProfileSearch | undefined
  readonly admin?:
    | { readonly owner?: string | undefined; readonly permissions?: string | undefined }
    | false
    | undefined
  readonly locations?: { readonly chooseBy?: string | undefined } | undefined
  readonly trust?: Readonly<Record<string, unknown>> | undefined
  readonly cache?: CacheOptions | boolean | undefined
  readonly timeout?: number | undefined
  readonly retries?: number | undefined
  readonly connections?: number | undefined
  readonly proxy?: string | undefined
  readonly userAgent?: string | undefined
  readonly apiPath?: string | undefined
}

interface ProfilesFile {
  readonly $schema?: string | undefined
  readonly default?: string | undefined
  readonly profiles: Readonly<Record<string, unknown>>
}

const profilesFile: z.ZodType<ProfilesFile> = z.strictObject({
  $schema: z.string().optional(),
  default: z.string().optional(),
  profiles: z.record(z.string(), z.unknown()),
})

const credentialsOfFile = z.looseObject({ type: z.string() })
const trust = z.record(z.string(), z.unknown())

const profile: z.ZodType<Profile> = z.strictObject({
  server: z.string(),
  credentials: credentialsOfFile.optional(),
  search: z
    .strictObject({
      server: z.string().optional(),
      path: z.string().optional(),
      fields: z.array(z.string()).optional(),
      trust: trust.optional(),
      credentials: credentialsOfFile.optional(),
    })
    .optional(),
  admin: z
    .union([z.literal(false), z.strictObject({ owner: z.string().optional(), permissions: z.string().optional() })])
    .optional(),
  locations: z.strictObject({ chooseBy: z.string().optional() }).optional(),
  trust: trust.optional(),
  cache: z
    .union([z.boolean(), z.strictObject({ maxRecords: z.number().optional(), maxAge: z.number().optional() })])
    .optional(),
  timeout: z.number().optional(),
  retries: z.number().optional(),
  connections: z.number().optional(),
  proxy: z.string().optional(),
  userAgent: z.string().optional(),
  apiPath: z.string().optional(),
})

/**
 * Reads a file with profiles.
 *
 * @throws InvalidArgumentError `INVALID_FILE`
 */
export async function readProfile(
  file: string,
  json: unknown,
  wanted: string | undefined,
  resolvePath: (path: string) => string,
): Promise<Entry> {
  const { profiles, default: usual } = check(file, profilesFile, json)
  const names = Object.keys(profiles)
  const name = wanted ?? usual ?? (names.length === 1 ? names[0] : undefined)
  if (name === undefined || !names.includes(name)) {
    const which = name === undefined ? 'several profiles and no default' : `no profile '${name}'`
    throw new InvalidArgumentError('INVALID_FILE', `${file} has ${which}. It has: ${names.join(', ') || 'none'}.`)
  }
  // Only what is asked for: another profile's variables need not be set.
  const where = `${file}: profiles.${name}`
  const read = check(where, profile, await readReferences(profiles[name], where, resolvePath))
  const { credentials, search, ...client } = read
  checkAdmin(`${where}.admin`, client.admin)
  return {
    client,
    credentials: entryOf(`${where}.credentials`, credentials),
    search: search && searchOf(`${where}.search`, search),
    settings: {},
    unknown: [],
  }
}

function searchOf(where: string, { credentials, ...options }: ProfileSearch): FileSearch {
  return { options, credentials: entryOf(`${where}.credentials`, credentials), isOptional: false, isComplete: true }
}

function entryOf(where: string, content: FileCredentials | undefined): CredentialsEntry | undefined {
  return content && { where, content }
}

function check<T>(where: string, schema: z.ZodType<T>, json: unknown): T {
  const checked = schema.safeParse(json)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw new InvalidArgumentError(
    'INVALID_FILE',
    `${where}: ${issue ? `${issue.path.join('.') || 'the top'}: ${issue.message}` : 'not of the format'}.`,
  )
}
