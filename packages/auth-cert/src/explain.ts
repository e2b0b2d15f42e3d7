import type { HandlekitError, SendContext, SendResponse } from '@handlekit/core/credentials'

const otherWay =
  'auth-session proves the same identity with the same key, and needs nothing of TLS: sessionAuth({ identity, privateKey }).'

/** Why a server that answered does not know us, as seen of servers of versions 8 and 9. */
export function whyNotKnown({ origin }: SendContext, answer: SendResponse, identity = 'the holder'): string {
  const { tls, renegotiated } = answer.connection ?? {}
  if (tls === undefined) {
    return `${origin}: a certificate needs https. ${otherWay}`
  }
  if (tls === 'TLSv1.3') {
    return (
      `${origin} did not ask for the certificate of ${identity}: the connection uses TLS 1.3, in which a Handle server ` +
      `cannot ask for one. Is there a reverse proxy in front of it that ends TLS? ${otherWay}`
    )
  }
  if (!renegotiated) {
    return (
      `${origin} did not ask for the certificate of ${identity}. Is there a reverse proxy in front of it that ends TLS? ` +
      otherWay
    )
  }
  return (
    `${origin} asked for the certificate of ${identity}, and still does not know who it is. On Java 15 and newer, Handle ` +
    `servers cannot see certificates. Otherwise check that ${identity} names an HS_PUBKEY with this key. ${otherWay}`
  )
}

/** Why no answer came; undefined where it has nothing to do with the certificate. */
export function whyEnded({ origin }: SendContext, error: HandlekitError, identity = 'its holder'): string | undefined {
  if (error.code !== 'CONNECTION_LOST' && error.code !== 'TLS_FAILED' && !isReset(error.cause)) return undefined
  return (
    `${origin} ended the connection when it saw the certificate. Handle servers do so when its key is not the HS_PUBKEY ` +
    `of ${identity}: compare the two, and the index. ${otherWay}`
  )
}

/** What it means that the server began to ask and did not finish. */
export function whyHung({ origin }: SendContext, tries: number): string {
  return (
    `${origin} did not finish asking for the certificate, ${tries} times in a row. Such handshakes hang now and then at ` +
    `Handle servers, but not that often: is a firewall or a proxy in between? ${otherWay}`
  )
}

/** A connection that was reset while it was being made. */
function isReset(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'UND_ERR_SOCKET')
}
