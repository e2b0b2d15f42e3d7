import { AuthError } from '@handlekit/core/credentials'
import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Lock, takeLock } from './lock.ts'
import type { TokenStore } from './token-store.ts'

/** What {@link fileTokenStore} takes. */
export interface FileTokenStoreOptions {
  /** The file. Its folder is made, for its owner alone, where it is missing. */
  readonly path: string
  /** Milliseconds to wait for another process that renews at this moment. Default: 150 000. */
  readonly lockTimeout?: number | undefined
}

/**
 * Keeps tokens in a file that only its owner may read (0600), safe between processes of one machine, and safe from
 * being killed at any moment: the file is replaced as a whole (temporary file, fsync, rename, fsync of the folder), and
 * whoever renews holds a lock from before reading until after that. Beside it there is a folder `<path>.lock`.
 *
 * Not for network file systems: there, or for several machines, write a {@link TokenStore} over a database.
 *
 * @throws InvalidArgumentError `INVALID_OPTION` or `UNKNOWN_OPTION`; its methods AuthError `STORE_FAILED` and
 *   `STORE_LOCKED`.
 */
export function fileTokenStore(options: FileTokenStoreOptions): TokenStore {
  checkOptions('fileTokenStore', options, ['path', 'lockTimeout'])
  const { lockTimeout = 150_000 } = options
  if (typeof options.path !== 'string' || options.path === '') {
    throw new InvalidArgumentError('INVALID_OPTION', 'fileTokenStore: path names a file.')
  }
  const path = resolve(options.path)
  const folder = `${path}.lock`

  async function read(): Promise<string | undefined> {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw failed(path, 'read', error)
    }
  }

  async function lock(): Promise<Lock> {
    let taken: Lock | undefined
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      taken = await takeLock(folder, lockTimeout)
    } catch (error) {
      throw failed(path, 'locked', error)
    }
    if (taken) return taken
    throw new AuthError(
      'STORE_LOCKED',
      `oauth: another process has held the lock of ${path} for ${lockTimeout} ms. The files in ${folder} are named ` +
        'after the processes that want it.',
      { scheme: 'oauth' },
    )
  }

  /** Whoever dies here leaves the old file or the new one, and a temporary file that the next one removes. */
  async function write(text: string, held: Lock): Promise<void> {
    for (const name of await readdir(folder)) {
      if (name.endsWith('.tmp')) await unlink(join(folder, name))
    }
    const temporary = join(folder, `${basename(path)}.${randomBytes(8).toString('hex')}.tmp`)
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    if (!(await held.stillHeld())) throw new Error('The lock was lost: this process stood still for minutes.')
    await rename(temporary, path)
    await syncFolder(dirname(path))
  }

  return Object.freeze<TokenStore>({
    read,
    async update(change) {
      const held = await lock()
      try {
        const text = await change(await read())
        if (text === undefined) return
        await write(text, held).catch((error: unknown) => {
          throw failed(path, 'written', error)
        })
      } finally {
        await held.release()
      }
    },
  })
}

/** Makes the new name of a file durable. Windows can neither do that nor needs it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function failed(path: string, what: string, cause: unknown): AuthError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AuthError('STORE_FAILED', `oauth: ${path} could not be ${what}: ${reason}`, { scheme: 'oauth', cause })
}
