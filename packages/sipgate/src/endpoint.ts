import { InvalidArgumentError } from '@handlekit/core'
import type { KnownEndpoint } from './scopes.ts'

export type SipgateMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Method, blank, path below the base URL, with its parameters in braces: 'GET /{userId}/sms'. */
export type SipgateEndpoint = KnownEndpoint | (`${SipgateMethod} /${string}` & {})

/** The names in the braces. */
export type ParameterName<E extends string> = E extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterName<Rest>
  : never

/** Deletes everything when it gets no ids, so it has a call of its own: `client.history.deleteMany`. */
export type PermittedEndpoint<E extends string> = E extends 'DELETE /history' ? never : E

/** An endpoint with its parameters filled in. */
export interface Target {
  readonly method: string
  readonly path: string
}

/**
 * Fills in the parameters, each as one encoded segment.
 *
 * @throws InvalidArgumentError `INVALID_URL`, `INVALID_VALUE`, `INVALID_OPTION`
 */
export function targetOf(endpoint: string, parameters: Readonly<Record<string, string>> = {}): Target {
  const [, method, template] = /^([A-Z]+) (\/.*)$/s.exec(endpoint) ?? []
  if (method === undefined || template === undefined) {
    throw new InvalidArgumentError(
      'INVALID_URL',
      "An endpoint is a method and a path below the base URL, such as 'GET /account'. Another server needs a client " +
        'of its own.',
    )
  }
  const used = new Set<string>()
  const path = template.replaceAll(/\{([^{}]*)\}/g, (_braces, name: string) => {
    used.add(name)
    return segment(name, parameters[name])
  })
  const unused = Object.keys(parameters).find((name) => !used.has(name))
  if (unused !== undefined) {
    throw new InvalidArgumentError('INVALID_OPTION', `${endpoint} has no parameter '${unused}'.`)
  }
  return { method, path }
}

/** One segment of a path. An id of dots, or none, would lead to another endpoint than the one meant. */
function segment(name: string, id: unknown): string {
  if (typeof id !== 'string' || id === '') {
    throw new InvalidArgumentError('INVALID_VALUE', `${name} has to be text, and not empty.`)
  }
  if (id === '.' || id === '..' || !id.isWellFormed()) {
    throw new InvalidArgumentError('INVALID_VALUE', `${name} cannot be ${JSON.stringify(id)}: no path can hold it.`)
  }
  return encodeURIComponent(id)
}
