/** Follows the redirects of a login as a browser does, with cookies, and gives the page at its end. */
export async function walk(
  url: string,
  stop?: (url: string) => boolean,
): Promise<{ url: string; status: number; text: string }> {
  const jars = new Map<string, Map<string, string>>()
  for (let hops = 0; hops < 20; hops += 1) {
    const { origin } = new URL(url)
    const jar = jars.get(origin) ?? new Map<string, string>()
    jars.set(origin, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {} })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = answer.headers.get('location')
    const text = await answer.text()
    if (!location) return { url, status: answer.status, text }
    url = new URL(location, url).href
    if (stop?.(url)) return { url, status: answer.status, text }
  }
  throw new Error('Too many redirects.')
}
