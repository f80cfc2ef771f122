/**
 * The order of one connection's requests: each begins after the one before has begun, and after a large one, which is
 * served bit by bit, has ended.
 */
export class RequestOrder {
  /** Settles when the next request may begin; undefined when it may now. */
  #barrier: Promise<void> | undefined
  readonly #waiting: (() => void)[] = []

  /** Whether a request may begin now. */
  get isFree(): boolean {
    return this.#barrier === undefined && this.#waiting.length === 0
  }

  /** Serves a request when it is its turn. */
  serve<Answer>(serve: () => Answer | Promise<Answer>): Answer | Promise<Answer> {
    if (this.isFree) return serve()
    return new Promise((resolve, reject) =>
      this.#waiting.push(() => {
        try {
          resolve(serve())
        } catch (error) {
          reject(error)
        }
      }),
    )
  }

  /** Lets no further request begin before `ended` has settled. To be called while a request is served. */
  waitFor(ended: Promise<unknown>): void {
    const goOn = () => {
      this.#barrier = undefined
      while (this.#barrier === undefined && this.#waiting.length > 0) this.#waiting.shift()?.()
    }
    this.#barrier = ended.then(goOn, goOn)
  }
}
