import { InvalidArgumentError } from '@handlekit/core/strategy'
import { randomUUID } from 'node:crypto'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KeyError } from './key-error.ts'
import { keyError, type Origin } from './origin.ts'

/** Names the file at an absolute path. @throws InvalidArgumentError `INVALID_OPTION` */
export function originOf(option: string, path: unknown): Origin & { readonly path: string } {
  const text = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : path
  if (typeof text !== 'string' || text === '' || text.includes('\0')) {
    throw new InvalidArgumentError('INVALID_OPTION', `${option} is the path or the file URL of a file.`)
  }
  const absolute = resolve(text)
  return { name: `The file '${absolute}'`, path: absolute }
}

/** @throws KeyError `KEY_FILE_NOT_FOUND` or `KEY_FILE_UNREADABLE` */
export async function readKeyFile(file: Origin & { readonly path: string }): Promise<Buffer> {
  try {
    return await readFile(file.path)
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw keyError(file, 'KEY_FILE_NOT_FOUND', 'does not exist. Is the path right?', error)
    }
    const reason: Readonly<Record<string, string>> = {
      EISDIR: 'is a directory. The path of a file in it is needed.',
      EACCES: 'may not be read by this user. Check its owner and its mode.',
      EPERM: 'may not be read by this user. Check its owner and its mode.',
    }
    throw keyError(file, 'KEY_FILE_UNREADABLE', reason[code] ?? `cannot be read (${code}).`, error)
  }
}

/** How {@link writeKeyFile} makes a file. */
export interface KeyFileOptions {
  /** True: only its owner may read it (mode 0600). */
  readonly secret: boolean
  readonly overwrite: boolean
}

/**
 * Makes a file. It has its mode from the first moment; one that it replaces is there until the new one is complete.
 *
 * @throws KeyError `KEY_FILE_EXISTS` or `KEY_FILE_UNWRITABLE`
 */
export async function writeKeyFile(
  file: Origin & { readonly path: string },
  content: string | Uint8Array,
  options: KeyFileOptions,
): Promise<void> {
  const { path } = file
  // Without `overwrite`, opening the name itself is what finds out, without a gap, that nothing has it.
  const written = options.overwrite ? `${path}.${randomUUID()}.tmp` : path
  let made = false
  try {
    const handle = await open(written, 'wx', options.secret ? 0o600 : 0o644)
    made = true
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (written !== path) await rename(written, path)
  } catch (error) {
    if (made) await unlink(written).catch(() => undefined)
    throw writeError(file, error)
  }
}

function writeError(file: Origin & { readonly path: string }, error: unknown): KeyError {
  const code = errnoOf(error)
  if (code === 'EEXIST') {
    return keyError(file, 'KEY_FILE_EXISTS', 'exists already. To replace it, pass `overwrite: true`.', error)
  }
  const folder = dirname(file.path)
  const reason: Readonly<Record<string, string>> = {
    ENOENT: `cannot be made: the directory '${folder}' does not exist.`,
    EACCES: `cannot be made: this user may not write to '${folder}'.`,
    EPERM: `cannot be made: this user may not write to '${folder}'.`,
    EISDIR: 'cannot be made: a directory has this name.',
  }
  return keyError(file, 'KEY_FILE_UNWRITABLE', reason[code] ?? `cannot be made (${code}).`, error)
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
}
