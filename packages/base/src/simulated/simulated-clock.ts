import type { Clock, Timer } from '../world.ts'
import type { Host } from './host.ts'

/** Monday, 1 January 2024, 00:00 UTC: when every simulation starts. */
export const SIMULATION_START_MS = 1_704_067_200_000

/** The clock of one simulated machine: virtual time, which passes only when the test lets it. */
export class SimulatedClock implements Clock {
  readonly #host: Host
  #offsetMs = 0

  constructor(host: Host) {
    this.#host = host
  }

  now(): number {
    return SIMULATION_START_MS + Math.floor(this.#host.scheduler.nowMs) + this.#offsetMs
  }

  monotonicMs(): number {
    return this.#host.scheduler.nowMs
  }

  timer(delayMs: number, callback: () => void): Timer {
    const { scheduler, life, trace, name } = this.#host
    const event = scheduler.schedule(Math.max(0, delayMs), life, () => {
      trace.record(scheduler.nowMs, 'timer', name)
      callback()
    })
    return {
      cancel() {
        event.run = undefined
      },
    }
  }

  defer(callback: () => void): void {
    this.#host.scheduler.defer(this.#host.life, callback)
  }

  /** Sets the wall clock forward or, with a negative number, back. Durations and timers do not notice. */
  jump(byMs: number): void {
    this.#offsetMs += byMs
  }
}
