import { trustOnFirstUse } from '@handlekit/core'
import { startHandleServer, type HandleServer } from '@handlekit/server'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { rejection } from '../support/rejection.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trust-'))
})

async function startHandles(): Promise<HandleServer> {
  const server = await startHandleServer()
  onTestFinished(() => server.close())
  return server
}

describe('the file', () => {
  test('may be a URL, also one with a blank in it', async () => {
    const server = await startHandles()
    await trustOnFirstUse({ server: server.httpsUrl, file: pathToFileURL(join(folder, 'known servers.json')) })
    expect(await readdir(folder)).toEqual(['known servers.json'])
  })

  test.each([
    ['an address', new URL('https://example.org/known.json')],
    ['nothing', undefined],
    ['empty', ''],
  ])('is refused when it is %s', async (_what, given) => {
    const options = { server: 'https://localhost', file: given }
    const error = await rejection(() => Reflect.apply(trustOnFirstUse, undefined, [options]))
    expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'INVALID_OPTION' })
  })
})
