import { readPrivateKey, writeCertificate, writePfx, writePrivateKey, writePublicKey } from '@handlekit/keys'
import { createPublicKey } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certificate, errorOf, passphrase, rsaKey, strangerKey, temporaryDirectory, textOf } from './support/keys.ts'

const directory = temporaryDirectory()
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const at = (name: string): string => join(directory, name)

describe('files', () => {
  it('only the owner may read those with a private key', async () => {
    await writePrivateKey(rsaKey, { pemFile: at('user.pem') })
    await writePrivateKey(rsaKey, { jwkFile: at('user.jwk') })
    await writePrivateKey(rsaKey, { binFile: at('admpriv.bin'), passphrase })
    await writePfx({ pfxFile: at('user.p12'), certificate, privateKey: rsaKey, passphrase })
    for (const name of ['user.pem', 'user.jwk', 'admpriv.bin', 'user.p12']) expect(modeOf(at(name))).toBe('600')
  })

  it('public ones are for all', async () => {
    const umask = process.umask()
    await writePublicKey(createPublicKey(rsaKey), { binFile: at('admpub.bin') })
    await writeCertificate(certificate, { pemFile: at('user.crt.pem') })
    for (const name of ['admpub.bin', 'user.crt.pem']) expect(modeOf(at(name))).toBe((0o644 & ~umask).toString(8))
    expect(readFileSync(at('user.crt.pem'), 'utf8')).toBe(textOf('user.crt.pem'))
  })

  it('one that is there is left as it is', async () => {
    writeFileSync(at('old.pem'), 'precious')
    expect(await errorOf(writePrivateKey(rsaKey, { pemFile: at('old.pem') }))).toMatchObject({
      code: 'KEY_FILE_EXISTS',
    })
    expect(readFileSync(at('old.pem'), 'utf8')).toBe('precious')
  })

  it('a link to nowhere is not followed', async () => {
    symlinkSync(at('elsewhere'), at('link.pem'))
    expect(await errorOf(writePrivateKey(rsaKey, { pemFile: at('link.pem') }))).toMatchObject({
      code: 'KEY_FILE_EXISTS',
    })
    expect(readdirSync(directory)).not.toContain('elsewhere')
  })

  it('one that is replaced does not keep its mode', async () => {
    writeFileSync(at('wide.pem'), 'old')
    chmodSync(at('wide.pem'), 0o666)
    await writePrivateKey(strangerKey, { pemFile: at('wide.pem'), overwrite: true })
    expect(modeOf(at('wide.pem'))).toBe('600')
    expect((await readPrivateKey({ pemFile: at('wide.pem') })).equals(strangerKey)).toBe(true)
  })

  it('nothing is left behind when a directory is in the way', async () => {
    const error = await errorOf(writePrivateKey(rsaKey, { pemFile: directory, overwrite: true }))
    expect(error).toMatchObject({ code: 'KEY_FILE_UNWRITABLE' })
    expect(
      readdirSync(join(directory, '..')).filter((name) => name.endsWith('.tmp') && name.includes('handlekit-keys')),
    ).toEqual([])
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})
