/** Answers the challenge of a Handle server. */
export interface Prover {
  /** The kind of value that the server compares with. */
  readonly type: 'HS_PUBKEY' | 'HS_SECKEY'
  /** @param data The server's nonce, and ours after it. */
  prove(data: Uint8Array): Promise<Proof>
}

/** An answer. */
export interface Proof {
  readonly alg: string
  readonly signature: Uint8Array
  /** What else the server has to know to check it. */
  readonly parameters?: Readonly<Record<string, string>>
}
