/**
 * Reads a value as the servlet hands it to MySQL: with a `*` in it, it is the pattern of a LIKE, where `%` and `_` have
 * their meaning and `\` takes it from them; without, it has to be equal. Bytes are compared, as in a BLOB.
 */
export function matcher(value: string): (data: Buffer) => boolean {
  const bytes = Buffer.from(value, 'utf8')
  if (!value.includes('*')) return (data) => data.equals(bytes)
  const pattern = readPattern(bytes.toString('latin1'))
  return (data) => isLike(data.toString('latin1'), pattern)
}

/** One character, or `any` for one character whichever, or `many` for any number of them. */
type Token = string | typeof any | typeof many
const any: unique symbol = Symbol('any')
const many: unique symbol = Symbol('many')

function readPattern(text: string): readonly Token[] {
  return Array.from(text.replaceAll('*', '%').matchAll(/\\(.)|(.)/gs), ([, escaped, plain = '']) => {
    if (escaped !== undefined) return escaped
    return plain === '%' ? many : plain === '_' ? any : plain
  })
}

/** Without recursion: a pattern of many wildcards must not take the server's time. */
function isLike(text: string, pattern: readonly Token[]): boolean {
  let [at, token] = [0, 0]
  let retry: { at: number; readonly token: number } | undefined
  while (at < text.length) {
    const wanted = pattern[token]
    if (wanted === many) {
      token += 1
      retry = { at, token }
    } else if (wanted === any || wanted === text[at]) {
      at += 1
      token += 1
    } else if (retry) {
      retry.at += 1
      at = retry.at
      token = retry.token
    } else {
      return false
    }
  }
  return pattern.slice(token).every((rest) => rest === many)
}
