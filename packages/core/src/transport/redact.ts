/** What stands in place of a secret. */
const hidden = '<redacted>'

/** A secret of three characters would blot out ordinary words. */
const shortest = 4

/**
 * Takes out of a text of the server's what the request said in confidence, so that it can be shown in an error.
 *
 * @param confidential Header values that a strategy set: each is taken out whole and in its parts.
 * @param more Other secrets.
 */
export function redact(text: string, confidential: Iterable<string>, more: readonly string[] = []): string {
  const secrets = secretsIn(confidential, more)
  const whole = secrets.reduce((shown, secret) => shown.replaceAll(secret, hidden), text)
  return secrets.reduce(withoutCutSecret, whole)
}

/** The same for every text in a JSON value. */
export function redactAll(
  value: unknown,
  confidential: Iterable<string>,
  more: readonly string[] = [],
  depth = 50,
): unknown {
  if (typeof value === 'string') return redact(value, confidential, more)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return hidden
  const inner = (member: unknown): unknown => redactAll(member, confidential, more, depth - 1)
  if (Array.isArray(value)) return value.map(inner)
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [redact(name, confidential, more), inner(member)]),
  )
}

/** Whether a text repeats a secret, in whatever case: names of hosts are in lower case. */
export function mentions(text: string, confidential: Iterable<string>, more: readonly string[]): boolean {
  const folded = text.toLowerCase()
  return secretsIn(confidential, more).some((secret) => folded.includes(secret.toLowerCase()))
}

/** Long texts are cut, perhaps in the middle of a secret. */
function withoutCutSecret(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, text.length); length >= shortest; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + hidden
  }
  return text
}

function secretsIn(values: Iterable<string>, more: readonly string[]): string[] {
  const secrets = new Set(more)
  for (const value of values) {
    const credential = value.slice(value.indexOf(' ') + 1)
    secrets.add(credential)
    // Basic: a server that decodes what it was sent may show the password alone.
    const decoded = Buffer.from(credential, 'base64').toString('utf8')
    const colon = decoded.indexOf(':')
    if (/^Basic /i.test(value) && colon >= 0) {
      secrets.add(decoded)
      secrets.add(decoded.slice(colon + 1))
    }
    // Parameters: Handle sessionId="…", signature="…".
    for (const [, quoted = ''] of value.matchAll(/"([^"]*)"/g)) if (quoted.length >= 8) secrets.add(quoted)
  }
  // UTF-8 in a header is read as Latin-1; a text that is no JSON may hold JSON or an address.
  for (const secret of Array.from(secrets)) {
    secrets.add(Buffer.from(secret, 'utf8').toString('latin1'))
    secrets.add(JSON.stringify(secret).slice(1, -1))
    const encoded = encodeURIComponent(secret.toWellFormed())
    secrets.add(encoded)
    secrets.add(encoded.replaceAll(/%../g, (octet) => octet.toLowerCase()))
  }
  // Longest first: a part must not break up the whole.
  return [...secrets].filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length)
}
