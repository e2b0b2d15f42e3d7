// What `npm run demo` shows: the main job, with the real client, at a real server, over real TLS.
import { basicAuth } from '@handlekit/auth-basic'
import { HandleAlreadyExistsError, HandleClient, HandleNotFoundError } from '@handlekit/core'
import { startHandleServer } from '@handlekit/server'
import assert from 'node:assert/strict'
import { tellOfKeys } from './demo/login.ts'
import { administrator, seed } from './demo/seed.ts'
import { tellOfSipgate } from './demo/sipgate.ts'
import { Story } from './demo/story.ts'

const story = new Story()

story.say(
  'A handle is a persistent identifier: a name such as 21.T12345/abc that a Handle server keeps, with values such as',
  'the URL where the thing can be found today. This is what handlekit does with them.',
)

const server = await story.step('Start a Handle server on this machine, for trying things out', async () => {
  const started = await startHandleServer({ seed })
  return [started, `${started.httpsUrl} holds the prefix 21.T12345`]
})

const client = new HandleClient({
  server: server.httpsUrl,
  trust: { ca: server.certificate },
  credentials: basicAuth(administrator),
})

await story.step('Prove who we are, with a username and a password', async () => {
  const { identity, scheme } = await client.verifyCredentials()
  assert.equal(identity, administrator.username)
  return [identity, `the server knows us as ${identity} (${scheme})`]
})

const handle = '21.T12345/first'
await story.step('Create a handle', async () => {
  const { outcome, indexes } = await client.create(handle, {
    URL: 'https://example.org/dataset-1',
    CHECKSUM: 'sha256:9f86d081884c7d65',
  })
  assert.equal(outcome, 'created')
  return [outcome, `${handle}: ${outcome}, values at the indexes ${indexes.join(', ')} (100 says who administers it)`]
})

await story.step('Read it, as anybody can', async () => {
  const record = await client.resolve(`https://hdl.handle.net/${handle}`)
  assert.equal(record.text('URL'), 'https://example.org/dataset-1')
  return [
    record,
    ...record.values.map(
      ({ index, type, data }) =>
        `${index}  ${type}  ${'value' in data && typeof data.value === 'string' ? data.value : data.format}`,
    ),
  ]
})

await story.step('Change one value: the dataset has moved', async () => {
  const { outcome, indexes } = await client.setValues(handle, { URL: 'https://example.org/moved/dataset-1' })
  assert.deepEqual(indexes, [1])
  return [outcome, `only index ${indexes.join(', ')} was written; ${(await client.resolve(handle)).text('URL')}`]
})

await story.step('Try to create it once more', async () => {
  const error = await client.create(handle, { URL: 'https://example.org/other' }).then(
    () => assert.fail('the handle was replaced'),
    (reason: unknown) => reason,
  )
  assert.ok(HandleAlreadyExistsError.isInstance(error))
  return [error, `refused (${error.code}): ${error.message}`]
})

const minted = await story.step('Mint a handle: the name is made for us', async () => {
  const result = await client.mint('21.T12345', { URL: 'https://example.org/dataset-2' })
  return [result.handle, result.handle]
})

await story.step('List the prefix', async () => {
  const names = await Array.fromAsync(client.list('21.T12345'))
  assert.ok(names.includes(minted.toUpperCase()))
  return [names, ...names]
})

await story.step('Delete both', async () => {
  await client.delete(handle)
  await client.delete(minted)
  const gone = await client.tryResolve(handle)
  assert.equal(gone, undefined)
  await assert.rejects(client.resolve(handle), (error) => HandleNotFoundError.isInstance(error))
  return [gone, `${handle} is not found any more`]
})

await tellOfKeys(story, server)

await tellOfSipgate(story)

await story.step('Close the client and the server', async () => {
  await client.close()
  await server.close()
  return [undefined]
})

story.end(
  'Everything worked. Where to go next:',
  '  README.md                        the same in your own program',
  '  packages/core/README.md          everything that the client does',
  '  packages/auth-basic/README.md    usernames and passwords; auth-cert and auth-session beside it: keys',
  '  npm run serve -- --https-port 8443    a server to play with',
)
