import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact, redactAll } from '../../src/transport/redact.ts'

/** Long enough to be one, and without anything that the words around it are made of. */
const secret = fc.string({
  unit: fc.constantFrom(...'QWXYZ0123456789/+"\\äß€'.split(''), '😀'),
  minLength: 6,
  maxLength: 30,
})
const words = fc.string({ unit: fc.constantFrom(...'abcde .,'.split('')) })
const basic = (password: string): string => `Basic ${Buffer.from(`user:${password}`).toString('base64')}`

test('a secret is taken out wherever it stands, and the rest stays', () => {
  fc.assert(
    fc.property(secret, words, words, (text, before, after) => {
      expect(redact(`${before}${text}${after}${text}`, [`Bearer ${text}`])).toBe(
        `${before}<redacted>${after}<redacted>`,
      )
    }),
  )
})

test('the header itself, too: the scheme may stay', () => {
  fc.assert(
    fc.property(secret, (text) => {
      const header = basic(text)
      expect(redact(`got ${header}.`, [header])).toBe('got Basic <redacted>.')
      expect(redact(`got ${text}.`, [text])).toBe('got <redacted>.')
    }),
  )
})

test('of Basic the password, the pair, and their base64, in the spelling of JSON, an address or Latin-1, too', () => {
  fc.assert(
    fc.property(secret, words, (password, before) => {
      const spellings = [
        password,
        `user:${password}`,
        Buffer.from(`user:${password}`).toString('base64'),
        JSON.stringify(password).slice(1, -1),
        encodeURIComponent(password),
        Buffer.from(password).toString('latin1'),
      ]
      for (const spelling of spellings) {
        const shown = redact(`${before}${spelling}!`, [basic(password)])
        expect(shown).toContain('<redacted>')
        expect(shown).not.toContain(spelling)
      }
    }),
  )
})

test('a secret that was cut off', () => {
  fc.assert(
    fc.property(secret, words, fc.integer({ min: 4, max: 29 }), (text, before, length) => {
      fc.pre(length < text.length)
      const cut = text.slice(0, length)
      const shown = redact(before + cut, [`Bearer ${text}`])
      expect(shown).toContain('<redacted>')
      expect(shown).not.toContain(cut)
    }),
  )
})

test('what stands in quotes in a header of parameters', () => {
  const header = 'Handle sessionId="session-4711", id="1", signature="c2lnbmF0dXJl"'
  expect(redact('session-4711 is over, 1 c2lnbmF0dXJl', [header])).toBe('<redacted> is over, 1 <redacted>')
})

describe('what is no secret stays', () => {
  test('where nothing was said in confidence', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(redact(text, [])).toBe(text)
      }),
    )
  })

  test('and a word of three characters is none', () => {
    expect(redact('the fox and the dog', ['Bearer the', basic('fox')])).toBe('the fox and the dog')
  })
})

describe('in JSON', () => {
  test('every text and every name is looked at, and everything else stays', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(redactAll(value, [])).toEqual(value)
        const shown = JSON.stringify(redactAll([value, { 'ZZ-secret': ['ZZ-secret'] }], ['Bearer ZZ-secret']))
        expect(shown).not.toContain('ZZ-secret')
      }),
    )
  })

  test('however deep it is', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}"ZZ-secret"${']'.repeat(100_000)}`)
    expect(JSON.stringify(redactAll(deep, ['ZZ-secret']))).not.toContain('ZZ-secret')
  })
})
