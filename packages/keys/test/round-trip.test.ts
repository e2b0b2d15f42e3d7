import {
  readPrivateKey,
  readPublicKey,
  toBin,
  toJwk,
  toPem,
  toPfx,
  writePfx,
  writePrivateKey,
  writePublicKey,
  type PrivateKeySource,
  type PublicKeySource,
} from '@handlekit/keys'
import { makeCertificate } from '@handlekit/identity'
import fc from 'fast-check'
import { createPublicKey, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dsaKey, rsaKey, temporaryDirectory } from './support/keys.ts'

const directory = temporaryDirectory()
let files = 0
const newFile = (): string => join(directory, `${files++}`)

type Write = (key: KeyObject, passphrase: string) => PrivateKeySource | Promise<PrivateKeySource>
const certificateFor = (privateKey: KeyObject) => makeCertificate({ identity: '300:21.T12345/USER01', privateKey })

const writers: Readonly<Record<string, Write>> = {
  pem: (key) => ({ pem: toPem(key) }),
  'pem as bytes': (key) => ({ pem: Buffer.from(toPem(key)) }),
  'pem, encrypted': (key, passphrase) => ({ pem: toPem(key, { passphrase }), passphrase }),
  jwk: (key) => ({ jwk: toJwk(key) }),
  bin: (key) => ({ bin: toBin(key) }),
  'bin, encrypted': (key, passphrase) => ({ bin: toBin(key, { passphrase }), passphrase: () => passphrase }),
  pfx: (key, passphrase) => {
    const pfx = toPfx({ privateKey: key, certificate: certificateFor(key), passphrase })
    return { pfx, passphrase: async () => passphrase }
  },
  pemFile: async (key, passphrase) => {
    const pemFile = newFile()
    await writePrivateKey(key, { pemFile, passphrase })
    return { pemFile, passphrase }
  },
  jwkFile: async (key) => {
    const jwkFile = newFile()
    await writePrivateKey(key, { jwkFile })
    return { jwkFile }
  },
  binFile: async (key, passphrase) => {
    const binFile = newFile()
    await writePrivateKey(key, { binFile, passphrase: () => passphrase })
    return { binFile, passphrase }
  },
  pfxFile: async (key, passphrase) => {
    const pfxFile = newFile()
    await writePfx({ pfxFile, privateKey: key, certificate: certificateFor(key), passphrase: () => passphrase })
    return { pfxFile, passphrase }
  },
}

const names = Object.keys(writers)
const pairs = names.flatMap((from) => names.map((to) => [from, to] as const))
const anyKey = fc.constantFrom(rsaKey, dsaKey)
// A passphrase ends at a NUL in OpenSSL, as everywhere in C.
const anyPassphrase = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  .filter((text) => !text.includes('\0'))

async function through(name: string, key: KeyObject, passphrase: string): Promise<KeyObject> {
  const source = await writers[name]?.(key, passphrase)
  if (!source) throw new Error(`No form ${name}`)
  return readPrivateKey(source)
}

describe('private keys', () => {
  it.each(pairs)('%s, then %s: the same key', async (from, to) => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyPassphrase, anyPassphrase, async (key, first, second) => {
        const read = await through(from, key, first)
        const again = await through(to, read, second)
        expect(again.equals(key)).toBe(true)
        expect(toJwk(again)).toEqual(toJwk(key))
      }),
      { numRuns: 4 },
    )
  })
})

describe('public keys', () => {
  const publicWriters: Readonly<Record<string, (key: KeyObject) => PublicKeySource | Promise<PublicKeySource>>> = {
    pem: (key) => ({ pem: toPem(key) }),
    jwk: (key) => ({ jwk: toJwk(key) }),
    bin: (key) => ({ bin: toBin(key) }),
    pemFile: async (key) => {
      const pemFile = newFile()
      await writePublicKey(key, { pemFile })
      return { pemFile }
    },
    jwkFile: async (key) => {
      const jwkFile = newFile()
      await writePublicKey(key, { jwkFile })
      return { jwkFile }
    },
    binFile: async (key) => {
      const binFile = newFile()
      await writePublicKey(key, { binFile })
      return { binFile }
    },
  }

  it.each(Object.entries(publicWriters))('%s', async (_, write) => {
    for (const key of [createPublicKey(rsaKey), createPublicKey(dsaKey)]) {
      expect((await readPublicKey(await write(key))).equals(key)).toBe(true)
    }
  })

  it('of a certificate', async () => {
    const pem = certificateFor(dsaKey).toString()
    expect((await readPublicKey({ pem })).equals(createPublicKey(dsaKey))).toBe(true)
  })
})
