import { InvalidArgumentError } from '../errors.ts'

/** Where a client sends its requests. */
export interface ServerUrl {
  /** 'https://my.handle.server': what credentials are bound to. */
  readonly origin: string
  /** The path before every request's own, without a slash at its end: '' or '/pid'. */
  readonly basePath: string
}

/**
 * Checks the address of a server.
 *
 * @throws InvalidArgumentError `INVALID_URL`, or `INSECURE_URL` for http to anything but this machine.
 */
export function parseServerUrl(where: string, text: unknown, allowInsecureHttp: boolean): ServerUrl {
  const url = typeof text === 'string' || text instanceof URL ? URL.parse(String(text)) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new InvalidArgumentError(
      'INVALID_URL',
      `${where} has to be an https URL such as 'https://my.handle.server'${typeof text === 'string' ? '' : `, not ${typeof text}`}.`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('INVALID_URL', `${where} holds a user or a password. Pass credentials instead.`)
  }
  if (url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError('INVALID_URL', `${where} ends with a query or a fragment. Leave it out.`)
  }
  if (!isSecure(url) && !allowInsecureHttp) {
    throw new InvalidArgumentError(
      'INSECURE_URL',
      `${where} is ${url.origin}: http shows credentials to everyone on the way. Use https, or set allowInsecureHttp ` +
        'if nothing that is sent there is secret.',
    )
  }
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') }
}

/** Over TLS, or never leaving this machine. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || isLoopback(url.hostname)
}

/** Whether a host is this machine: only what goes there needs no TLS. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
