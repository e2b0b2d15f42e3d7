import { checkOptions, checkSecret, InvalidArgumentError, type Secret } from '@handlekit/core/strategy'
import { originOf, readKeyFile } from './key-file.ts'
import type { Origin } from './origin.ts'

/** An object with exactly one of the properties of `Forms`. */
export type OneOf<Forms> = {
  [Name in keyof Forms]: { readonly [Given in Name]: Forms[Given] } & {
    readonly [Other in Exclude<keyof Forms, Name>]?: undefined
  }
}[keyof Forms]

/** PEM (RFC 7468), as text or the bytes of it, or the path of a file with it. What else is in it does not matter. */
export interface PemForms {
  pem: string | Uint8Array
  pemFile: string | URL
}

/** PKCS#12 (RFC 7292), known by `.p12` and `.pfx`: a key and its certificate. */
export interface PfxForms {
  pfx: Uint8Array
  pfxFile: string | URL
}

/** What the Handle System's Java tools write: `admpriv.bin`, `admpub.bin`. */
export interface BinForms {
  bin: Uint8Array
  binFile: string | URL
}

/** A JSON Web Key (RFC 7517), as an object, or the path of a file with its JSON. */
export interface JwkForms {
  jwk: object
  jwkFile: string | URL
}

/** What opens a key that is encrypted. */
export interface WithPassphrase {
  /** Text, or a function that gives it; it is called when it is needed, and for PKCS#12 always. */
  readonly passphrase?: Secret | undefined
}

/** Where a private key is. The name of the option says in which form; the content is never guessed at. */
export type PrivateKeySource = OneOf<PemForms & PfxForms & BinForms & JwkForms> & WithPassphrase
/** Where a public key is. */
export type PublicKeySource = OneOf<PemForms & BinForms & JwkForms>
/** Where a certificate is. */
export type CertificateSource = OneOf<PemForms & PfxForms> & WithPassphrase

/** The content of a source. */
export type Loaded =
  | { readonly form: 'pem'; readonly text: string; readonly bytes: Buffer; readonly origin: Origin }
  | { readonly form: 'pfx'; readonly bytes: Buffer; readonly origin: Origin }
  | { readonly form: 'bin'; readonly bytes: Buffer; readonly origin: Origin }
  | { readonly form: 'jwk'; readonly jwk: unknown; readonly origin: Origin }

type Form = Loaded['form']

/**
 * Reads a source, whatever it is; nothing is taken for granted about it.
 *
 * @param where Names the function for errors.
 * @param forms The forms that it may have.
 * @throws InvalidArgumentError `UNKNOWN_OPTION`, `INVALID_OPTION` or `EMPTY_SECRET`
 * @throws KeyError for a file that cannot be read
 */
export async function load(where: string, source: object, forms: readonly Form[], others: string[]): Promise<Loaded> {
  const names = forms.flatMap((form) => [form, `${form}File`])
  checkOptions(where, source, [...names, ...others])
  const given: Readonly<Record<string, unknown>> = { ...source }
  if (given['passphrase'] !== undefined) checkSecret(`${where}: passphrase`, given['passphrase'])
  const present = names.filter((name) => given[name] !== undefined)
  const [name] = present
  if (name === undefined || present.length > 1) {
    const problem = name === undefined ? 'none of them was given' : `${present.join(' and ')} were given`
    throw new InvalidArgumentError('INVALID_OPTION', `${where} takes one of ${names.join(', ')}; ${problem}.`)
  }
  const form = forms.find((known) => name.startsWith(known)) ?? 'pem'
  if (name !== form) {
    const origin = originOf(`${where}: ${name}`, given[name])
    return fromBytes(form, await readKeyFile(origin), origin)
  }
  return fromMemory(form, given[name], { name: `${where}: the option '${name}'` })
}

function fromBytes(form: Form, bytes: Buffer, origin: Origin): Loaded {
  if (form === 'pem') return { form, text: bytes.toString('utf8'), bytes, origin }
  if (form !== 'jwk') return { form, bytes, origin }
  try {
    const jwk: unknown = JSON.parse(bytes.toString('utf8'))
    return { form, jwk, origin }
  } catch {
    // The error of JSON.parse quotes the text, which is a key.
    return { form, jwk: undefined, origin }
  }
}

function fromMemory(form: Form, content: unknown, origin: Origin): Loaded {
  if (form === 'jwk') return { form, jwk: content, origin }
  if (content instanceof Uint8Array) return fromBytes(form, Buffer.from(content), origin)
  if (form === 'pem' && typeof content === 'string') return fromBytes(form, Buffer.from(content), origin)
  const wanted = form === 'pem' ? 'text or bytes' : 'bytes'
  throw new InvalidArgumentError(
    'INVALID_OPTION',
    `${origin.name} has to be ${wanted}. A path goes into '${form}File'.`,
  )
}
