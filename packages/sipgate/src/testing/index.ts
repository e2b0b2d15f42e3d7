// Adding a name here makes it public.
export { startFakeSipgate } from './fake.ts'
export type { FakeSipgate } from './fake.ts'
export type { FakeAccount, FakeCall, FakeItem, FakeOwned } from './account.ts'
export type { FakeReply, FakeRequest } from './exchange.ts'
export type { FakeFailure } from './failures.ts'
export type { FakeLogin, FakeSipgateOptions, FakeToken, FakeVerifier } from './options.ts'
