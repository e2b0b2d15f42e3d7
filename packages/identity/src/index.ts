// Adding a name here makes it public.
export { makeCertificate } from './certificate.ts'
export type { CertificateOptions } from './certificate.ts'
export { generateIdentity } from './generate-identity.ts'
export type { GeneratedIdentity, GenerateIdentityOptions } from './generate-identity.ts'
