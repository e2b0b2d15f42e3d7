// Counts in a file that others count in, too.
import { fileTokenStore } from '../../src/oauth/index.ts'

const [, , path = '', times = '0'] = process.argv
const store = fileTokenStore({ path })
for (let round = 0; round < Number(times); round += 1) {
  await store.update(async (kept = '0') => String(Number(kept) + 1))
}
