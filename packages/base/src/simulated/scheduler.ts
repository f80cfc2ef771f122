import { assert } from '../assert.ts'
import { setImmediate } from '../process-time.ts'

/** One run of one simulated process. What it scheduled dies with it. */
export interface Life {
  isOver: boolean
}

/** Something that will happen at a moment of virtual time. */
export interface ScheduledEvent {
  readonly atMs: number
  readonly sequence: number
  readonly life: Life
  run: (() => void) | undefined
}

/**
 * Virtual time and what happens in it. Events of the same moment happen in the order they were scheduled; between two
 * events all promises that can settle do so. Nothing here depends on real time, so a run repeats exactly.
 */
export class Scheduler {
  nowMs = 0
  readonly #events = new EventHeap()
  #deferred: Array<{ run: () => void; life: Life }> = []
  #sequence = 0

  schedule(delayMs: number, life: Life, run: () => void): ScheduledEvent {
    assert(delayMs >= 0, `an event cannot be ${-delayMs} ms in the past`)
    return this.scheduleAt(this.nowMs + delayMs, life, run)
  }

  scheduleAt(atMs: number, life: Life, run: () => void): ScheduledEvent {
    const event = { atMs, sequence: this.#sequence++, life, run }
    this.#events.push(event)
    return event
  }

  /** Runs `run` when nothing else is due at the present moment. */
  defer(life: Life, run: () => void): void {
    this.#deferred.push({ run, life })
  }

  /** Runs what comes next if it is due by `untilMs`; false when nothing was. */
  async step(untilMs: number): Promise<boolean> {
    const next = this.#nextLiving()
    if (this.#deferred.length > 0 && (next === undefined || next.atMs > this.nowMs)) {
      this.#runDeferred()
    } else if (next !== undefined && next.atMs <= untilMs) {
      this.#events.pop()
      this.nowMs = Math.max(this.nowMs, next.atMs)
      next.run!()
    } else {
      return false
    }
    await settlePromises()
    return true
  }

  #nextLiving(): ScheduledEvent | undefined {
    for (;;) {
      const next = this.#events.peek()
      if (next === undefined || (next.run !== undefined && !next.life.isOver)) return next
      this.#events.pop()
    }
  }

  #runDeferred(): void {
    const deferred = this.#deferred
    this.#deferred = []
    for (const { run, life } of deferred) if (!life.isOver) run()
  }
}

/** Lets every promise settle that can without another event: immediates run when no microtask is left. */
export function settlePromises(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** A binary heap, earliest event first. */
class EventHeap {
  readonly #items: ScheduledEvent[] = []

  peek(): ScheduledEvent | undefined {
    return this.#items[0]
  }

  push(event: ScheduledEvent): void {
    const items = this.#items
    let at = items.length
    items.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(event, items[parent]!)) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = event
  }

  pop(): void {
    const items = this.#items
    const last = items.pop()
    if (last === undefined || items.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child++
      if (!isBefore(items[child]!, last)) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
  }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence)
}
