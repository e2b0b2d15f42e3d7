import { HttpClient } from '../../src/index.ts'

// A program of its own, for process-exit.test.ts: does what it is told to, and then has nothing more to do.
const [origin = '', how = '', timeout = ''] = process.argv.slice(2)
const client = new HttpClient({ baseUrl: origin, allowUntrustedServer: true, timeout: Number(timeout), retries: 0 })
const end = await client.get('/').then(
  ({ status }) => String(status),
  (error: unknown) => String(Reflect.get(Object(error), 'code')),
)
if (how === 'close') await client.close()
process.stdout.write(end)
