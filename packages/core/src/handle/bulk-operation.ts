import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { HandleClient } from './client.ts'
import type { CreateOptions, MintOptions } from './create.ts'
import type { DeleteOptions } from './delete.ts'
import type { ValuePatch, ValuesInput } from './draft.ts'
import type { EditOptions, RemoveOptions, SetOptions } from './edits.ts'
import type { MembersInput } from './groups.ts'
import type { LocationsOptions } from './locations-client.ts'
import type { LocationInput } from './locations-input.ts'
import type { WriteResult } from './result.ts'
import type { ValueSelection } from './selection.ts'
import type { TombstoneOptions } from './tombstone.ts'

/** A method, what it takes, and what may be said of this one operation; the rest is said of all. */
type Operation<M extends string, T, O extends EditOptions> = { readonly method: M } & Readonly<T> & {
    readonly options?: Omit<O, 'plan' | 'signal'> | undefined
  }

/** One of many changes: a method of {@link HandleClient}, and what it takes. JSON, unless values hold bytes. */
export type BulkOperation =
  | Operation<'create', { handle: string; values: ValuesInput }, CreateOptions>
  | Operation<'mint', { prefix: string; values: ValuesInput }, MintOptions>
  | Operation<'setValues', { handle: string; values: ValuesInput }, SetOptions>
  | Operation<'addValues', { handle: string; values: ValuesInput }, EditOptions>
  | Operation<'updateValue', { handle: string; index: number; patch: ValuePatch }, EditOptions>
  | Operation<'removeValues', { handle: string; selection: ValueSelection }, RemoveOptions>
  | Operation<'locations.add', { handle: string; locations: readonly LocationInput[] }, LocationsOptions>
  | Operation<'locations.replace', { handle: string; oldHref: string; newHref: string }, EditOptions>
  | Operation<'locations.remove', { handle: string; hrefs: string | readonly string[] }, EditOptions>
  | Operation<'locations.set', { handle: string; locations: readonly LocationInput[] }, LocationsOptions>
  | Operation<'groups.add', { handle: string; index: number; members: MembersInput }, EditOptions>
  | Operation<'groups.remove', { handle: string; index: number; members: MembersInput }, EditOptions>
  | Operation<'tombstone', { handle: string }, TombstoneOptions>
  | Operation<'delete', { handle: string }, DeleteOptions>

const members: Readonly<Record<BulkOperation['method'], readonly string[]>> = {
  create: ['handle', 'values'],
  mint: ['prefix', 'values'],
  setValues: ['handle', 'values'],
  addValues: ['handle', 'values'],
  updateValue: ['handle', 'index', 'patch'],
  removeValues: ['handle', 'selection'],
  'locations.add': ['handle', 'locations'],
  'locations.replace': ['handle', 'oldHref', 'newHref'],
  'locations.remove': ['handle', 'hrefs'],
  'locations.set': ['handle', 'locations'],
  'groups.add': ['handle', 'index', 'members'],
  'groups.remove': ['handle', 'index', 'members'],
  tombstone: ['handle'],
  delete: ['handle'],
}

/** @throws InvalidArgumentError for what is no operation, and what the method throws. */
export async function perform(client: HandleClient, operation: BulkOperation, all: EditOptions): Promise<WriteResult> {
  checkOperation(operation)
  // What is said of all stays so: with `plan`, nothing is written.
  const timeout = operation.options?.timeout ?? all.timeout
  const options = { ...operation.options, ...all, timeout }
  switch (operation.method) {
    case 'create':
      return client.create(operation.handle, operation.values, options)
    case 'mint':
      return client.mint(operation.prefix, operation.values, options)
    case 'setValues':
      return client.setValues(operation.handle, operation.values, options)
    case 'addValues':
      return client.addValues(operation.handle, operation.values, options)
    case 'updateValue':
      return client.updateValue(operation.handle, operation.index, operation.patch, options)
    case 'removeValues':
      return client.removeValues(operation.handle, operation.selection, options)
    case 'locations.add':
      return client.locations.add(operation.handle, operation.locations, options)
    case 'locations.replace':
      return client.locations.replace(operation.handle, operation.oldHref, operation.newHref, options)
    case 'locations.remove':
      return client.locations.remove(operation.handle, operation.hrefs, options)
    case 'locations.set':
      return client.locations.set(operation.handle, operation.locations, options)
    case 'groups.add':
      return client.groups.add(operation.handle, operation.index, operation.members, options)
    case 'groups.remove':
      return client.groups.remove(operation.handle, operation.index, operation.members, options)
    case 'tombstone':
      return client.tombstone(operation.handle, options)
    case 'delete':
      return client.delete(operation.handle, options)
    default:
      throw noOperation()
  }
}

/** Operations may be read from a file: a misspelt member would be silently without effect. */
function checkOperation(operation: BulkOperation): void {
  if (!Object.hasOwn(members, operation?.method)) throw noOperation()
  const { method } = operation
  checkOptions(`bulk: ${method}`, operation, ['method', ...members[method], 'options'])
  const options: unknown = operation.options ?? {}
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError('INVALID_OPTION', `bulk: the options of ${method} are an object.`)
  }
  const common = ['plan', 'signal'].find((name) => Object.hasOwn(options, name))
  if (common === undefined) return
  throw new InvalidArgumentError(
    'UNKNOWN_OPTION',
    `bulk: set '${common}' in the options of bulk(), not on a single operation (${method}).`,
  )
}

function noOperation(): InvalidArgumentError {
  const methods = Object.keys(members).join(', ')
  return new InvalidArgumentError('INVALID_OPTION', `bulk: an operation has a method, one of ${methods}.`)
}
