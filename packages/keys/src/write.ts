import { checkOptions, checkSecret, InvalidArgumentError, readSecret, type Secret } from '@handlekit/core/strategy'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { toBin, toJwk, toPem, toPfx, type PfxOptions } from './encode.ts'
import { originOf, writeKeyFile } from './key-file.ts'
import type { OneOf } from './source.ts'

/** Where a key is written to; the name of the option says in which form. */
export type KeyTarget = OneOf<{ pemFile: string | URL; binFile: string | URL; jwkFile: string | URL }> & WriteOptions

/** How a file is written. */
export interface WriteOptions {
  /** True: replaces a file that is there. Default false. */
  readonly overwrite?: boolean | undefined
}

/**
 * Writes a private key to a new file that only its owner may read (mode 0600, from the beginning).
 *
 * @param target With a passphrase the key is encrypted; JSON Web Keys cannot be.
 * @throws KeyError `KEY_FILE_EXISTS`, `KEY_FILE_UNWRITABLE` or `KEY_TYPE_REFUSED`
 * @throws InvalidArgumentError `UNKNOWN_OPTION`, `INVALID_OPTION` or `EMPTY_SECRET`
 */
export async function writePrivateKey(
  key: KeyObject,
  target: KeyTarget & { readonly passphrase?: Secret | undefined },
): Promise<void> {
  checkType('writePrivateKey', key, 'private')
  await write('writePrivateKey', key, target, target.passphrase)
}

/**
 * Writes a public key to a new file. Of a private key, take `createPublicKey(key)` of node:crypto.
 *
 * @throws KeyError `KEY_FILE_EXISTS`, `KEY_FILE_UNWRITABLE` or `KEY_TYPE_REFUSED`
 * @throws InvalidArgumentError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export async function writePublicKey(key: KeyObject, target: KeyTarget): Promise<void> {
  checkType('writePublicKey', key, 'public')
  await write('writePublicKey', key, target, undefined)
}

/**
 * Writes a certificate to a new file, in PEM.
 *
 * @throws KeyError `KEY_FILE_EXISTS` or `KEY_FILE_UNWRITABLE`
 */
export async function writeCertificate(
  certificate: X509Certificate,
  target: { readonly pemFile: string | URL } & WriteOptions,
): Promise<void> {
  checkOptions('writeCertificate', target, ['pemFile', 'overwrite'])
  const file = originOf('writeCertificate: pemFile', target.pemFile)
  await writeKeyFile(file, certificate.toString(), { secret: false, overwrite: target.overwrite === true })
}

/** What {@link writePfx} takes. */
export interface WritePfxOptions extends Omit<PfxOptions, 'passphrase'>, WriteOptions {
  readonly pfxFile: string | URL
  /** Text, or a function that gives it. */
  readonly passphrase: Secret
}

/**
 * Writes {@link toPfx} to a new file that only its owner may read (mode 0600).
 *
 * @throws KeyError `KEY_MISMATCH`, `KEY_FILE_EXISTS` or `KEY_FILE_UNWRITABLE`
 * @throws InvalidArgumentError `EMPTY_SECRET`, `INVALID_OPTION` or `UNKNOWN_OPTION`
 */
export async function writePfx(options: WritePfxOptions): Promise<void> {
  checkOptions('writePfx', options, ['certificate', 'privateKey', 'passphrase', 'pfxFile', 'overwrite'])
  const { certificate, privateKey } = options
  const file = originOf('writePfx: pfxFile', options.pfxFile)
  checkSecret('writePfx: passphrase', options.passphrase)
  const passphrase = await readSecret('writePfx: passphrase', options.passphrase)
  const bytes = toPfx({ certificate, privateKey, passphrase })
  await writeKeyFile(file, bytes, { secret: true, overwrite: options.overwrite === true })
}

async function write(where: string, key: KeyObject, target: KeyTarget, secret: Secret | undefined): Promise<void> {
  const isPrivate = key.type === 'private'
  const names = ['pemFile', 'binFile', 'jwkFile'] as const
  checkOptions(where, target, [...names, 'overwrite', ...(isPrivate ? ['passphrase'] : [])])
  const given = names.filter((name) => target[name] !== undefined)
  const [name] = given
  if (name === undefined || given.length > 1) {
    throw new InvalidArgumentError('INVALID_OPTION', `${where} takes one of ${names.join(', ')}.`)
  }
  if (secret !== undefined && name === 'jwkFile') {
    const text = 'A JSON Web Key cannot be encrypted: leave the passphrase out, or write a `pemFile`.'
    throw new InvalidArgumentError('INVALID_OPTION', `${where}: ${text}`)
  }
  const file = originOf(`${where}: ${name}`, target[name])
  const passphrase = secret === undefined ? undefined : await readSecret(`${where}: passphrase`, secret)
  const content = {
    pemFile: () => toPem(key, { passphrase }),
    binFile: () => toBin(key, { passphrase }),
    jwkFile: () => `${JSON.stringify(toJwk(key), null, 2)}\n`,
  }[name]()
  await writeKeyFile(file, content, { secret: isPrivate, overwrite: target.overwrite === true })
}

function checkType(where: string, key: KeyObject, wanted: 'private' | 'public'): void {
  if (key.type === wanted) return
  throw new InvalidArgumentError('INVALID_OPTION', `${where} takes a ${wanted} key, and this is a ${key.type} one.`)
}
