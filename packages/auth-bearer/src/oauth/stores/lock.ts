import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { lifeOf, type ProcessName, thisProcess } from './process-place.ts'

/** As long as somebody may hold the lock of whom nobody can tell whether they live, in milliseconds. */
const longestHold = 120_000

/** A lock that is held. */
export interface Lock {
  /** False: somebody else has taken it for dead and removed it. */
  stillHeld(): Promise<boolean>
  release(): Promise<void>
}

/**
 * A lock between processes: a folder, in which everybody who wants it puts an empty file with a name of their own, and
 * then looks whether they are alone. Whoever is not takes their file away and tries again later.
 *
 * - Two are never alone together, because each looks after their own file is there.
 * - A name tells the process and is used once. So the file of a process that died can be removed by anybody at any
 *   time; there is no moment at which that could hit a living one. No heartbeat is needed.
 * - Where nobody can tell whether the owner lives (another machine, no /proc), the file counts for two minutes.
 *
 * It needs a file system on which a file is seen by all as soon as it is there: a local one, not NFS.
 *
 * @param wait Milliseconds to try.
 * @returns undefined when the time is over.
 */
export async function takeLock(folder: string, wait: number): Promise<Lock | undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const me = thisProcess()
  const end = performance.now() + wait
  for (;;) {
    if (!(await othersIn(folder, me.place, undefined))) {
      const lock = await claim(folder, me)
      if (lock) return lock
    }
    if (performance.now() >= end) return undefined
    await pause(5 + Math.random() * 20)
  }
}

async function claim(folder: string, { place, pid, start }: ProcessName): Promise<Lock | undefined> {
  const mine = `${place}.${pid}.${start}.${randomBytes(8).toString('hex')}.claim`
  const file = join(folder, mine)
  await (await open(file, 'wx', 0o600)).close()
  let alone = false
  try {
    alone = !(await othersIn(folder, place, mine))
  } finally {
    if (!alone) await remove(file)
  }
  if (!alone) return undefined
  return {
    stillHeld: async () => (await readdir(folder)).includes(mine),
    release: () => remove(file),
  }
}

/** Whether anybody else who may be alive has a file there. Removes those of the dead. */
async function othersIn(folder: string, here: string, mine: string | undefined): Promise<boolean> {
  let others = false
  for (const name of await readdir(folder)) {
    if (name === mine || !name.endsWith('.claim')) continue
    if (await isDead(folder, name, here)) await remove(join(folder, name))
    else others = true
  }
  return others
}

async function isDead(folder: string, name: string, here: string): Promise<boolean> {
  const [place = '', pid = '', start = ''] = name.split('.')
  const life = lifeOf({ place, pid: Number(pid), start }, here)
  return life === 'unknown' ? (await ageOf(join(folder, name))) > longestHold : life === 'dead'
}

/** A file that is gone has no age: its owner was alive. */
async function ageOf(file: string): Promise<number> {
  try {
    return Math.abs(Date.now() - (await stat(file)).mtimeMs)
  } catch {
    return 0
  }
}

async function remove(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
