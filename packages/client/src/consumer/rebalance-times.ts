import type { Clock } from '@samsa/base'
import { Windowed } from '../telemetry/windowed.ts'

/**
 * How long rebalances of the group take this member: with the classic protocol from asking to join to the assignment, with
 * KIP-848 from a new assignment to having it. What fails on the way goes on with the next attempt.
 */
export class RebalanceTimes {
  readonly #clock: Clock
  readonly #recent: Windowed
  #sinceMs: number | undefined
  total = 0

  constructor(clock: Clock, window: { samples: number; windowMs: number }) {
    this.#clock = clock
    this.#recent = new Windowed(clock, window)
  }

  begin(): void {
    this.#sinceMs ??= this.#clock.monotonicMs()
  }

  end(): void {
    if (this.#sinceMs === undefined) return
    const tookMs = this.#clock.monotonicMs() - this.#sinceMs
    this.#sinceMs = undefined
    this.#recent.record(tookMs)
    this.total += tookMs
  }

  /** Milliseconds; NaN when there was none in the last minute or so. */
  get average(): number {
    return this.#recent.average
  }

  get max(): number {
    return this.#recent.max
  }
}
