import type { Credentials } from '../../src/index.ts'
import type { TestServer } from './server.ts'

/** The simplest strategy there is: the same token each time. */
export function token(text: string): Credentials {
  return {
    scheme: 'test',
    identity: 'tester',
    authorize({ headers }) {
      headers.set('authorization', `Bearer ${text}`)
    },
  }
}

/** A token that each challenge replaces: 'token-0', 'token-1' and so on. Counts the challenges. */
export class Renewing implements Credentials {
  readonly scheme = 'test'
  readonly identity = 'tester'
  challenges = 0
  authorizations = 0

  authorize({ headers }: Parameters<NonNullable<Credentials['authorize']>>[0]): void {
    this.authorizations += 1
    headers.set('authorization', `Bearer ${this.token}`)
  }

  onChallenge(): boolean | Promise<boolean> {
    this.challenges += 1
    return true
  }

  get token(): string {
    return `token-${this.challenges}`
  }
}

/** Lets a server that was stopped listen again before the second attempt. */
export function startingAgain(server: Pick<TestServer, 'start'>): Credentials {
  let attempts = 0
  return {
    scheme: 'test',
    async authorize() {
      attempts += 1
      if (attempts === 2) await server.start()
    },
  }
}
