// Adding a name here makes it public.
export { certAuth } from './cert-auth.ts'
export type { CertAuthOptions, CertificateOptions } from './cert-auth.ts'
export { cert } from './strategy.ts'
