// A program that shares a session with others. Calls an API, one call after another, and prints what came of it.
import { HttpClient } from '@handlekit/core'
import { setTimeout as pause } from 'node:timers/promises'
import { fileTokenStore, oauth } from '../../src/oauth/index.ts'

const [, , issuer = '', baseUrl = '', path = '', ends = '0', between = '20'] = process.argv

const credentials = oauth({ issuer, clientId: 'public', store: fileTokenStore({ path }) })
const client = new HttpClient({ baseUrl, credentials })
const failures: string[] = []
let calls = 0
process.stdout.write('started\n')
while (Date.now() < Number(ends)) {
  try {
    await client.get('/account')
  } catch (error) {
    failures.push(String(error))
  }
  calls += 1
  await pause(Math.random() * 2 * Number(between))
}
await client.close()
process.stdout.write(JSON.stringify({ calls, failures }))
