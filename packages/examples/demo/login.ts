import { basicAuth } from '@handlekit/auth-basic'
import { certAuth } from '@handlekit/auth-cert'
import { sessionAuth } from '@handlekit/auth-session'
import { HandleClient } from '@handlekit/core'
import { generateIdentity } from '@handlekit/identity'
import { writeCertificate, writePrivateKey } from '@handlekit/keys'
import type { HandleServer } from '@handlekit/server'
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { administrator } from './seed.ts'
import type { Story } from './story.ts'

/** The second part of the demo: a key in place of a password. */
export async function tellOfKeys(story: Story, server: HandleServer): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'handlekit-demo-'))
  const files = { certificate: join(folder, 'jane.crt.pem'), privateKey: join(folder, 'jane.pem') }
  const identity = '300:21.T12345/JANE'
  try {
    await story.step('Make a key and a certificate for Jane, and put the key into her record', async () => {
      const jane = await generateIdentity({ identity })
      await writeCertificate(jane.certificate, { pemFile: files.certificate })
      await writePrivateKey(jane.privateKey, { pemFile: files.privateKey, passphrase: 'opens sesame' })
      await using owner = new HandleClient({
        server: server.httpsUrl,
        trust: { ca: server.certificate },
        credentials: basicAuth(administrator),
      })
      await owner.create('21.T12345/JANE', [{ index: 300, type: 'HS_PUBKEY', data: jane.publicKeyValue }])
      return [identity, `${identity}: an RSA key in ${files.privateKey} (encrypted, for nobody else to read)`]
    })

    const privateKey = { pemFile: files.privateKey, passphrase: 'opens sesame' }
    await story.step('Log in as Jane with the TLS client certificate', async () => {
      const credentials = await certAuth({ certificate: { pemFile: files.certificate }, privateKey })
      await using client = new HandleClient({ server: server.httpsUrl, trust: { ca: server.certificate }, credentials })
      const { identity: known, scheme } = await client.verifyCredentials()
      assert.equal(known, identity)
      return [known, `the server knows us as ${known} (${scheme})`]
    })

    await story.step('The same by challenge and response, trusting nobody but the key of the server', async () => {
      const credentials = await sessionAuth({ identity, privateKey })
      const trust = { siteKey: { ...server.siteKey } }
      await using client = new HandleClient({ server: server.httpsUrl, trust, credentials })
      const { identity: known, scheme } = await client.verifyCredentials()
      assert.equal(known, identity)
      return [known, `the server knows us as ${known} (${scheme}); no certificate was needed, on either side`]
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}
