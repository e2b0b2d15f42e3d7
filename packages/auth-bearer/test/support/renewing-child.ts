// A program that renews a session as often as it can, until it is killed. Its clock jumps past the end of each token.
import { fileTokenStore, oauth } from '../../src/oauth/index.ts'
import { fakeClient } from './attempt.ts'

const [, , issuer = '', path = ''] = process.argv

let ahead = 0
const now = (): number => Date.now() + ahead
const store = fileTokenStore({ path })
const client = fakeClient(oauth({ issuer, clientId: 'public', store, now }))
process.stdout.write('started\n')
for (;;) {
  await client.authorize()
  ahead += 1_000_000
}
