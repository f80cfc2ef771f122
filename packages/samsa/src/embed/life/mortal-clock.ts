import type { Clock, Timer } from '@samsa/base'
import type { Life } from './life.ts'

/** A clock whose callbacks end with a life. */
export class MortalClock implements Clock {
  readonly #clock: Clock
  readonly #life: Life

  constructor(clock: Clock, life: Life) {
    this.#clock = clock
    this.#life = life
  }

  now(): number {
    return this.#clock.now()
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs()
  }

  timer(delayMs: number, callback: () => void): Timer {
    if (this.#life.isOver) return { cancel() {} }
    const timer = this.#clock.timer(delayMs, () => {
      forget()
      callback()
    })
    const forget = this.#life.holds(() => timer.cancel())
    return {
      cancel() {
        forget()
        timer.cancel()
      },
    }
  }

  defer(callback: () => void): void {
    this.#clock.defer(() => {
      if (!this.#life.isOver) callback()
    })
  }
}
