import { generateIdentity } from '@handlekit/identity'
import { writeCertificate, writePrivateKey } from '@handlekit/keys'
import { type HandleServer, startHandleServer } from '@handlekit/server'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

// The TypeScript of a document, block after block, is one program. It has to compile and to run as it stands; only the
// addresses in it become those of servers on this machine.

const run = promisify(execFile)

export const root = new URL('../../../..', import.meta.url).pathname

export function textOf(document: string): string {
  return readFileSync(join(root, document), 'utf8')
}

export function programOf(document: string): string {
  return [...textOf(document).matchAll(/^```ts\n(.*?)^```/gms)].map(([, block]) => block).join('\n')
}

/** Where the programs of some documents are, for as long as a test. */
export class ProgramFolder {
  readonly path: string
  readonly #addresses: ReadonlyMap<string, string>

  /** @param addresses What stands in place of an address. */
  constructor(name: string, server: HandleServer, addresses: readonly (readonly [string, string])[] = []) {
    this.path = join(root, 'packages/examples/programs', name)
    this.#addresses = new Map([['https://my.handle.server', server.httpsUrl], ...addresses])
    this.remove()
    mkdirSync(this.path, { recursive: true })
    this.write('server.pem', server.certificate)
    this.write('tsconfig.json', '{ "extends": "../../../tsconfig.json", "include": ["*.ts"] }')
  }

  write(file: string, text: string): void {
    const local = [...this.#addresses].reduce((all, [there, here]) => all.replaceAll(there, here), text)
    writeFileSync(join(this.path, file), local, { mode: 0o600 })
  }

  /** What the compiler finds. */
  async compile(): Promise<string> {
    return run('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', this.path]).then(
      () => '',
      (error: unknown) => String(Reflect.get(Object(error), 'stdout')),
    )
  }

  /** What a program prints. */
  async run(file: string): Promise<string> {
    const { stdout } = await run('node', ['--conditions=@handlekit/source', file], {
      cwd: this.path,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: 'server.pem' },
    })
    return stdout
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

const admin = {
  index: 100,
  type: 'HS_ADMIN',
  data: { format: 'admin', value: { handle: '0.NA/21.T12345', index: 200, permissions: '111111111111' } },
}

/**
 * The server of the documents, and a folder with the certificate and the key that they name. It knows 300:foo/bar by
 * password, and 301:foo/bar by that key.
 */
export async function openDocuments(
  name: string,
  addresses?: readonly (readonly [string, string])[],
): Promise<{ server: HandleServer; folder: ProgramFolder }> {
  const { certificate, privateKey, publicKeyValue } = await generateIdentity({ identity: '301:foo/bar' })
  const server = await startServer(publicKeyValue)
  const folder = new ProgramFolder(name, server, addresses)
  await writeCertificate(certificate, { pemFile: join(folder.path, 'my_certificate.pem') })
  await writePrivateKey(privateKey, { pemFile: join(folder.path, 'my_private_key.pem') })
  return { server, folder }
}

function startServer(publicKey: object): Promise<HandleServer> {
  const group = [300, 301].map((index) => ({ handle: 'foo/bar', index }))
  return startHandleServer({
    search: { username: 'search', password: 'mypassword123' },
    seed: {
      homedPrefixes: ['0.NA/21.T12345', '0.NA/foo'],
      records: [
        {
          handle: '0.NA/21.T12345',
          values: [admin, { index: 200, type: 'HS_VLIST', data: { format: 'vlist', value: group } }],
        },
        {
          handle: 'foo/bar',
          values: [
            admin,
            { index: 300, type: 'HS_SECKEY', data: { format: 'string', value: 'mypassword123' }, permissions: '1100' },
            { index: 301, type: 'HS_PUBKEY', data: publicKey },
          ],
        },
      ],
    },
  })
}
