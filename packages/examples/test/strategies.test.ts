import { basicAuth } from '@handlekit/auth-basic'
import { certAuth } from '@handlekit/auth-cert'
import { sessionAuth } from '@handlekit/auth-session'
import { type Credentials, HandleClient } from '@handlekit/core'
import { type HandleServer, startHandleServer } from '@handlekit/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

// The whole client, with every strategy: which one it is makes no difference to a program.

const fixtures = new URL('../../server/test/fixtures/', import.meta.url)
const keyFile = (name: string): URL => new URL(`keys/${name}`, fixtures)
const identity = '300:21.T12345/USER01'

const strategies: Record<string, () => Promise<Credentials> | Credentials> = {
  basic: () => basicAuth({ username: '301:21.T12345/USER01', password: 'user pass:word/é' }),
  cert: () => certAuth({ pemFile: keyFile('user.combined.pem') }),
  'session, with a key': () => sessionAuth({ identity, privateKey: { pemFile: keyFile('user.pem') } }),
  'session, with a secret': () => sessionAuth({ identity: '301:21.T12345/USER01', secret: 'user pass:word/é' }),
}

describe.each(Object.entries(strategies))('%s', (_name, makeCredentials) => {
  let server: HandleServer
  let client: HandleClient

  beforeEach(async () => {
    server = await startHandleServer({ seed: new URL('seed.json', fixtures) })
    client = new HandleClient({
      server: server.httpsUrl,
      trust: { ca: server.certificate },
      credentials: await makeCredentials(),
    })
  })
  afterEach(async () => {
    await client.close()
    await server.close()
  })

  it('says who it is', async () => {
    expect((await client.verifyCredentials()).identity).toMatch(/^30[01]:21\.T12345\/USER01$/)
  })

  it('creates, reads, changes, lists and deletes', async () => {
    const handle = '21.T12345/every/strategy?'
    expect((await client.create(handle, { URL: 'https://one', NOTE: 'é' })).outcome).toBe('created')
    await expect(client.create(handle, { URL: 'https://two' })).rejects.toThrow(
      expect.objectContaining({ code: 'HANDLE_ALREADY_EXISTS' }),
    )
    expect((await client.setValues(handle, { URL: 'https://two', NEW: 'n' })).indexes).toEqual([1, 3])
    await client.addValues(handle, { NEW: 'm' })
    await client.updateValue(handle, 2, { permissions: '1100' })
    await client.removeValues(handle, 'NEW')
    const record = await client.resolve(handle, { publicOnly: false })
    expect(record.toObject()).toEqual({ URL: ['https://two'], NOTE: ['é'] })
    expect((await client.resolve(handle)).get('NOTE')).toBeUndefined()
    const { handle: minted } = await client.mint('21.T12345', { URL: 'https://minted' })
    // The group that the seed puts USER01 into may list.
    expect(await Array.fromAsync(client.list('21.T12345'))).toContain(minted.toUpperCase())
    expect((await client.delete(handle)).outcome).toBe('deleted')
    expect(await client.tryResolve(handle)).toBeUndefined()
  })

  it('does a hundred things at a time', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `21.T12345/parallel-${i}`)
    await Promise.all(names.map((name) => client.create(name, { URL: name })))
    const records = await Promise.all(names.map((name) => client.resolve(name)))
    expect(records.map((record) => record.text('URL'))).toEqual(names)
  })

  it('may do no more than the identity may', async () => {
    await expect(client.setValues('21.T12345/LOCKED', { URL: 'x' })).rejects.toThrow(
      expect.objectContaining({ code: 'PERMISSION_DENIED' }),
    )
  })
})
