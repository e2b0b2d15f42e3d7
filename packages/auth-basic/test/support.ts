/** The record of 'a/b', as a Handle server gives it; good enough for every other server. */
export const served = { responseCode: 1, handle: 'a/b', values: [] }

/** What a Basic header says. */
export function decode(header: string | undefined): { user: string; password: string } {
  const [scheme, base64 = ''] = String(header).split(' ')
  if (scheme !== 'Basic') throw new Error('It is not Basic.')
  const pair = Buffer.from(base64, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return { user: pair.slice(0, colon), password: pair.slice(colon + 1) }
}
