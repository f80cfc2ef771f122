import type { Clock, Timer } from '@samsa/base'

/** So many timers are run one after the other at their own time; what is due later then runs at the end of the jump. */
const STEPS_MAX = 1000
/** What a callback began is given that many turns of the loop to come to something. */
const TURNS_A_STEP = 2
const TURNS_AT_THE_END = 10

interface ShiftedTimer {
  readonly dueMs: number
  readonly callback: () => void
  onBase: Timer | undefined
}

/**
 * A clock that can be set forward: timers that fall into the time skipped run on the way, in order. It stands still
 * between two jumps, or goes on with the clock it is based on.
 */
export class ShiftedClock implements Clock {
  readonly #base: Clock
  readonly #standsStill: boolean
  readonly #startMs: number
  readonly #startNowMs: number
  readonly #timers = new Set<ShiftedTimer>()
  #shiftMs = 0
  /** Jumps under way, and what waits for their end. */
  #jumps = 0
  #held: (() => void)[] = []

  constructor(base: Clock, options: { standsStill: boolean }) {
    this.#base = base
    this.#standsStill = options.standsStill
    this.#startMs = base.monotonicMs()
    this.#startNowMs = base.now()
  }

  now(): number {
    return Math.floor((this.#standsStill ? this.#startNowMs : this.#base.now()) + this.#shiftMs)
  }

  monotonicMs(): number {
    return (this.#standsStill ? this.#startMs : this.#base.monotonicMs()) + this.#shiftMs
  }

  timer(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.monotonicMs() + Math.max(0, delayMs), callback, onBase: undefined }
    this.#timers.add(timer)
    this.#arm(timer)
    return {
      cancel: () => {
        this.#timers.delete(timer)
        this.#disarm(timer)
      },
    }
  }

  defer(callback: () => void): void {
    this.#base.defer(callback)
  }

  /** Lets that much time pass at once. Resolves when what was due has been done, as far as it waits for nothing else. */
  async advance(ms: number): Promise<void> {
    this.#jumps++
    try {
      await this.#jump(ms)
    } finally {
      this.#jumps--
      if (this.#jumps === 0) for (const callback of this.#held.splice(0)) this.#base.defer(callback)
    }
  }

  /** Calls back now, or once the jump under way has ended: nobody beside this clock does anything in the time skipped. */
  afterJump(callback: () => void): void {
    if (this.#jumps === 0) callback()
    else this.#held.push(callback)
  }

  async #jump(ms: number): Promise<void> {
    const untilMs = this.monotonicMs() + ms
    for (let steps = 0; ; steps++) {
      const next = this.#earliest()
      if (next === undefined || next.dueMs > untilMs) break
      this.#jumpTo(steps < STEPS_MAX ? next.dueMs : untilMs)
      this.#run(next)
      await this.#turns(TURNS_A_STEP)
    }
    this.#jumpTo(untilMs)
    for (const timer of this.#timers) {
      this.#disarm(timer)
      this.#arm(timer)
    }
    await this.#turns(TURNS_AT_THE_END)
  }

  #jumpTo(momentMs: number): void {
    this.#shiftMs += Math.max(0, momentMs - this.monotonicMs())
  }

  #earliest(): ShiftedTimer | undefined {
    let earliest: ShiftedTimer | undefined
    for (const timer of this.#timers) {
      if (earliest === undefined || timer.dueMs < earliest.dueMs) earliest = timer
    }
    return earliest
  }

  #run(timer: ShiftedTimer): void {
    this.#timers.delete(timer)
    this.#disarm(timer)
    timer.callback()
  }

  #arm(timer: ShiftedTimer): void {
    if (this.#standsStill) return
    timer.onBase = this.#base.timer(timer.dueMs - this.monotonicMs(), () => this.#run(timer))
  }

  #disarm(timer: ShiftedTimer): void {
    timer.onBase?.cancel()
    timer.onBase = undefined
  }

  async #turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise<void>(resolve => this.#base.defer(resolve))
  }
}

/**
 * The clock of clients beside a broker whose clock is shifted: they agree on the time, while theirs goes on. A jump takes
 * them no time, however long the machine is at it: a heartbeat on the way would keep a session from its end.
 */
export class CompanionClock implements Clock {
  readonly #base: Clock
  readonly #shifted: ShiftedClock

  constructor(base: Clock, shifted: ShiftedClock) {
    this.#base = base
    this.#shifted = shifted
  }

  now(): number {
    return this.#shifted.now()
  }

  monotonicMs(): number {
    return this.#base.monotonicMs()
  }

  timer(delayMs: number, callback: () => void): Timer {
    let isCancelled = false
    const timer = this.#base.timer(delayMs, () =>
      this.#shifted.afterJump(() => {
        if (!isCancelled) callback()
      }),
    )
    return {
      cancel() {
        isCancelled = true
        timer.cancel()
      },
    }
  }

  defer(callback: () => void): void {
    this.#base.defer(callback)
  }
}
