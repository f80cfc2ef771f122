/**
 * Lets only so many pieces of work run at a time; the others wait for their turn, first come, first served. It spreads
 * the work of many partitions over turns of the loop, and bounds the files they hold open.
 */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []
  #next = 0

  /** @param atOnce how many may run at a time, at least 1 */
  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Runs `work` when it is its turn: at once while there is room. Settles as the work does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      this.#pass()
    }
  }

  /** Hands the turn to whoever waits longest. */
  #pass(): void {
    const resolve = this.#waiting[this.#next]
    if (resolve === undefined) {
      this.#free++
      return
    }
    this.#next++
    resolve()
    // What was served is dropped in one go: shifting a long array for each would cost its length every time.
    if (this.#next < this.#waiting.length && this.#next < 1024) return
    this.#waiting.splice(0, this.#next)
    this.#next = 0
  }
}
