import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keyFile } from '../../auth-cert/test/support/setup.ts'
import { signWith } from '../src/public-key.ts'
import { type Mac, pbkdf2Mac, secretKeyProver } from '../src/secret-key.ts'

interface Vector {
  readonly alg: string
  readonly signature: string
  readonly secret?: string
  readonly salt?: string
  readonly iterations?: number
  readonly length?: number
}

interface Vectors {
  readonly handleChallenge: {
    readonly nonce: string
    readonly cnonce: string
    readonly publicKey: readonly Vector[]
    readonly secretKey: readonly Vector[]
  }
}

// Checked by a real server.
const file = new URL('../../server/test/fixtures/vectors.json', import.meta.url)
const { handleChallenge }: Vectors = JSON.parse(readFileSync(file, 'utf8'))
const { nonce, cnonce, publicKey, secretKey } = handleChallenge
const data = Buffer.concat([Buffer.from(nonce, 'base64'), Buffer.from(cnonce, 'base64')])

test.each(publicKey.filter(({ alg }) => alg !== 'MD5'))('a signature with $alg', async ({ alg, signature }) => {
  const key = createPrivateKey(readFileSync(keyFile('user.pem')))
  const made = await signWith(key, alg === 'SHA1' ? 'SHA1' : 'SHA256')(data)
  expect(Buffer.from(made).toString('base64')).toBe(signature)
})

const isMac = (alg: string): alg is Mac => alg !== 'PBKDF2-HMAC-SHA1'

test.each(secretKey)('$alg of $secret', async ({ alg, secret = '', signature, salt, iterations, length }) => {
  const made =
    salt !== undefined && iterations !== undefined && length !== undefined
      ? await pbkdf2Mac(Buffer.from(secret), data, Buffer.from(salt, 'base64'), iterations, length)
      : isMac(alg) && (await secretKeyProver(() => secret, alg).prove(data))
  expect(made && Buffer.from(made.signature).toString('base64')).toBe(signature)
})
