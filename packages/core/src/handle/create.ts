import { randomUUID } from 'node:crypto'
import { HandleAlreadyExistsError, InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { type AdminOptions, adminFor, checkAdmin } from './admin.ts'
import type { CallOptions } from './api.ts'
import { holds } from './compare.ts'
import { type Draft, newValue, type PlacedDraft, place, toDrafts, type ValuesInput } from './draft.ts'
import { checkIndex, type HandleName, isOfType, parseHandle, parsePrefix } from './name.ts'
import { encodeValue } from './record.ts'
import { planned, type WriteResult } from './result.ts'
import type { Write, Writer } from './writer.ts'

/** What {@link HandleClient.create} takes beside the values. */
export interface CreateOptions extends CallOptions {
  /** `fail` (default): leave an existing record alone. `replace`: put the new values in place of all it has. */
  readonly ifExists?: 'fail' | 'replace' | undefined
  /** Who administers the handle; false: nobody, so that it cannot be changed again. Default: the client's. */
  readonly admin?: AdminOptions | false | undefined
  /** True: give the request that would be sent, and send nothing. */
  readonly plan?: boolean | undefined
}

/** What {@link HandleClient.mint} takes beside the values. */
export interface MintOptions extends Omit<CreateOptions, 'ifExists'> {
  /**
   * What comes after the slash. `uuid` (default): a random UUID. `server`: whatever the server makes. A function: what it
   * gives; it is asked again when the handle exists.
   */
  readonly suffix?: 'uuid' | 'server' | ((attempt: number) => string | Promise<string>) | undefined
}

const createOptions = ['ifExists', 'admin', 'plan', 'signal', 'timeout']
const mintOptions = ['suffix', 'admin', 'plan', 'signal', 'timeout']

/** How many names are tried before giving up. */
const mostNames = 5

/** Makes handles. */
export class Creator {
  readonly #writer: Writer
  readonly #admin: AdminOptions | false | undefined

  constructor(writer: Writer, admin: AdminOptions | false | undefined) {
    this.#writer = writer
    this.#admin = admin
  }

  async create(handle: string, values: ValuesInput, options: CreateOptions): Promise<WriteResult> {
    checkOptions('create', options, createOptions)
    const { ifExists = 'fail' } = options
    if (ifExists !== 'fail' && ifExists !== 'replace') {
      throw new InvalidArgumentError(
        'INVALID_OPTION',
        `create: ifExists is 'fail' or 'replace', not '${String(ifExists)}'.`,
      )
    }
    const name = parseHandle(handle)
    const placed = this.#place('create', name, values, options)
    return this.#write(createWrite(name.name, placed, ifExists === 'replace'), placed, options)
  }

  async mint(prefix: string, values: ValuesInput, options: MintOptions): Promise<WriteResult> {
    checkOptions('mint', options, mintOptions)
    const { suffix = 'uuid' } = options
    // Any suffix will do for the check.
    const name = parseHandle(`${parsePrefix(prefix)}/new`)
    const placed = this.#place('mint', name, values, options)
    if (suffix === 'server') return this.#write(mintWrite(`${name.prefix}/`, placed), placed, options)
    const next = suffix === 'uuid' ? () => randomUUID() : suffix
    if (typeof next !== 'function') {
      throw new InvalidArgumentError('INVALID_OPTION', "mint: suffix is 'uuid', 'server' or a function.")
    }
    for (let attempt = 1; ; attempt += 1) {
      const minted = parseHandle(`${name.prefix}/${checkSuffix(await next(attempt))}`)
      try {
        return await this.#write(createWrite(minted.name, placed, false), placed, options)
      } catch (error) {
        if (!HandleAlreadyExistsError.isInstance(error)) throw error
        if (attempt === mostNames) throw allTaken(error)
      }
    }
  }

  #place(where: string, name: HandleName, values: ValuesInput, options: CreateOptions): PlacedDraft[] {
    checkAdmin(`${where}: admin`, options.admin)
    const drafts = toDrafts(values)
    const admin = options.admin ?? this.#admin
    if (admin !== false && !drafts.some(({ type }) => isOfType(type, 'HS_ADMIN'))) drafts.push(adminDraft(name, admin))
    return place(drafts).sort((a, b) => a.index - b.index)
  }

  async #write(write: Write, placed: readonly PlacedDraft[], options: CreateOptions): Promise<WriteResult> {
    const indexes = placed.map(({ index }) => index)
    if (options.plan) return planned(write.handle, indexes, [this.#writer.plan(write)])
    const { handle, created } = await this.#writer.send(write, options)
    const replaced = !created && write.query === replaceQuery
    return { handle, outcome: replaced ? 'replaced' : 'created', indexes }
  }
}

/** A name that is made of a mistake could never be taken back. */
function checkSuffix(suffix: unknown): string {
  if (typeof suffix === 'string' && suffix !== '') return suffix
  throw new InvalidArgumentError(
    'INVALID_HANDLE',
    `mint: the suffix function gave ${typeof suffix === 'string' ? 'an empty text' : String(suffix)}. It has to give a text.`,
  )
}

function allTaken(cause: HandleAlreadyExistsError): HandleAlreadyExistsError {
  const { status, responseCode, handle, identity } = cause
  return new HandleAlreadyExistsError(
    'HANDLE_ALREADY_EXISTS',
    `mint: ${mostNames} names were tried and all exist already, the last one is ${handle}. Nothing was written. ` +
      'Have the suffix function give others.',
    { status, responseCode, handle, identity, cause },
  )
}

const replaceQuery = '?overwrite=true'

function adminDraft(name: HandleName, options: AdminOptions | undefined): Draft {
  const data = { format: 'admin', value: adminFor(name, options) } as const
  const index = options?.index
  return { type: 'HS_ADMIN', data, ...(index !== undefined && { index: checkIndex(index) }) }
}

function createWrite(handle: string, placed: readonly PlacedDraft[], replace: boolean): Write {
  const values = placed.map((draft) => encodeValue(newValue(draft)))
  return {
    method: 'PUT',
    handle,
    // Always said: a server's own default is to replace.
    query: replace ? replaceQuery : '?overwrite=false',
    values,
    happened: (record, complete) => (record ? holds(record, placed, complete, true) : false),
  }
}

function mintWrite(head: string, placed: readonly PlacedDraft[]): Write {
  const values = placed.map((draft) => encodeValue(newValue(draft)))
  return { method: 'PUT', handle: head, query: '?mintNewSuffix=true&overwrite=false', values, mints: true }
}
