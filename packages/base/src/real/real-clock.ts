import { clearTimeout, monotonicMs, setImmediate, setTimeout, wallMs } from '../process-time.ts'
import type { Clock, Timer } from '../world.ts'

// Node's timers hold 31 bits of milliseconds and fire at once beyond that.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

// What was deferred by many at once is spread over turns, so that sockets are read in between.
const DEFERRED_MS = 5
const LOOKED_AT_CLOCK_EVERY = 16

/** The operating system's clocks and the event loop's timers. */
export class RealClock implements Clock {
  #deferred: Array<() => void> = []

  now(): number {
    return wallMs()
  }

  monotonicMs(): number {
    return monotonicMs()
  }

  timer(delayMs: number, callback: () => void): Timer {
    return new RealTimer(monotonicMs() + Math.max(0, delayMs), callback)
  }

  defer(callback: () => void): void {
    // One immediate serves all callbacks of a turn. Immediates run when the turn's sockets have been read.
    if (this.#deferred.length === 0) setImmediate(this.#runDeferred)
    this.#deferred.push(callback)
  }

  readonly #runDeferred = (): void => {
    const callbacks = this.#deferred
    this.#deferred = []
    const endMs = monotonicMs() + DEFERRED_MS
    let next = 0
    try {
      while (next < callbacks.length) {
        callbacks[next++]!()
        if (next % LOOKED_AT_CLOCK_EVERY === 0 && monotonicMs() > endMs) break
      }
    } finally {
      // Those whose time it is not yet; and a callback that threw must not take the others with it.
      if (next < callbacks.length) this.#runLater(callbacks.slice(next))
    }
  }

  #runLater(callbacks: Array<() => void>): void {
    if (this.#deferred.length === 0) setImmediate(this.#runDeferred)
    this.#deferred.unshift(...callbacks)
  }
}

class RealTimer implements Timer {
  readonly #dueMs: number
  readonly #callback: () => void
  #timeout: NodeJS.Timeout

  constructor(dueMs: number, callback: () => void) {
    this.#dueMs = dueMs
    this.#callback = callback
    this.#timeout = this.#arm()
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }

  #arm(): NodeJS.Timeout {
    const delayMs = Math.min(LONGEST_TIMEOUT_MS, Math.ceil(this.#dueMs - monotonicMs()))
    return setTimeout(() => this.#fire(), delayMs)
  }

  #fire(): void {
    // The loop's own clock is cached and rounded, so a timeout can be early by a fraction of a millisecond.
    if (monotonicMs() < this.#dueMs) this.#timeout = this.#arm()
    else this.#callback()
  }
}
