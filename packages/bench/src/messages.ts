/** What the processes of a run tell each other. */

export const protocols = ['http', 'https'] as const
export type Protocol = (typeof protocols)[number]

/** From the server: where it listens. */
export type Origins = Readonly<Record<Protocol, string>>

/** To a client: one round. */
export interface Task {
  readonly origin: string
  /** Connections, and requests at a time. */
  readonly connections: number
  /** How long to ask before the clock starts, on the connections that are then measured. */
  readonly warmUp: number
  readonly milliseconds: number
}

/** From a client: what came of it. */
export interface Measured {
  readonly requests: number
  readonly milliseconds: number
  /** Microseconds of CPU of the whole client process: its own, the system's for it, garbage collection included. */
  readonly cpu: number
}

export function isOrigins(message: unknown): message is Origins {
  return hasAll(message, protocols, 'string')
}

export function isTask(message: unknown): message is Task {
  return hasAll(message, ['origin'], 'string') && hasAll(message, ['connections', 'warmUp', 'milliseconds'], 'number')
}

export function isMeasured(message: unknown): message is Measured {
  return hasAll(message, ['requests', 'milliseconds', 'cpu'], 'number')
}

function hasAll(message: unknown, names: readonly string[], type: 'string' | 'number'): boolean {
  if (typeof message !== 'object' || message === null) return false
  return names.every((name) => typeof Reflect.get(message, name) === type)
}
