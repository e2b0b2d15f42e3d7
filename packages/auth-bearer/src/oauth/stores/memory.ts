import type { TokenStore } from './token-store.ts'

/**
 * Keeps tokens for as long as the process lives. Several credentials may share one: they then share the session.
 *
 * @param text What another store kept, to start with.
 */
export function memoryTokenStore(text?: string): TokenStore {
  let kept = text
  let last: Promise<unknown> = Promise.resolve()

  async function replace(before: Promise<unknown>, change: Parameters<TokenStore['update']>[0]): Promise<void> {
    await before
    kept = (await change(kept)) ?? kept
  }

  return Object.freeze<TokenStore>({
    async read() {
      return kept
    },
    update(change) {
      const mine = replace(last, change)
      last = mine.catch(() => undefined)
      return mine
    },
  })
}
