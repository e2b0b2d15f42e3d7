import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { HandleProtocolError, InvalidArgumentError, TransportError } from '../errors.ts'
import { checkOptions } from '../options.ts'
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
 * @throws InvalidArgumentError for options, or a file, that cannot be used: `INVALID_OPTION` names the file
 * @throws TransportError `SERVER_NOT_TRUSTED` when the certificate of the server has none of the keys that its site tells
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
  const name = open({}).transport.origin
  const stored = (await readKnownKeys(file))[name]
  if (stored) return { siteKey: stored }
  const keys = await siteKeys(open(undefined))
  // The certificate has to have it, too: what anybody could say is no key.
  const siteKey = await firstTrusted(name, keys, (key) => siteKeys(open({ siteKey: key })))
  return { siteKey: await inTurn(() => keep(file, name, siteKey)) }
}

/** A site may have several servers, each with its own key: gives the one of the server that was reached. */
async function firstTrusted(server: string, keys: readonly Jwk[], reach: (key: Jwk) => Promise<unknown>): Promise<Jwk> {
  let refusal: TransportError | undefined
  for (const key of keys) {
    try {
      await reach(key)
      return key
    } catch (error) {
      if (!TransportError.isInstance(error) || error.code !== 'SERVER_NOT_TRUSTED') throw error
      refusal = error
    }
  }
  throw (
    refusal ?? new HandleProtocolError('WRONG_SHAPE', `${server}: the site information has no key.`, { status: 200 })
  )
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

let changing: Promise<unknown> = Promise.resolve()

/** Lets the changes of this process follow each other, whatever names a file goes by: each reads before it writes. */
function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const mine = changing.then(change)
  changing = mine.catch(() => undefined)
  return mine
}

/** Keeps the key of a server, unless another process has meanwhile kept one. Gives the one that is kept. */
async function keep(file: string, server: string, key: Jwk): Promise<Jwk> {
  const known = await readKnownKeys(file)
  const stored = known[server]
  if (stored) return stored
  await writeKnownKeys(file, { ...known, [server]: key })
  return key
}

async function readKnownKeys(file: string): Promise<Readonly<Record<string, Jwk>>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return {}
    throw unusable(file, `cannot be read (${errnoOf(error)})`, error)
  }
  try {
    return knownKeys.parse(JSON.parse(text))
  } catch {
    // No cause: the error of JSON.parse quotes the text, and another file may be a secret.
    throw unusable(file, 'is not a file of known servers')
  }
}

async function writeKnownKeys(file: string, keys: Readonly<Record<string, Jwk>>): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(temporary, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw unusable(file, `cannot be written (${errnoOf(error)})`, error)
  }
}

function unusable(file: string, problem: string, cause?: unknown): InvalidArgumentError {
  return new InvalidArgumentError(
    'INVALID_OPTION',
    `trustOnFirstUse: ${file} ${problem}. Mend it, or name another file; no key is trusted until then.`,
    cause === undefined ? undefined : { cause },
  )
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
