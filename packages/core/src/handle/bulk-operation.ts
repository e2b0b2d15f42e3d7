import { InvalidArgumentError } from '../errors.ts'
import { checkOptions } from '../strategy.ts'
import type { HandleClient } from './client.ts'
import type { CreateOptions, MintOptions } from './create.ts'
import type { DeleteOptions } from './delete.ts'
import type { ValuesInput } from './draft.ts'
import type { EditOptions, RemoveOptions, SetOptions, ValuePatch } from './edits.ts'
import type { LocationsOptions } from './locations-client.ts'
import type { LocationInput } from './locations-input.ts'
import type { WriteResult } from './result.ts'
import type { ValueSelection } from './selection.ts'
import type { TombstoneOptions } from './tombstone.ts'

/** What may be said of one operation; the rest is said of all. */
type Of<O extends EditOptions> = Omit<O, 'plan' | 'signal'>

/** One of many changes: a method of {@link HandleClient}, and what it takes. Plain JSON, where its values are. */
export type BulkOperation =
  | { method: 'create'; handle: string; values: ValuesInput; options?: Of<CreateOptions> }
  | { method: 'mint'; prefix: string; values: ValuesInput; options?: Of<MintOptions> }
  | { method: 'setValues'; handle: string; values: ValuesInput; options?: Of<SetOptions> }
  | { method: 'addValues'; handle: string; values: ValuesInput; options?: Of<EditOptions> }
  | { method: 'updateValue'; handle: string; index: number; patch: ValuePatch; options?: Of<EditOptions> }
  | { method: 'removeValues'; handle: string; selection: ValueSelection; options?: Of<RemoveOptions> }
  | { method: 'setLocations'; handle: string; locations: readonly LocationInput[]; options?: Of<LocationsOptions> }
  | { method: 'tombstone'; handle: string; options?: Of<TombstoneOptions> }
  | { method: 'delete'; handle: string; options?: Of<DeleteOptions> }

const members: Readonly<Record<BulkOperation['method'], readonly string[]>> = {
  create: ['handle', 'values'],
  mint: ['prefix', 'values'],
  setValues: ['handle', 'values'],
  addValues: ['handle', 'values'],
  updateValue: ['handle', 'index', 'patch'],
  removeValues: ['handle', 'selection'],
  setLocations: ['handle', 'locations'],
  tombstone: ['handle'],
  delete: ['handle'],
}

/** @throws InvalidArgumentError for what is no operation, and what the method throws. */
export async function perform(client: HandleClient, operation: BulkOperation, all: EditOptions): Promise<WriteResult> {
  checkOperation(operation)
  const options = { ...all, ...operation.options }
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
    case 'setLocations':
      return client.locations.set(operation.handle, operation.locations, options)
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
}

function noOperation(): InvalidArgumentError {
  const methods = Object.keys(members).join(', ')
  return new InvalidArgumentError('INVALID_OPTION', `bulk: an operation has a method, one of ${methods}.`)
}
