import { createHash, createHmac, createSign, pbkdf2Sync } from 'node:crypto'
import { pem } from './fixtures.ts'

/** How to answer a challenge: with the name of an RSA key in `fixtures/keys`, or with a secret. */
export interface AnswerOptions {
  readonly key?: string
  readonly secret?: string
  readonly alg: string
  readonly salt?: string
  readonly iterations?: number
  readonly length?: number
}

/** A signature or MAC over nonce and cnonce (all Base64), as the Handle specification describes it. */
export function answerChallenge(options: AnswerOptions, nonce: string, cnonce: string): string {
  const { alg, salt = '', iterations = 1, length = 160 } = options
  const data = Buffer.concat([Buffer.from(nonce, 'base64'), Buffer.from(cnonce, 'base64')])
  const digest =
    alg.includes('5') && !alg.includes('256') ? 'md5' : alg.includes('2') && !alg.includes('PBKDF2') ? 'sha256' : 'sha1'
  if (options.key !== undefined)
    return createSign(digest)
      .update(data)
      .sign(pem(`${options.key}.pem`), 'base64')
  const secret = Buffer.from(options.secret ?? '', 'utf8')
  if (alg.startsWith('PBKDF2')) {
    const password = Buffer.from(secret.toString('latin1'), 'utf8')
    const key = pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, length / 8, 'sha1')
    return createHmac('sha1', key).update(data).digest('base64')
  }
  if (alg.toUpperCase().startsWith('HMAC')) return createHmac(digest, secret).update(data).digest('base64')
  return createHash(digest).update(secret).update(data).update(secret).digest('base64')
}
