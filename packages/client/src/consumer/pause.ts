import type { Clock } from '@samsa/base'

/** A wait that ends by itself after a time, or at once when `end` is called, also beforehand. */
export class Pause {
  readonly #clock: Clock
  #isEnded = false
  #wake: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wait(ms: number): Promise<void> {
    if (this.#isEnded) {
      this.#isEnded = false
      return Promise.resolve()
    }
    return new Promise(resolve => {
      const timer = this.#clock.timer(ms, () => this.end())
      this.#wake = () => {
        timer.cancel()
        this.#wake = undefined
        this.#isEnded = false
        resolve()
      }
    })
  }

  end(): void {
    this.#isEnded = true
    this.#wake?.()
  }
}
