import type { AuthorizeContext, ChallengeContext, Credentials, SendContext } from '@handlekit/core/credentials'

const nobody: SendContext['send'] = () => Promise.reject(new Error('Nothing is sent in this test.'))

/** One client, without a network: what it would send, and what it would make of a 401. */
export interface FakeClient {
  /** The header of one request. */
  authorize(): Promise<string | undefined>
  /** The same, without waiting: undefined where the strategy has to wait. */
  authorizeNow(): string | undefined
  /** A 401 to a request with this header. Default: the last that {@link authorize} gave. */
  challenge(refused?: string): Promise<boolean>
}

export function fakeClient(credentials: Credentials): FakeClient {
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
  let last: string | undefined
  return {
    async authorize() {
      const { sent, done } = sending()
      await done
      last = sent.get('authorization')
      return last
    },
    authorizeNow: () => sending().sent.get('authorization'),
    async challenge(refused = last) {
      const headers: ChallengeContext['headers'] = { get: () => undefined, getAll: () => [] }
      const url = new URL(context.origin)
      const sent = { get: () => refused }
      const about = { method: 'GET', url, status: 401, headers, sent, challenges: [] }
      const answer = credentials.onChallenge?.({ ...context, ...about })
      return (await answer) ?? false
    },
  }
}
