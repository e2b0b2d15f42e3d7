// Adding a name here makes it public.
export { basicAuth } from './basic-auth.ts'
export type { BasicAuthOptions } from './basic-auth.ts'
export { basic } from './strategy.ts'
