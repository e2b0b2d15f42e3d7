/**
 * Lets one handshake run at a time. A hundred requests that are refused together cause one; a request that is refused
 * for what the last handshake has already replaced causes none.
 */
export class Handshake {
  #generation = 0
  #running: Promise<boolean> | undefined

  /** Changes with each handshake that succeeds. A request remembers which one it was authorized under. */
  get generation(): number {
    return this.#generation
  }

  /**
   * Says whether a refused request is to be sent again, after `run` where that is needed.
   *
   * @param authorizedUnder The {@link generation} when the request was authorized.
   */
  renew(authorizedUnder: number, run: () => boolean | Promise<boolean>): boolean | Promise<boolean> {
    if (authorizedUnder !== this.#generation) return true
    this.#running ??= this.#start(run).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #start(run: () => boolean | Promise<boolean>): Promise<boolean> {
    const again = await run()
    if (again) this.#generation += 1
    return again
  }
}
