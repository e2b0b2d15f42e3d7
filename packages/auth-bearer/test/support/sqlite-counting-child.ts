// Counts in a row of a database that others count in, too.
import { sqliteTokenStore } from './sqlite-store.ts'

const [, , path = '', times = '0'] = process.argv
const store = sqliteTokenStore(path, 'counter')
for (let round = 0; round < Number(times); round += 1) {
  await store.update(async (kept = '0') => String(Number(kept) + 1))
}
