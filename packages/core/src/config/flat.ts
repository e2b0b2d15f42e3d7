import { readFile } from 'node:fs/promises'
import { InvalidArgumentError } from '../errors.ts'
import { checkAdmin } from '../handle/admin.ts'
import type { HandleClientOptions } from '../handle/client.ts'
import { parseReference } from '../handle/name.ts'
import type { Entry } from './entry.ts'
import { readSearch } from './flat-search.ts'

/** What B2HANDLE and PYHANDLE files say that is no option of the client. */
const settings = [
  'prefix',
  'client',
  'reverselookup_baseuri',
  'reverselookup_username',
  'reverselookup_url_extension',
  'allowed_search_keys',
]

const known = [
  ...settings,
  'baseuri',
  'handle_server_url',
  'username',
  'password',
  'private_key',
  'certificate_only',
  'certificate_and_key',
  'passphrase',
  'handleowner',
  'HS_ADMIN_permissions',
  'HTTPS_verify',
  'REST_API_url_extension',
  '10320LOC_chooseby',
  'reverselookup_password',
  // Changing an administrator needs no permission here.
  'modify_HS_ADMIN',
]

/**
 * Reads the flat format of B2HANDLE and PYHANDLE: the names that their files use.
 *
 * @throws InvalidArgumentError `INVALID_FILE`
 */
export async function readFlat(
  file: string,
  json: Readonly<Record<string, unknown>>,
  resolvePath: (path: string) => string,
): Promise<Entry> {
  const text = (name: string): string | undefined => {
    const value = json[name]
    // Their files leave things empty where they are not used.
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    throw new InvalidArgumentError('INVALID_FILE', `${file}: "${name}" has to be text.`)
  }
  const serverName = text('handle_server_url') === undefined ? 'baseuri' : 'handle_server_url'
  const server = text(serverName)
  if (server && /\/api\/handles\/?$/.test(server)) {
    throw new InvalidArgumentError(
      'INVALID_FILE',
      `${file}: "${serverName}" is the address without /api/handles; another path of the API is "REST_API_url_extension".`,
    )
  }
  const apiPath = text('REST_API_url_extension')?.replaceAll(/^\/*|\/+$/g, '')
  const [owner, permissions] = [text('handleowner'), text('HS_ADMIN_permissions')]
  const admin = (owner ?? permissions) === undefined ? undefined : { owner, permissions }
  checkAdmin(`${file}: "handleowner", "HS_ADMIN_permissions"`, admin)
  const chooseBy = text('10320LOC_chooseby')
  const address = server === undefined || server.includes('://') ? server : `https://${server}`
  const content = credentialsOf(file, text)
  const credentials = content && { where: file, content }
  const client: HandleClientOptions = {
    ...(address !== undefined && { server: address }),
    ...(apiPath !== undefined && { apiPath: `/${apiPath}` }),
    ...(admin && { admin }),
    ...(chooseBy !== undefined && { locations: { chooseBy } }),
    ...(await verification(file, json['HTTPS_verify'], resolvePath)),
  }
  return {
    client,
    credentials,
    search: readSearch(file, json, text, address, credentials !== undefined),
    settings: Object.fromEntries(settings.filter((name) => name in json).map((name) => [name, json[name]])),
    unknown: Object.keys(json).filter((name) => !known.includes(name)),
  }
}

/** A certificate wins over a password, as it does there. */
function credentialsOf(
  file: string,
  text: (name: string) => string | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const both = text('certificate_and_key')
  const [certificate, privateKey] = [text('certificate_only'), text('private_key')]
  const [username, password] = [text('username'), text('password')]
  const passphrase = text('passphrase')
  const opening = passphrase === undefined ? {} : { passphrase }
  if (both !== undefined) return { type: 'cert', certificate_and_key: both, ...opening }
  if (certificate !== undefined && privateKey !== undefined) {
    return { type: 'cert', certificate_only: certificate, private_key: privateKey, ...opening }
  }
  if (username !== undefined && password !== undefined) {
    return { type: 'basic', username: checkUsername(file, username), password }
  }
  if (certificate !== undefined) throw lacks(file, 'certificate_only', 'private_key')
  if (privateKey !== undefined) throw lacks(file, 'private_key', 'certificate_only')
  if (username !== undefined) throw lacks(file, 'username', 'password')
  if (password !== undefined) throw lacks(file, 'password', 'username')
  return undefined
}

/** At a Handle server it can be nothing else. */
function checkUsername(file: string, username: string): string {
  try {
    parseReference(username)
    return username
  } catch (cause) {
    throw new InvalidArgumentError(
      'INVALID_FILE',
      `${file}: "username" has to name a value of a handle, such as 300:21.T12345/USER01.`,
      { cause },
    )
  }
}

function lacks(file: string, has: string, wants: string): InvalidArgumentError {
  return new InvalidArgumentError('INVALID_FILE', `${file} has "${has}" and no "${wants}".`)
}

/** True, false, or the path of a file with certificates; both words also as text. */
async function verification(
  file: string,
  verify: unknown,
  resolvePath: (path: string) => string,
): Promise<Pick<HandleClientOptions, 'trust' | 'allowUntrustedServer'>> {
  const said = typeof verify === 'string' ? verify.toLowerCase() : verify
  if (said === undefined || said === true || said === 'true' || said === '') return {}
  if (said === false || said === 'false') return { allowUntrustedServer: true }
  if (typeof verify !== 'string') {
    throw new InvalidArgumentError('INVALID_FILE', `${file}: "HTTPS_verify" is true, false, or the path of a file.`)
  }
  const path = resolvePath(verify)
  try {
    return { trust: { ca: await readFile(path, 'utf8') } }
  } catch (cause) {
    throw new InvalidArgumentError('INVALID_FILE', `${file}: "HTTPS_verify": the file ${path} cannot be read.`, {
      cause,
    })
  }
}
