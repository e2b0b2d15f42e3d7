import { readFileSync } from 'node:fs'

/** A certificate and its key, in PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

const pem = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8')
const identity = (name: string): Identity => ({ cert: pem(`${name}.crt`), key: pem(`${name}.key`) })

/** Of a server on this machine. It signed itself, so a client that trusts it trusts {@link localhost}.cert. */
export const localhost: Identity = identity('localhost')
/** Of a server with another name, signed by {@link authority}. */
export const elsewhere: Identity = identity('elsewhere')
/** Of a server with no name at all, as a Handle server makes it for itself. */
export const anonymous: Identity = identity('anonymous')
export const authority: string = pem('authority.crt')
/** Of a client. */
export const person: Identity = identity('client')
