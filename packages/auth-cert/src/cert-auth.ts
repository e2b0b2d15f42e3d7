import type { Credentials, TlsIdentity } from '@handlekit/core/credentials'
import { sessionHooks } from '@handlekit/core/session'
import { checkOptions, InvalidArgumentError } from '@handlekit/core/strategy'
import {
  type CertificateAndKey,
  type CertificateSource,
  checkCertificate,
  type PemForms,
  type PfxForms,
  type PrivateKeySource,
  readCertificateAndKey,
} from '@handlekit/keys'
import { constants } from 'node:crypto'
import { openWithCertificate } from './open-with-certificate.ts'

/** The certificate and its key: together in PEM or PKCS#12, or each by itself. Every form has its own option. */
export type CertificateOptions =
  | (CertificateSource & { readonly certificate?: undefined; readonly privateKey?: undefined })
  | ({ readonly certificate: CertificateSource; readonly privateKey: PrivateKeySource } & {
      readonly [Form in keyof (PemForms & PfxForms) | 'passphrase']?: undefined
    })

/** What {@link certAuth} takes. */
export type CertAuthOptions = CertificateOptions & {
  /** True: takes a certificate that has expired, as Handle servers do. Default: false. */
  readonly allowExpired?: boolean | undefined
  /** Milliseconds that a Handle server has to ask for the certificate before it is tried again. Default: 2000. */
  readonly openTimeout?: number | undefined
  /** True: the files are read again whenever a session is opened, not only for a new client. Default: false. */
  readonly reload?: boolean | undefined
}

const forms = ['pem', 'pemFile', 'pfx', 'pfxFile'] as const
const parts = ['certificate', 'privateKey'] as const
const optionNames = [...forms, ...parts, 'passphrase', 'allowExpired', 'openTimeout', 'reload']

/**
 * A TLS client certificate.
 *
 * At a Handle server it opens a session, which the requests then carry: such servers ask for the certificate by a second
 * TLS handshake on an open connection, and that hangs too often to be done under a request (see the README). At any other
 * server the certificate is presented when the server asks, and no header is sent.
 *
 * Files are read and checked now, and again for each new client, so that a renewed certificate is taken up.
 *
 * @example
 * new HandleClient({ server, credentials: await certAuth({ pemFile: 'my_certificate_and_key.pem' }) })
 *
 * @throws InvalidArgumentError `UNKNOWN_OPTION`, `INVALID_OPTION` or `EMPTY_SECRET`
 * @throws KeyError when a file cannot be read, the passphrase is wrong, the key is not that of the certificate, or the
 *   certificate is not valid now. An EC key, or a certificate that names nobody, is refused when the client is for a
 *   Handle server.
 */
export async function certAuth(options: CertAuthOptions): Promise<Credentials> {
  checkOptions('certAuth', options, optionNames)
  const { reload = false, openTimeout = 2000, allowExpired, ...given } = options
  if (!(openTimeout > 0)) {
    throw new InvalidArgumentError('INVALID_OPTION', 'certAuth: openTimeout is a number of milliseconds, above 0.')
  }
  const source = sourceOf(given)
  const read = (): Promise<CertificateAndKey> => {
    return readCertificateAndKey({ ...source, api: 'http', allowExpired })
  }
  const { identity } = await read()
  const session = sessionHooks({
    open: async (context) => {
      const tls = reload ? presented(await read()) : undefined
      return openWithCertificate(context, { identity, timeout: openTimeout, tls })
    },
  })
  return Object.freeze<Credentials>({
    scheme: 'cert',
    identity,
    async tls({ api }) {
      const pair = await read()
      checkCertificate({ ...pair, api, allowExpired })
      return presented(pair)
    },
    authorize: (context) => (context.api === 'handle' ? session.authorize(context) : undefined),
    onChallenge: (context) => context.api === 'handle' && session.onChallenge(context),
    close: session.close,
  })
}

/** @throws InvalidArgumentError `INVALID_OPTION` unless exactly one form is given. */
function sourceOf(options: CertificateOptions): { certificate: CertificateSource; privateKey: PrivateKeySource } {
  const given = [...forms, ...parts].filter((name) => options[name] !== undefined).join(', ')
  if (![...forms, parts.join(', ')].includes(given)) {
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      `certAuth takes one of ${forms.join(', ')}, or ${parts.join(' with ')}; given: ${given || 'none'}.`,
    )
  }
  if (options.certificate !== undefined) {
    if (options.passphrase === undefined) return { certificate: options.certificate, privateKey: options.privateKey }
    throw new InvalidArgumentError(
      'INVALID_OPTION',
      'certAuth: the passphrase of a key by itself goes to it: privateKey: { pemFile, passphrase }.',
    )
  }
  const { certificate: _, privateKey: __, ...both } = options
  return { certificate: both, privateKey: both }
}

function presented({ certificate, chain, privateKey }: CertificateAndKey): TlsIdentity {
  return {
    cert: [certificate, ...chain].join(''),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    // With a ticket the second handshake resumes the first one's session, and no certificate is asked for.
    secureOptions: constants.SSL_OP_NO_TICKET,
  }
}
