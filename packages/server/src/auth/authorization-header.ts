/** Parameters of Handle authentication by their lower-case names. */
export type HandleParameters = ReadonlyMap<string, string>

/** What an `Authorization` header asks for. */
export type Authorization =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'basic'; readonly header: string; readonly credentials: string }
  | { readonly scheme: 'handle'; readonly header: string; readonly parameters: HandleParameters }
  /** Another scheme, or a Handle header that does not parse. */
  | { readonly scheme: 'unknown'; readonly header: string }

/** Names that the sessions endpoint also takes from a body or a query. */
export const handleParameterNames = [
  'version',
  'sessionId',
  'id',
  'cnonce',
  'type',
  'alg',
  'signature',
  'salt',
  'iterations',
  'length',
  'clientCert',
  'renegotiate',
] as const

export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined) return { scheme: 'none' }
  const basic = /^basic +(.*)$/i.exec(header)
  if (basic) return { scheme: 'basic', header, credentials: basic[1] ?? '' }
  const handle = /^handle +(.*)$/i.exec(header)
  const parameters = handle ? parseParameters(handle[1] ?? '') : undefined
  return parameters ? { scheme: 'handle', header, parameters } : { scheme: 'unknown', header }
}

// `name = value`, the value a token or quoted text, then a comma or the end (Technical Manual 14).
const parameterSyntax = /\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:([\w!#$%&'*+.^`|~-]+)|"((?:[^"\\]|\\.)*)")\s*(?:,|$)/suy

/** Undefined unless the whole text parses. Of a repeated name the last counts. */
function parseParameters(text: string): HandleParameters | undefined {
  const parameters = new Map<string, string>()
  const syntax = new RegExp(parameterSyntax)
  while (syntax.lastIndex < text.length) {
    const match = syntax.exec(text)
    if (!match) return undefined
    const [, name = '', token, quoted = ''] = match
    parameters.set(name.toLowerCase(), token ?? quoted.replaceAll(/\\(.)/gs, '$1'))
  }
  const id = parameters.get('id')
  if (id !== undefined) {
    const decoded = percentDecode(id)
    if (decoded === undefined) return undefined
    parameters.set('id', decoded)
  }
  return parameters.size === 0 ? undefined : parameters
}

/** Decodes `%` escapes as UTF-8 and keeps `+`; undefined when an escape is malformed. */
export function percentDecode(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined
  const bytes = text.replaceAll(/%([0-9a-fA-F]{2})|([^%]+)/g, (_, hex: string | undefined, plain: string) =>
    hex === undefined ? Buffer.from(plain, 'utf8').toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
