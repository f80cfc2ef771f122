import type { Clock, Timer } from '@samsa/base'

/** A clock whose time passes only when work says how long it took, and whose turns of the loop are run one by one. */
export class ManualClock implements Clock {
  #nowMs = 0
  #deferred: (() => void)[] = []
  readonly #timers = new Set<{ atMs: number; callback: () => void }>()
  /** Turns run so far. */
  turns = 0

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  timer(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback)
  }

  /** Lets time pass. */
  spend(ms: number): void {
    this.#nowMs += ms
  }

  /** Runs what was deferred up to now; returns how long that took. */
  async turn(): Promise<number> {
    const callbacks = this.#deferred
    this.#deferred = []
    this.turns++
    const begunMs = this.#nowMs
    for (const callback of callbacks) callback()
    await settle()
    return this.#nowMs - begunMs
  }

  /** Runs turns until nothing is deferred and no timer is left; returns the longest one. */
  async runAll(): Promise<number> {
    let longestMs = 0
    await settle()
    for (;;) {
      while (this.#deferred.length > 0) longestMs = Math.max(longestMs, await this.turn())
      if (this.#timers.size === 0) return longestMs
      this.#waitForTimer()
      await settle()
    }
  }

  /** Lets time pass until the next timer runs. */
  #waitForTimer(): void {
    const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs)
    this.#timers.delete(next!)
    this.#nowMs = Math.max(this.#nowMs, next!.atMs)
    next!.callback()
  }
}

/** Lets every promise that can go on do so. */
function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
