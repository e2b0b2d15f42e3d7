import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { json, startPlainServer } from '../../core/test/support/server.ts'
import { fileTokenStore, oauth } from '../src/oauth/index.ts'
import { tokenOf } from './support/api.ts'
import { fakeClient } from './support/attempt.ts'
import { startChild } from './support/child.ts'
import { temporaryFolder } from './support/folder.ts'
import { startProvider, type TestProvider } from './support/provider.ts'

/** Seconds that the processes share a session for. `HANDLEKIT_SHARED_SECONDS=60` is the long run. */
const seconds = Number(process.env['HANDLEKIT_SHARED_SECONDS'] ?? 10)
const kills = Number(process.env['HANDLEKIT_KILLS'] ?? 30)

/** What session-child.ts prints. */
interface Result {
  readonly calls: number
  readonly failures: readonly string[]
}

/** Begins a session in a file, as a login would. */
async function begin(provider: TestProvider, path: string): Promise<void> {
  const refreshToken = await provider.session()
  const first = oauth({ issuer: provider.issuer, clientId: 'public', refreshToken, store: fileTokenStore({ path }) })
  await fakeClient(first).authorize()
}

it(
  `four processes that share a file for ${seconds} s, with tokens of 2 s, never lose the session`,
  { timeout: (seconds + 20) * 1000 },
  async () => {
    const provider = await startProvider({ accessTokenLife: 2 })
    // As at sipgate, a renewal ends the tokens before it: also those that another process is using.
    // And every second token is revoked in the middle of its life.
    let latest = ''
    let revokedAt = Infinity
    let given = 0
    provider.edit = (answer) => {
      latest = String(answer['access_token'])
      given += 1
      revokedAt = given % 2 === 0 ? Date.now() + 1_000 : Infinity
      return answer
    }
    let late = 0
    const api = await startPlainServer(async ({ headers }, response) => {
      const token = tokenOf(headers)
      const good = token === latest && Date.now() < revokedAt && (await provider.accepts(token))
      if (!good) late += 1
      json(response, good ? 200 : 401, {})
    })
    const path = join(temporaryFolder(), 'tokens.json')
    await begin(provider, path)
    const ends = String(Date.now() + seconds * 1000)
    const children = Array.from({ length: 4 }, () =>
      startChild(new URL('./support/session-child.ts', import.meta.url), provider.issuer, api.origin, path, ends),
    )
    const outputs = await Promise.all(children.map(({ output }) => output))
    const results = outputs.map((output): Result => JSON.parse(output.replace('started\n', '')))
    expect(results.flatMap(({ failures }) => failures)).toEqual([])
    const used = provider.asked.map(({ form }) => form.get('refresh_token'))
    expect(new Set(used).size).toBe(used.length)
    // Renewed after 1.8 s and 1.0 s in turn: by one process each time, not by all four.
    expect(used.length).toBeGreaterThan(seconds / 2)
    expect(used.length).toBeLessThan(seconds / 1.4 + 4)
    expect(late).toBeGreaterThan(0)
    const calls = results.reduce((sum, result) => sum + result.calls, 0)
    expect(calls).toBeGreaterThan(seconds * 20)
    report(`${calls} calls, ${used.length} renewals, ${late} refused and sent again, in ${seconds} s`)
  },
)

it(`kill -9 at ${kills} random points loses no session that the protocol lets live`, { timeout: 120_000 }, async () => {
  const outcomes = { whole: 0, between: 0 }
  const lanes = Array.from({ length: 2 }, async (_, lane) => {
    const provider = await startProvider()
    const path = join(temporaryFolder(), 'tokens.json')
    await begin(provider, path)
    for (let round = lane; round < kills; round += 2) outcomes[await killOnce(provider, path)] += 1
  })
  await Promise.all(lanes)
  report(`killed ${kills} times; the file held: ${JSON.stringify(outcomes)}`)
})

/** 'between' the token response and the write: there the protocol alone does not save the session. */
async function killOnce(provider: TestProvider, path: string): Promise<'whole' | 'between'> {
  const child = startChild(new URL('./support/renewing-child.ts', import.meta.url), provider.issuer, path)
  let answers = 0
  const skip = Math.floor(Math.random() * 4)
  await new Promise<void>((resolve) => {
    provider.edit = (answer) => {
      answers += 1
      // Not a wait for something: the moment of death itself, anywhere between the answer and the next renewal.
      if (answers === skip + 1) setTimeout(resolve, Math.random() * 20)
      return answer
    }
  })
  await child.kill()
  provider.edit = undefined
  await provider.idle()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const kept: { refreshToken: string } = JSON.parse(readFileSync(path, 'utf8'))
  const stored = await provider.provider.RefreshToken.find(kept.refreshToken)
  const consumed = Boolean(stored?.consumed)
  if (consumed && stored) {
    // The server has taken it out of service, and its answer died with the process. A server with a grace time takes
    // it once more; this one is told to.
    Object.assign(stored, { consumed: undefined })
    await stored.save()
  }
  const now = (): number => Date.now() + 1_000_000_000
  const next = oauth({ issuer: provider.issuer, clientId: 'public', store: fileTokenStore({ path }), now })
  // A lock of somebody who may be alive counts for longer than a test lasts: nobody waits for the dead.
  expect(await fakeClient(next).authorize()).toMatch(/^Bearer /)
  return consumed ? 'between' : 'whole'
}

function report(text: string): void {
  if (process.env['HANDLEKIT_REPORT']) onTestFinished(() => void process.stderr.write(`${text}\n`))
}
