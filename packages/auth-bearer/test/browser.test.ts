import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { httpClient } from '../../core/test/support/client.ts'
import { oauth } from '../src/oauth/index.ts'
import { startApi } from './support/api.ts'
import { temporaryFolder } from './support/folder.ts'
import { secret, startProvider } from './support/provider.ts'

const executablePath = process.env['HANDLEKIT_CHROMIUM'] ?? '/usr/bin/chromium'
const missing = existsSync(executablePath) ? '' : `: skipped, there is no ${executablePath} (apt-get install chromium)`

const options = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

describe.skipIf(missing)(`a real browser${missing}`, () => {
  it('a person logs in, agrees, and sees that it is done', { timeout: 60_000 }, async () => {
    const browser = await chromium.launchPersistentContext(temporaryFolder(), { executablePath, args: options })
    onTestFinished(() => browser.close())
    const provider = await startProvider({ pages: true, redirectUris: ['http://localhost/oauth'] })
    const api = await startApi(provider)
    const credentials = oauth({
      issuer: provider.issuer,
      clientId: 'basic',
      clientSecret: secret,
      scopes: ['openid', 'offline_access', 'account:read'],
      redirectUris: ['http://localhost:0/oauth'],
    })
    const page = await browser.newPage()
    const addresses: string[] = []
    browser.on('request', (request) => addresses.push(request.url()))
    const login = credentials.login({
      parameters: { prompt: 'consent' },
      async openUrl(url) {
        await page.goto(url)
        await page.fill('input[name=login]', 'w0')
        await page.fill('input[name=password]', 'anything')
        await page.click('button[type=submit]')
        await page.waitForSelector('text=Authorize')
        await page.click('button[type=submit]')
      },
    })
    expect(await login).toMatchObject({ renewable: true })
    await page.waitForSelector('text=You are logged in.')
    expect(new URL(page.url()).hostname).toBe('localhost')
    expect((await httpClient(api, { credentials }).get('/account')).body).toEqual({ ok: true })
    for (const address of addresses) expect(decodeURIComponent(address)).not.toContain(secret)
    expect(addresses.some((address) => address.includes('code_challenge_method=S256'))).toBe(true)
  })
})
