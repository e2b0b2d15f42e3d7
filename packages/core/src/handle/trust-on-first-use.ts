import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { HandleProtocolError, InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../strategy.ts'
import { openTransport } from '../transport/open.ts'
import type { Trust } from '../transport/trust.ts'
import { readJson } from './answer.ts'
import { HandleApi } from './api.ts'

/** What {@link trustOnFirstUse} takes. */
export interface TrustOnFirstUseOptions {
  /** Address of the Handle server. */
  readonly server: string
  /** Where the keys are kept, by server. Made when missing. */
  readonly file: string | URL
  /** Milliseconds. Default: 30 000. */
  readonly timeout?: number | undefined
}

type Jwk = Readonly<Record<string, unknown>>

const jwk: z.ZodType<Jwk> = z.looseObject({ kty: z.string() })
const knownKeys: z.ZodType<Readonly<Record<string, Jwk>>> = z.record(z.string(), jwk)
const siteAnswer: z.ZodType<SiteAnswer> = z.looseObject({
  site: z.looseObject({
    servers: z.array(z.looseObject({ publicKey: z.looseObject({ format: z.string(), value: z.unknown() }) })),
  }),
})

interface SiteAnswer {
  readonly site: {
    readonly servers: readonly { readonly publicKey: { readonly format: string; readonly value?: unknown } }[]
  }
}

/**
 * Trust in a Handle server by the key of its site: asked of the server the first time, and kept in a file. From then on
 * a server with another key is refused, with both fingerprints in the error. As with SSH, the first time is the one to
 * be sure of: compare the fingerprint with whoever runs the server.
 *
 * @example
 * new HandleClient({ server, trust: await trustOnFirstUse({ server, file: 'known-servers.json' }), credentials })
 *
 * @throws InvalidArgumentError for options, or a file, that cannot be used
 * @throws TransportError `SERVER_NOT_TRUSTED` when the certificate of the server has another key than its site tells
 */
export async function trustOnFirstUse(options: TrustOnFirstUseOptions): Promise<Trust> {
  checkOptions('trustOnFirstUse', options, ['server', 'file', 'timeout'])
  const { server, timeout } = options
  const file = pathOf(options.file)
  const open = (trust: Trust | undefined): HandleApi => {
    const how = trust ? { trust, timeout } : { allowUntrustedServer: true, timeout }
    const { transport, basePath } = openTransport('trustOnFirstUse', 'server', server, 'handle', how, {})
    return new HandleApi(transport, basePath)
  }
  const known = await readKnownKeys(file)
  const name = open({}).transport.origin
  const stored = known[name]
  if (stored) return { siteKey: stored }
  for (const siteKey of await siteKeys(open(undefined))) {
    // The certificate has to have it, too: what anybody could say is no key.
    await siteKeys(open({ siteKey }))
    await writeKnownKeys(file, { ...known, [name]: siteKey })
    return { siteKey }
  }
  throw new HandleProtocolError('WRONG_SHAPE', `${name}: the site information has no key.`, { status: 200 })
}

function pathOf(file: unknown): string {
  const path = file instanceof URL && file.protocol === 'file:' ? fileURLToPath(file) : file
  if (typeof path === 'string' && path !== '') return resolve(path)
  throw new InvalidArgumentError('INVALID_OPTION', 'trustOnFirstUse: file is the path or the file URL of a file.')
}

async function siteKeys(api: HandleApi): Promise<Jwk[]> {
  try {
    const path = api.otherPath('site')
    const answer = await api.send({ method: 'GET', path }, {})
    const { site } = readJson(answer, siteAnswer, api.asked('GET', path, undefined))
    return site.servers.flatMap(({ publicKey }): Jwk[] => {
      const key = jwk.safeParse(publicKey.value)
      return key.success ? [key.data] : []
    })
  } finally {
    await api.transport.close()
  }
}

async function readKnownKeys(file: string): Promise<Readonly<Record<string, Jwk>>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
  try {
    return knownKeys.parse(JSON.parse(text))
  } catch {
    throw new InvalidArgumentError('INVALID_OPTION', `trustOnFirstUse: ${file} is not a file of known servers.`)
  }
}

async function writeKnownKeys(file: string, keys: Readonly<Record<string, Jwk>>): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  await writeFile(temporary, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  await rename(temporary, file)
}
