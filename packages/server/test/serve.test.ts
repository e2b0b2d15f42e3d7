import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { clientOf } from './support/client.ts'
import { serve, urlsOf } from './support/child.ts'
import { seedFile } from './support/fixtures.ts'
import { startServer } from './support/server.ts'

const directory = mkdtempSync(join(tmpdir(), 'handle-serve-'))
afterAll(() => rmSync(directory, { recursive: true }))

const freePorts = ['--https-port', '0', '--http-port', '0'] as const

describe('serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('prints one line, serves, and stops on %s', async (signal) => {
    const child = serve(...freePorts, '--seed', seedFile)
    const { http } = urlsOf(await child.firstLine())
    const answer = await fetch(`${http}/api/handles/21.T12345/LOCKED`)
    expect(await answer.json()).toMatchObject({ responseCode: 1 })
    child.process.kill(signal)
    const { code, stdout, stderr } = await child.ended()
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout.match(/\n/g)).toHaveLength(1)
  })

  test('stops even while a connection is open', async () => {
    const child = serve(...freePorts)
    const { http } = urlsOf(await child.firstLine())
    const socket = connect(Number(new URL(http).port), '127.0.0.1')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    await new Promise<void>((resolve) => socket.once('connect', resolve))
    child.process.kill('SIGTERM')
    expect((await child.ended()).code).toBe(0)
    await closed
  })

  test('without a seed has an administrator to try with, and writes the certificate to trust', async () => {
    const file = join(directory, 'certificate.pem')
    const child = serve(...freePorts, '--certificate', file)
    const { https, http } = urlsOf(await child.firstLine())
    const { server } = await startServer()
    const send = clientOf({ ...server, httpsUrl: https, httpUrl: http, certificate: readFileSync(file, 'utf8') })
    const options = { basic: ['300:21.T12345/ADMIN', 'mypassword123'], body: [] } as const
    expect((await send('PUT', '/api/handles/21.T12345/TRY', options)).status).toBe(201)
  })

  test('takes the options of the server', async () => {
    const child = serve('--https-port', 'off', '--http-port', '0', '--anonymous-admin', '--case-sensitive')
    const line = await child.firstLine()
    expect(line).toMatch(/^Handle server ready: http:\/\/localhost:\d+\n$/)
    const url = `${line.trim().split(' ').at(-1)}/api/handles/21.T12345/x`
    const created = await fetch(url, { method: 'PUT', body: '[]', headers: { 'content-type': 'application/json' } })
    expect(created.status).toBe(201)
    expect((await fetch(url.replace(/x$/, 'X'))).status).toBe(404)
  })

  test('--help explains itself', async () => {
    const { code, stdout } = await serve('--help').ended()
    expect(code).toBe(0)
    expect(stdout).toContain('--https-port PORT')
  })
})

describe('serve tells in one line what is wrong', () => {
  const broken = join(directory, 'broken.json')
  writeFileSync(broken, '{"records":')

  test.each<[args: string[], code: number, message: RegExp]>([
    [['--nonsense'], 2, /--nonsense/],
    [['--http-port', '70000'], 2, /--http-port 70000 is not a port/],
    [['--session-timeout', 'long'], 2, /--session-timeout long/],
    [['--client-certificates', 'maybe'], 2, /on-demand, want or need/],
    [[...freePorts, '--seed', join(directory, 'missing.json')], 1, /missing\.json.*ENOENT/],
    [[...freePorts, '--seed', broken], 1, /broken\.json.*character/],
    [[...freePorts, '--data', directory], 1, /Cannot open the data file/],
    [[...freePorts, '--certificate', join(directory, 'no', 'where')], 1, /ENOENT/],
  ])('%j', async (args, code, message) => {
    const ended = await serve(...args).ended()
    expect(ended.code).toBe(code)
    expect(ended.stdout).toBe('')
    expect(ended.stderr).toMatch(/^handle-server: .*\n$/)
    expect(ended.stderr).toMatch(message)
  })

  test('a port in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const ended = await serve('--https-port', '0', '--http-port', String(port)).ended()
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toMatch(new RegExp(`^handle-server: .*EADDRINUSE.*${port}\\n$`))
    other.close()
  })
})
