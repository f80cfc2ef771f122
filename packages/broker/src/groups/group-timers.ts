import type { Clock, Timer } from '@samsa/base'

interface Deadline {
  atMs: number
  /** When `timer` goes off: no later than `atMs`. */
  armedMs: number
  timer: Timer
}

/**
 * The timers of many groups, each with a key within its group.
 *
 * Heartbeats put timers off far more often than timers go off, so a timer that is put off is left as it is: when it
 * goes off early, it is armed for the rest.
 */
export class GroupTimers {
  readonly #clock: Clock
  readonly #fire: (groupId: string, key: string) => void
  readonly #groups = new Map<string, Map<string, Deadline>>()

  constructor(clock: Clock, fire: (groupId: string, key: string) => void) {
    this.#clock = clock
    this.#fire = fire
  }

  /** Lets the timer go off in `delayMs` instead of when it would have. */
  set(groupId: string, key: string, delayMs: number): void {
    const atMs = this.#clock.monotonicMs() + delayMs
    const known = this.#groups.get(groupId)?.get(key)
    if (known !== undefined && known.armedMs <= atMs) {
      known.atMs = atMs
      return
    }
    known?.timer.cancel()
    this.#timersOf(groupId).set(key, { atMs, armedMs: atMs, timer: this.#arm(groupId, key, delayMs) })
  }

  cancel(groupId: string, key: string): void {
    const timers = this.#groups.get(groupId)
    timers?.get(key)?.timer.cancel()
    timers?.delete(key)
    if (timers?.size === 0) this.#groups.delete(groupId)
  }

  cancelGroup(groupId: string): void {
    for (const { timer } of this.#groups.get(groupId)?.values() ?? []) timer.cancel()
    this.#groups.delete(groupId)
  }

  cancelAll(): void {
    for (const groupId of [...this.#groups.keys()]) this.cancelGroup(groupId)
  }

  #timersOf(groupId: string): Map<string, Deadline> {
    const known = this.#groups.get(groupId)
    if (known !== undefined) return known
    const timers = new Map<string, Deadline>()
    this.#groups.set(groupId, timers)
    return timers
  }

  #arm(groupId: string, key: string, delayMs: number): Timer {
    return this.#clock.timer(Math.max(delayMs, 0), () => this.#wentOff(groupId, key))
  }

  #wentOff(groupId: string, key: string): void {
    const deadline = this.#groups.get(groupId)?.get(key)
    if (deadline === undefined) return
    const leftMs = deadline.atMs - this.#clock.monotonicMs()
    if (leftMs > 0) {
      deadline.armedMs = deadline.atMs
      deadline.timer = this.#arm(groupId, key, leftMs)
      return
    }
    this.cancel(groupId, key)
    this.#fire(groupId, key)
  }
}
