/** A JSON document as the real server's parser (Gson) sees it: objects keep order, numbers keep their digits. */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject

export type JsonObject = ReadonlyMap<string, Json>

/** A number as it was written: Gson parses it only when asked, and prints the digits it was given. */
export class JsonNumber {
  readonly digits: string

  constructor(digits: string) {
    this.digits = digits
  }
}

export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
}

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return json instanceof Map
}

export function isJsonArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json)
}

/**
 * Parses JSON as leniently as Gson: comments, unquoted and single-quoted text, `=` for `:`, `;` for `,`, and elements
 * left out of an array (null). An empty document is null; text after the document is an error.
 */
export function parseLenientJson(text: string): Json {
  const reader = new Reader(text)
  if (reader.skipBlanks() === undefined) return null
  const json = reader.value()
  if (reader.skipBlanks() !== undefined) throw reader.error('Did not consume the entire document')
  return json
}

const numberSyntax = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const endsBareWord = new Set('/\\;#=,:{}[] \t\f\r\n')
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const deepest = 500

class Reader {
  private position = 0
  private depth = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
    if (text.startsWith('\uFEFF')) this.position = 1
    else if (text.startsWith(")]}'\n")) this.position = 5
  }

  error(message: string): JsonSyntaxError {
    return new JsonSyntaxError(`${message} at character ${this.position}`)
  }

  /** The next character that is neither blank nor in a comment, left unread; undefined at the end. */
  skipBlanks(): string | undefined {
    for (;;) {
      const character = this.text[this.position]
      if (character === '#' || this.text.startsWith('//', this.position)) this.skipPast('\n', true)
      else if (this.text.startsWith('/*', this.position)) this.skipPast('*/', false)
      else if (character === ' ' || character === '\t' || character === '\n' || character === '\r') this.position += 1
      else return character
    }
  }

  value(): Json {
    const character = this.skipBlanks()
    if (character === '{') return this.nested(() => this.object())
    if (character === '[') return this.nested(() => this.array())
    if (character === '"' || character === "'") return this.quoted(character)
    return this.bareValue()
  }

  private nested<T>(read: () => T): T {
    if (this.depth === deepest) throw this.error('Nested too deeply')
    this.depth += 1
    this.position += 1
    const json = read()
    this.depth -= 1
    return json
  }

  private skipPast(end: string, orToTheEnd: boolean): void {
    const found = this.text.indexOf(end, this.position)
    if (found === -1 && !orToTheEnd) throw this.error('Unterminated comment')
    this.position = found === -1 ? this.text.length : found + end.length
  }

  private object(): JsonObject {
    const members = new Map<string, Json>()
    if (this.skipBlanks() === '}') {
      this.position += 1
      return members
    }
    for (;;) {
      const name = this.name()
      this.colon()
      members.set(name, this.value())
      if (this.separatorOr('}')) return members
    }
  }

  private name(): string {
    const character = this.skipBlanks()
    if (character === '"' || character === "'") return this.quoted(character)
    const name = this.bareWord()
    if (name === '') throw this.error('Expected name')
    return name
  }

  private colon(): void {
    const character = this.skipBlanks()
    if (character !== ':' && character !== '=') throw this.error("Expected ':'")
    this.position += 1
    if (character === '=' && this.text[this.position] === '>') this.position += 1
  }

  private array(): readonly Json[] {
    const items: Json[] = []
    for (;;) {
      const character = this.skipBlanks()
      if (character === ']' && items.length === 0) {
        this.position += 1
        return items
      }
      const leftOut = character === ',' || character === ';' || character === ']'
      items.push(leftOut ? null : this.value())
      if (this.separatorOr(']')) return items
    }
  }

  /** Reads a separator (false) or the given end of an object or array (true). */
  private separatorOr(end: '}' | ']'): boolean {
    const character = this.skipBlanks()
    if (character !== end && character !== ',' && character !== ';') throw this.error('Unterminated object or array')
    this.position += 1
    return character === end
  }

  private quoted(quote: string): string {
    this.position += 1
    let content = ''
    for (;;) {
      const character = this.text[this.position]
      if (character === undefined) throw this.error('Unterminated string')
      this.position += 1
      if (character === quote) return content
      content += character === '\\' ? this.escape() : character
    }
  }

  private escape(): string {
    const character = this.text[this.position]
    if (character === undefined) throw this.error('Unterminated escape sequence')
    this.position += 1
    if (character === 'u') {
      const digits = this.text.slice(this.position, this.position + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.error('Malformed \\u escape')
      this.position += 4
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const simple = escapes[character]
    if (simple !== undefined) return simple
    if (character === '"' || character === "'" || character === '\\' || character === '/' || character === '\n') {
      return character
    }
    throw this.error('Invalid escape sequence')
  }

  private bareWord(): string {
    const start = this.position
    for (;;) {
      const character = this.text[this.position]
      if (character === undefined || endsBareWord.has(character)) return this.text.slice(start, this.position)
      this.position += 1
    }
  }

  private bareValue(): Json {
    const word = this.bareWord()
    if (word === '') throw this.error('Expected value')
    const lower = word.toLowerCase()
    if (lower === 'null') return null
    if (lower === 'true') return true
    if (lower === 'false') return false
    return numberSyntax.test(word) ? new JsonNumber(word) : word
  }
}
