#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { developmentSeed, startHandleServer, type HandleServer, type HandleServerOptions } from '../index.ts'

const usage = `Usage: handle-server [options]

Serves the HTTP JSON API of a Handle server, for development and tests.

  --https-port PORT          port of HTTPS, 0 for a free one, "off" for none (default 8443)
  --http-port PORT           port of plain HTTP, 0 for a free one, "off" for none (default 8080)
  --host ADDRESS             address to listen on (default 127.0.0.1)
  --seed FILE                records to start with; default: the prefix 21.T12345, with the administrator
                             300:21.T12345/ADMIN and the password mypassword123
  --data FILE                SQLite file that keeps the records (default: memory)
  --certificate FILE         writes the certificate that clients have to trust to this file
  --case-sensitive           the case of names matters
  --session-timeout SECONDS  ends sessions that were not used for so long (default: never)
  --client-certificates WHEN on-demand (default), want or need
  --no-session-tickets       no TLS session tickets
  --server-admin INDEX:HANDLE  runs the server and its prefixes; may be repeated
  --server-admin-full-access lets server administrators do everything on every record
  --anonymous-admin          no permission checks at all
  --search                   lets the user search with the password mypassword123 search at /hrls
  --help                     shows this
`

/** A mistake in the command line: one line about it, and exit status 2. */
class UsageError extends Error {
  override readonly name = 'UsageError'
}

interface Command {
  readonly options: HandleServerOptions
  readonly certificateFile: string | undefined
}

function readCommand(): Command | 'help' {
  const { values } = parseArgs({
    options: {
      'https-port': { type: 'string', default: '8443' },
      'http-port': { type: 'string', default: '8080' },
      host: { type: 'string' },
      seed: { type: 'string' },
      data: { type: 'string' },
      certificate: { type: 'string' },
      'case-sensitive': { type: 'boolean' },
      'session-timeout': { type: 'string' },
      'client-certificates': { type: 'string' },
      'no-session-tickets': { type: 'boolean' },
      'server-admin': { type: 'string', multiple: true },
      'server-admin-full-access': { type: 'boolean' },
      'anonymous-admin': { type: 'boolean' },
      search: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return 'help'
  const options: HandleServerOptions = {
    seed: values.seed ?? developmentSeed,
    data: values.data,
    httpsPort: port('--https-port', values['https-port']),
    httpPort: port('--http-port', values['http-port']),
    host: values.host,
    caseSensitive: values['case-sensitive'],
    sessionTimeout: seconds('--session-timeout', values['session-timeout']),
    clientCertificates: whenToAsk(values['client-certificates']),
    sessionTickets: !values['no-session-tickets'],
    serverAdmins: values['server-admin'],
    serverAdminFullAccess: values['server-admin-full-access'],
    anonymousAdminFullAccess: values['anonymous-admin'],
    search: values.search && { username: 'search', password: 'mypassword123' },
  }
  return { options, certificateFile: values.certificate }
}

function port(option: string, text: string): number | false {
  if (text === 'off') return false
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new UsageError(`${option} ${text} is not a port`)
  return Number(text)
}

function seconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw new UsageError(`${option} ${text} is not a number of seconds`)
  return Number(text)
}

function whenToAsk(text: string | undefined): HandleServerOptions['clientCertificates'] {
  if (text === undefined || text === 'on-demand' || text === 'want' || text === 'need') return text
  throw new UsageError(`--client-certificates ${text} is not on-demand, want or need`)
}

async function serve({ options, certificateFile }: Command): Promise<void> {
  const server = await startHandleServer(options)
  try {
    if (certificateFile !== undefined) writeFileSync(certificateFile, server.certificate)
  } catch (error) {
    await server.close()
    throw error
  }
  stopOnSignals(server)
  const urls = [server.httpsUrl, server.httpUrl].filter((url) => url !== '')
  console.log(`Handle server ready: ${urls.join(' ')}`)
}

function stopOnSignals(server: HandleServer): void {
  const stop = (): void => {
    server.close().catch(fail)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

/** One line on stderr; 2 for a mistake in the command line, 1 for anything else. */
function fail(error: unknown): void {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n')
  const isUsage = error instanceof UsageError || isParseArgsError(error)
  console.error(`handle-server: ${line ?? ''}`)
  process.exitCode = isUsage ? 2 : 1
}

function isParseArgsError(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

try {
  const command = readCommand()
  if (command === 'help') console.log(usage.trimEnd())
  else await serve(command)
} catch (error) {
  fail(error)
}
