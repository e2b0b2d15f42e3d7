// Adding a name here makes it public.
export { bearerAuth } from './bearer-auth.ts'
export type { BearerAuthOptions, BearerToken, TokenRequest, TokenSource } from './bearer-auth.ts'
export { bearer } from './strategy.ts'
