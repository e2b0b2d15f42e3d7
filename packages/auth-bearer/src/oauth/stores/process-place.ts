import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Whether a process runs: `unknown` where this machine cannot tell for certain. */
export type Life = 'alive' | 'dead' | 'unknown'

/** Names a process in a way that no later process repeats, as far as the system allows. */
export interface ProcessName {
  /** Where process numbers mean the same: this machine since it started, and its namespace of process numbers. */
  readonly place: string
  readonly pid: number
  /** When the process started, as Linux counts it; '0' where the system does not tell. */
  readonly start: string
}

export function thisProcess(): ProcessName {
  return { place: herePlace(), pid: process.pid, start: startOf(process.pid) ?? '0' }
}

/** Two containers may share a host name and a folder, and number their processes apart: so the namespace counts too. */
function herePlace(): string {
  const parts = [hostname(), attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))]
  parts.push(attempt(() => readlinkSync('/proc/self/ns/pid')))
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)
}

/** A process number alone says little: after a crash another process may have it. The start tells them apart. */
export function lifeOf({ place, pid, start }: ProcessName, here: string): Life {
  if (place !== here) return 'unknown'
  if (!exists(pid)) return 'dead'
  const now = startOf(pid)
  if (now === undefined || start === '0') return 'unknown'
  return now === start ? 'alive' : 'dead'
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)). The name before it is in brackets, and may hold anything. */
function startOf(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A process that has ended but was not yet waited for holds nothing any more.
  if (fields[0] === 'Z' || fields[0] === 'X') return '-'
  return fields[19]
}

function attempt(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
