import type { Clock, Timer } from './world.ts'

/**
 * One timer for many moments: it rings at the earliest of them, and whoever set it looks what is due and sets it for the
 * next. Most deadlines are met long before, so that a timer for each would be armed and cancelled for nothing; nobody
 * takes the moment of one that was met back.
 */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #timer: Timer | undefined
  #atMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings no later than `atMs` on the monotonic clock; Infinity is never. */
  setFor(atMs: number): void {
    if (atMs >= this.#atMs) return
    this.#timer?.cancel()
    this.#atMs = atMs
    this.#timer = this.#clock.timer(Math.max(0, atMs - this.#clock.monotonicMs()), () => {
      this.#atMs = Number.POSITIVE_INFINITY
      this.#ring()
    })
  }

  /** Does not ring for what it was set for. */
  cancel(): void {
    this.#timer?.cancel()
    this.#atMs = Number.POSITIVE_INFINITY
  }
}
