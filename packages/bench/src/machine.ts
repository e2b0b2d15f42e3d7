import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'

/** What the numbers depend on. */
export interface Machine {
  readonly node: string
  readonly undici: string
  readonly builtInUndici: string | undefined
  readonly cpus: number
  readonly model: string
  readonly platform: string
  /** One minute's, before the run: what else the machine was doing. */
  readonly load: number | undefined
}

export function machine(): Machine {
  const cpus = os.cpus()
  return {
    node: process.version,
    undici: installedUndici(),
    builtInUndici: process.versions['undici'],
    cpus: cpus.length,
    model: cpus[0]?.model ?? 'unknown',
    platform: `${os.platform()} ${os.arch()}`,
    load: os.loadavg()[0],
  }
}

export function describe({ node, undici, builtInUndici, cpus, model, platform, load }: Machine): string {
  return (
    `Node.js ${node} (fetch: undici ${builtInUndici ?? 'unknown'}), undici ${undici}, ` +
    `${cpus} CPUs (${model}), ${platform}, load ${load?.toFixed(2) ?? 'unknown'}`
  )
}

function installedUndici(): string {
  const file = createRequire(import.meta.url).resolve('undici/package.json')
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const version: unknown = typeof json === 'object' && json !== null && Reflect.get(json, 'version')
  return typeof version === 'string' ? version : 'unknown'
}
