import { HandleNotFoundError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { editOptions, type EditOptions } from './edits.ts'
import { parseHandle } from './name.ts'
import { planned, type WriteResult } from './result.ts'
import type { Write, Writer } from './writer.ts'

/** What {@link HandleClient.delete} takes beside the handle. */
export interface DeleteOptions extends EditOptions {
  /** What to do when there is no such handle. Default: `fail`. */
  readonly ifMissing?: 'fail' | 'ignore' | undefined
}

export async function deleteHandle(writer: Writer, handle: string, options: DeleteOptions): Promise<WriteResult> {
  checkOptions('delete', options, [...editOptions, 'ifMissing'])
  const { name } = parseHandle(handle)
  const write: Write = { method: 'DELETE', handle: name, query: '', happened: (record) => record === undefined }
  if (options.plan) return planned(name, [], [writer.plan(write)])
  try {
    await writer.send(write, options)
  } catch (error) {
    if (options.ifMissing !== 'ignore' || !HandleNotFoundError.isInstance(error)) throw error
    return { handle: name, outcome: 'unchanged', indexes: [] }
  }
  return { handle: name, outcome: 'deleted', indexes: [] }
}
