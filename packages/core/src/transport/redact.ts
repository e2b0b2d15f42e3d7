/** What stands in place of a secret. */
const hidden = '<redacted>'

/**
 * Takes out of a text of the server's what the request said in confidence, so that it can be shown in an error.
 *
 * @param confidential Header values that a strategy set: each is taken out whole and in its parts.
 */
export function redact(text: string, confidential: Iterable<string>): string {
  let shown = text
  for (const secret of secretsIn(confidential)) shown = shown.replaceAll(secret, hidden)
  return shown
}

function secretsIn(values: Iterable<string>): string[] {
  const secrets = new Set<string>()
  for (const value of values) {
    secrets.add(value)
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
    for (const [, quoted] of value.matchAll(/"([^"]{8,})"/g)) if (quoted !== undefined) secrets.add(quoted)
  }
  // Longest first: a part must not break up the whole. A secret of three characters would blot out ordinary words.
  return [...secrets].filter((secret) => secret.length > 3).sort((a, b) => b.length - a.length)
}
