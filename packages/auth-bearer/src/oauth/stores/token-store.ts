/**
 * Keeps the tokens of one session: one text, that nobody but `oauth` has to understand. Small enough for a row of a
 * database or a key of Redis.
 *
 * With rotation a refresh token works once. Whoever uses it has to be alone from reading it to keeping its successor,
 * so `update` is one thing: lock, read, change, keep, unlock.
 */
export interface TokenStore {
  /** What was kept last; undefined when there is nothing. Needs no lock. */
  read(): Promise<string | undefined>
  /**
   * Calls `change` with what is kept now, while nobody else is in `update`, be it in this process or in another, and
   * keeps what it returns; undefined leaves everything as it is. Resolves when the text would survive a crash. When
   * `change` throws, nothing changes and the error is passed on.
   *
   * `change` asks a token server: it may take as long as the timeout that `oauth` was given.
   */
  update(change: (kept: string | undefined) => Promise<string | undefined>): Promise<void>
}
