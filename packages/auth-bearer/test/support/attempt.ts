import type { AuthorizeContext, ChallengeContext, Credentials, SendContext } from '@handlekit/core/credentials'

const nobody: SendContext['send'] = () => Promise.reject(new Error('Nothing is sent in this test.'))

/** One client, without a network: what it would send, and what it would make of a 401. */
export interface FakeClient {
  /** The header of one request. */
  authorize(): Promise<string | undefined>
  /** The same, without waiting: undefined where the strategy has to wait. */
  authorizeNow(): string | undefined
  challenge(): Promise<boolean>
}

export function fakeClient(credentials: Credentials): FakeClient {
  // A client is known by its `send`.
  const send: SendContext['send'] = (request) => nobody(request)
  const context = { origin: 'https://api.example.org', basePath: '', api: 'http', send } as const
  const sending = (): { sent: Map<string, string>; done: void | Promise<void> } => {
    const sent = new Map<string, string>()
    const headers: AuthorizeContext['headers'] = {
      get: (name) => sent.get(name),
      set: (name, value) => void sent.set(name, value),
      delete: (name) => void sent.delete(name),
    }
    const about = { method: 'GET', url: new URL(context.origin), headers, attempt: 1, signal: undefined }
    const done = credentials.authorize?.({ ...context, ...about, hint: () => undefined })
    return { sent, done }
  }
  return {
    async authorize() {
      const { sent, done } = sending()
      await done
      return sent.get('authorization')
    },
    authorizeNow: () => sending().sent.get('authorization'),
    async challenge() {
      const headers: ChallengeContext['headers'] = { get: () => undefined, getAll: () => [] }
      const url = new URL(context.origin)
      const answer = credentials.onChallenge?.({ ...context, method: 'GET', url, status: 401, headers, challenges: [] })
      return (await answer) ?? false
    },
  }
}
