import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { TokenStore } from '@handlekit/auth-bearer/oauth'

/** Keeps the tokens of one session in a row of an SQLite database. */
export function sqliteTokenStore(file: string, session: string): TokenStore {
  async function using<T>(work: (db: DatabaseSync) => Promise<T>): Promise<T> {
    const db = new DatabaseSync(file)
    try {
      await whenFree(() => db.exec('CREATE TABLE IF NOT EXISTS tokens (session TEXT PRIMARY KEY, text TEXT NOT NULL)'))
      return await work(db)
    } finally {
      db.close() // takes back what was not committed
    }
  }
  const select = (db: DatabaseSync): string | undefined => {
    const text = db.prepare('SELECT text FROM tokens WHERE session = ?').get(session)?.['text']
    return typeof text === 'string' ? text : undefined
  }
  return {
    read: () => using((db) => whenFree(() => select(db))),
    update: (change) =>
      using(async (db) => {
        await whenFree(() => db.exec('BEGIN IMMEDIATE')) // the lock: of all processes, one gets past this line
        const text = await change(select(db))
        if (text === undefined) return
        db.prepare('INSERT OR REPLACE INTO tokens VALUES (?, ?)').run(session, text)
        await whenFree(() => db.exec('COMMIT'))
      }),
  }
}

/** Tries again for as long as another process has the database (SQLITE_BUSY). */
async function whenFree<T>(work: () => T): Promise<T> {
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Error && 'errcode' in error && error.errcode === 5)) throw error
      await pause(20)
    }
  }
}
