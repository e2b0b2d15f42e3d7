import type { TLSSocket } from 'node:tls'

/** Asks for client certificates on connections that are already open, by TLS 1.2 renegotiation (RFC 5246 7.4.1.1). */
export class Renegotiations {
  /** How many were begun. */
  begun = 0
  private readonly hangs: () => boolean

  /** Asks the function before each renegotiation whether to let it never end. */
  constructor(hangs: () => boolean) {
    this.hangs = hangs
  }

  /**
   * Shakes hands anew, with or without asking for a certificate. Rejects if the connection ends; may stay pending for
   * ever, if told to hang or if the client does not take part.
   */
  async renegotiate(socket: TLSSocket, requestCert: boolean): Promise<void> {
    this.begun += 1
    await new Promise<void>((resolve, reject) => {
      const ended = (): void => reject(new Error('The connection ended during renegotiation'))
      socket.once('close', ended)
      if (this.hangs()) return
      socket.renegotiate({ requestCert, rejectUnauthorized: false }, (error) => {
        socket.off('close', ended)
        if (error) reject(error)
        else resolve()
      })
    })
  }
}

/** Chooses a share of calls, the same ones for the same seed. */
export function seededShare({ share, seed }: { readonly share: number; readonly seed: number }): () => boolean {
  let state = seed >>> 0
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 < share
  }
}
