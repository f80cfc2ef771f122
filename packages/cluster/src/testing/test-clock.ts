import type { Clock, Timer } from '@samsa/base'

/** A clock that stands still until told; deferred callbacks run as microtasks. */
export class TestClock implements Clock {
  #nowMs = 1_700_000_000_000
  #timers: { atMs: number; callback: () => void }[] = []

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  timer(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter(other => other !== timer)
      },
    }
  }

  defer(callback: () => void): void {
    queueMicrotask(callback)
  }

  get armedTimers(): number {
    return this.#timers.length
  }

  advance(ms: number): void {
    this.#nowMs += ms
    for (;;) {
      const due = this.#timers.find(({ atMs }) => atMs <= this.#nowMs)
      if (due === undefined) return
      this.#timers = this.#timers.filter(other => other !== due)
      due.callback()
    }
  }
}
