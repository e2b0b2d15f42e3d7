import { InvalidArgumentError } from '../errors.ts'
import { warnOnce } from './warn.ts'

/**
 * Reads JSON, and says where it is broken without showing what is there: it may be a secret.
 *
 * @throws InvalidArgumentError `INVALID_FILE`
 */
export function parseJsonFile(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const copied = fromTypographic(file, text)
    if (copied !== undefined) return copied
    const offset = brokenAt(text)
    const before = text.slice(0, offset).split('\n')
    const hint = /[“”„‘’]/u.test(text.charAt(offset))
      ? ' There is a typographic quote; JSON wants the straight one.'
      : ''
    throw new InvalidArgumentError(
      'INVALID_FILE',
      `${file} is not JSON: see line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.${hint}`,
    )
  }
}

/**
 * The documentation of B2HANDLE shows a file with the quotes of a book, and people copy it. Where every quote is such a
 * one, there is no doubt what is meant.
 */
function fromTypographic(file: string, text: string): unknown {
  if (text.includes('"')) return undefined
  try {
    const json: unknown = JSON.parse(text.replaceAll(/[“”„]/gu, '"'))
    warnOnce('HANDLEKIT_TYPOGRAPHIC_QUOTES', `${file} has typographic quotes. They are read as straight ones (").`)
    return json
  } catch {
    return undefined
  }
}

// RFC 8259: one token after the white space before it.
const token =
  // oxlint-disable-next-line no-control-regex -- a string of JSON holds no control characters
  /[ \t\n\r]*(?:(?<open>[{[])|(?<close>[}\]])|(?<comma>,)|(?<colon>:)|(?<string>"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<other>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/uy

/** Where the first thing stands that cannot follow what is before it. V8 tells it for some errors only. */
function brokenAt(text: string): number {
  const open: ('{' | '[')[] = []
  let wanted = 'value'
  let at = 0
  for (;;) {
    token.lastIndex = at
    const found = token.exec(text)?.groups
    const kind = Object.entries(found ?? {}).find(([, part]) => part !== undefined)
    if (!kind) return at + (/^[ \t\n\r]*/.exec(text.slice(at))?.[0].length ?? 0)
    const [name, part] = kind
    const start = token.lastIndex - part.length
    const value = name === 'string' || name === 'other' || name === 'open'
    if (wanted === 'end') return start
    if (name === 'close') {
      if (wanted === 'value' || wanted === 'colon' || wanted === 'key') return start
      if (open.pop() !== (part === '}' ? '{' : '[')) return start
      wanted = open.length > 0 ? 'comma' : 'end'
    } else if (wanted === 'comma') {
      if (name !== 'comma') return start
      wanted = open.at(-1) === '{' ? 'key' : 'value'
    } else if (wanted === 'colon') {
      if (name !== 'colon') return start
      wanted = 'value'
    } else if (wanted.startsWith('key')) {
      if (name !== 'string') return start
      wanted = 'colon'
    } else {
      if (!value) return start
      if (part === '{' || part === '[') {
        open.push(part)
        wanted = part === '{' ? 'key or close' : 'value or close'
      } else wanted = open.length > 0 ? 'comma' : 'end'
    }
    at = token.lastIndex
  }
}
