import type { Clock } from '@samsa/base'

/** A connection whose turn would come later than this is refused: hardly a client waits longer. */
const DELAY_MS_MAX = 30_000

/** A rate of 0 lets one through now and then, so that somebody can take it back. */
const RATE_MIN = 1000 / DELAY_MS_MAX

/**
 * Delays new connections so that there are no more than so many a second, on average over a window (KIP-612). A burst
 * of what the window allows passes at once, those after it in even steps.
 */
export class ConnectionRate {
  readonly #clock: Clock
  readonly #windowMs: number
  /** When all connections so far would have come, had each come one step after the other. */
  #evenlyMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock
    this.#windowMs = windowMs
  }

  /**
   * Counts a connection that has just come, unless it is refused.
   *
   * @param rate connections a second
   * @returns how long it is to wait, in milliseconds; Infinity when it is refused
   */
  delayMs(rate: number): number {
    const now = this.#clock.monotonicMs()
    const evenlyMs = Math.max(this.#evenlyMs, now) + 1000 / Math.max(rate, RATE_MIN)
    const delayMs = Math.max(0, evenlyMs - now - this.#windowMs)
    if (delayMs > DELAY_MS_MAX) return Number.POSITIVE_INFINITY
    this.#evenlyMs = evenlyMs
    return delayMs
  }
}
