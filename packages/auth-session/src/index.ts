// Adding a name here makes it public.
export { sessionAuth } from './session-auth.ts'
export type { SessionAuthOptions } from './session-auth.ts'
export type { Handshake } from './challenger.ts'
export type { Digest, Sign } from './public-key.ts'
export type { Mac } from './secret-key.ts'
export { session } from './strategy.ts'
