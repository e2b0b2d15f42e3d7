/**
 * Decodes Base64 as the real server's library (Apache commons-codec) does: standard or url-safe alphabet, padded or
 * not, other characters skipped without complaint, nothing after the first `=`.
 */
export function decodeBase64(text: string): Buffer {
  const [content = ''] = text.split('=')
  return Buffer.from(content.replaceAll(/[^A-Za-z0-9+/_-]/g, ''), 'base64')
}
