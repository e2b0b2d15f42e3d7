import { InvalidArgumentError, type QueryValue } from '@handlekit/core'

/** What follows the question mark. A list repeats its name; undefined leaves it out. */
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>

/** A time as sipgate takes it: ISO 8601. @throws InvalidArgumentError `INVALID_VALUE` for a Date that is none. */
export function isoTime(name: string, time: Date | string | undefined): string | undefined {
  if (!(time instanceof Date)) return time
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('INVALID_VALUE', `${name} is a Date without a time.`)
  return time.toISOString()
}
