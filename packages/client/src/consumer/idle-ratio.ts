import type { Clock } from '@samsa/base'

interface Mark {
  readonly atMs: number
  readonly idleMs: number
}

/**
 * Which part of the time the application waits for records, rather than works on them: as of Kafka's `poll`, over the last
 * one or two windows.
 */
export class IdleRatio {
  readonly #clock: Clock
  readonly #windowMs: number
  #idleMs = 0
  #sinceMs: number | undefined
  /** The begin of this window and of the one before. */
  #marks: Mark[] = []

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock
    this.#windowMs = windowMs
  }

  /** Waits until a promise is settled, and takes that time for idle. */
  async during(promise: Promise<void>): Promise<void> {
    this.#sinceMs ??= this.#clock.monotonicMs()
    this.#mark()
    try {
      await promise
    } finally {
      this.#idleMs = this.#idleUntil(this.#clock.monotonicMs())
      this.#sinceMs = undefined
      this.#mark()
    }
  }

  /** From 0 to 1; NaN before the application asked for records. */
  get average(): number {
    const [oldest] = this.#marks
    if (oldest === undefined) return Number.NaN
    const now = this.#clock.monotonicMs()
    const ratio = (this.#idleUntil(now) - oldest.idleMs) / (now - oldest.atMs)
    this.#mark()
    return ratio
  }

  #mark(): void {
    const atMs = this.#clock.monotonicMs()
    const last = this.#marks.at(-1)
    if (last !== undefined && atMs - last.atMs < this.#windowMs) return
    this.#marks = [...this.#marks.slice(-1), { atMs, idleMs: this.#idleUntil(atMs) }]
  }

  #idleUntil(nowMs: number): number {
    return this.#idleMs + (this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs)
  }
}
