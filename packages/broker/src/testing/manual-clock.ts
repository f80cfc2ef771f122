import type { Clock } from '@samsa/base'

/** A clock whose time passes only when work says how long it took, and whose turns of the loop are run one by one. */
export class ManualClock implements Clock {
  #nowMs = 0
  #deferred: (() => void)[] = []
  /** Turns run so far. */
  turns = 0

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  timer(): never {
    throw new Error('nothing here needs a timer')
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

  /** Runs turns until nothing is deferred; returns the longest one. */
  async runAll(): Promise<number> {
    let longestMs = 0
    await settle()
    while (this.#deferred.length > 0) longestMs = Math.max(longestMs, await this.turn())
    return longestMs
  }
}

/** Lets every promise that can go on do so. */
function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
