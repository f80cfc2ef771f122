import type { Clock } from '@samsa/base'

/** How long work in the background may hold up the loop at a time. */
const SLICE_MS = 2
/** Rests at least as long as it worked: requests get half of the loop even while cleaning is behind. */
const REST_MS = 2

/**
 * Makes long work give way: after a slice of time it rests, and longer when it has moved more bytes than its rate
 * allows.
 */
export class Pacer {
  readonly #clock: Clock
  readonly #bytesPerMs: number
  #sliceStartMs: number
  #aheadBytes = 0
  #lastMs: number

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock
    this.#bytesPerMs = bytesPerSecond / 1000
    this.#sliceStartMs = clock.monotonicMs()
    this.#lastMs = this.#sliceStartMs
  }

  /** Notes work done; a promise to wait for when it is time to rest, else undefined. */
  spent(bytes: number): Promise<void> | undefined {
    const now = this.#clock.monotonicMs()
    this.#aheadBytes = Math.max(0, this.#aheadBytes - (now - this.#lastMs) * this.#bytesPerMs) + bytes
    this.#lastMs = now
    const throttleMs = this.#aheadBytes / this.#bytesPerMs
    if (now - this.#sliceStartMs < SLICE_MS && throttleMs < THROTTLE_FROM_MS) return undefined
    return this.#rest(Math.max(REST_MS, throttleMs))
  }

  async #rest(ms: number): Promise<void> {
    await new Promise<void>(resolve => this.#clock.timer(ms, resolve))
    this.#sliceStartMs = this.#clock.monotonicMs()
  }
}

/** Shorter waits are saved up: timers are not more precise. */
const THROTTLE_FROM_MS = 10
