import { bearerAuth } from '@handlekit/auth-bearer'
import type { Credentials } from '@handlekit/core'
import { SipgateClient, sipgateBasic, sipgateToken } from '@handlekit/sipgate'
import { sipgateOAuth } from '@handlekit/sipgate/oauth'
import { startFakeSipgate } from '@handlekit/sipgate/testing'
import assert from 'node:assert/strict'
import { startLoginServer } from './login-server.ts'
import type { Story } from './story.ts'

/** The third part of the demo: another API, with every way to log in that it has. */
export async function tellOfSipgate(story: Story): Promise<void> {
  const login = await startLoginServer()
  const given = 'access-token-from-somewhere'
  const fake = await startFakeSipgate({
    accessTokens: async (token) => (token === given ? ['all'] : login.scopesOf(token)),
  })
  const { clientId, clientSecret } = login.client
  const ways: Record<string, Credentials> = {
    'an e-mail address and a password': sipgateBasic(fake.login),
    'a personal access token': sipgateToken(fake.token),
    'an access token': bearerAuth({ token: given }),
    'OAuth 2, renewed at a real OpenID provider': sipgateOAuth({
      clientId,
      clientSecret,
      realm: login.realm,
      loginUrl: login.url,
      scopes: ['account:read'],
      refreshToken: await login.logIn(['account:read']),
    }),
  }
  try {
    for (const [name, credentials] of Object.entries(ways)) {
      await story.step(`Ask a stand-in for sipgate's API for the account, with ${name}`, async () => {
        await using client = new SipgateClient({ baseUrl: fake.url, credentials })
        const { status, body } = await client.request('GET /account')
        assert.equal(status, 200)
        return [status, `Status: ${status}`, `Body: ${JSON.stringify(body)}`]
      })
    }
  } finally {
    await fake.close()
    login.close()
  }
}
