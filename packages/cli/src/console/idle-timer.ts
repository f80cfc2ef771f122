/** Aborts when nothing has been told for a while. */
export class IdleTimer implements Disposable {
  readonly #timer: NodeJS.Timeout | undefined
  readonly #abort = new AbortController()

  /** @param ms undefined or negative: never */
  constructor(ms: number | undefined) {
    if (ms === undefined || ms < 0 || ms > 0x7fff_ffff) return
    this.#timer = setTimeout(() => this.#abort.abort(), ms)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Something happened: the wait begins anew. */
  touch(): void {
    this.#timer?.refresh()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
