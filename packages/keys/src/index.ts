// Adding a name here makes it public.
export { checkCertificate, checkKeyType } from './check.ts'
export type { CheckCertificateOptions, CheckOptions } from './check.ts'
export { toBin, toJwk, toPem, toPfx } from './encode.ts'
export type { EncodeOptions, PfxOptions } from './encode.ts'
export { fromHandleValue, toHandleValue } from './handle-value.ts'
export type { PublicKeyValue } from './handle-value.ts'
export { identityOf } from './identity.ts'
export { KeyError } from './key-error.ts'
export type { KeyErrorCode, KeyErrorOptions } from './key-error.ts'
export type { DsaPublicNumbers, PublicNumbers, RsaPublicNumbers } from './numbers.ts'
export { readCertificate, readCertificateAndKey, readPrivateKey, readPublicKey } from './read.ts'
export type { CertificateAndKey, CertificateAndKeySource } from './read.ts'
export type {
  BinForms,
  CertificateSource,
  JwkForms,
  OneOf,
  PemForms,
  PfxForms,
  PrivateKeySource,
  PublicKeySource,
  WithPassphrase,
} from './source.ts'
export { writeCertificate, writePfx, writePrivateKey, writePublicKey } from './write.ts'
export type { KeyTarget, WriteOptions, WritePfxOptions } from './write.ts'
