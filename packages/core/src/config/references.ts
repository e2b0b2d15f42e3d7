import { readFile } from 'node:fs/promises'
import { InvalidArgumentError } from '../errors.ts'

/**
 * Puts in place of `{ "$env": "NAME" }` and `{ "$file": "path" }` what they stand for. A line break at the end of a file
 * is left out.
 *
 * @throws InvalidArgumentError `INVALID_FILE`; it names the variable or the file, never its content.
 */
export async function readReferences(
  value: unknown,
  where: string,
  resolvePath: (path: string) => string,
): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => readReferences(item, where, resolvePath)))
  if (typeof value !== 'object' || value === null) return value
  const entries: [string, unknown][] = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first?.[0].startsWith('$')) return readReference(first[0], first[1], where, resolvePath)
  return Object.fromEntries(
    await Promise.all(
      entries.map(
        async ([name, member]) => [name, await readReferences(member, `${where}.${name}`, resolvePath)] as const,
      ),
    ),
  )
}

async function readReference(
  kind: string,
  name: unknown,
  where: string,
  resolvePath: (path: string) => string,
): Promise<string> {
  if (typeof name !== 'string' || (kind !== '$env' && kind !== '$file')) {
    throw new InvalidArgumentError(
      'INVALID_FILE',
      `${where}: there is { "$env": "NAME" } and { "$file": "path" }, no ${kind}.`,
    )
  }
  if (kind === '$env') {
    const text = process.env[name]
    if (text !== undefined && text !== '') return text
    throw new InvalidArgumentError('INVALID_FILE', `${where}: the environment variable ${name} is not set, or empty.`)
  }
  const path = resolvePath(name)
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new InvalidArgumentError('INVALID_FILE', `${where}: the file ${path} cannot be read.`, { cause })
  }
}
