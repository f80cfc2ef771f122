import type { Clock } from '@samsa/base'

const WINDOW_MS = 10_000
const LINES_PER_WINDOW = 5

/** Keeps a hostile or broken peer from filling the log: a few lines of each kind in ten seconds, the rest counted. */
export class LogThrottle {
  readonly #clock: Clock
  readonly #kinds = new Map<string, { sinceMs: number; lines: number; suppressed: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `write` unless there were too many lines of that kind, with the number left out since the last one. */
  log(kind: string, write: (suppressed: { suppressed?: number }) => void): void {
    const nowMs = this.#clock.monotonicMs()
    const previous = this.#kinds.get(kind)
    const isNew = previous === undefined || nowMs - previous.sinceMs >= WINDOW_MS
    const state = isNew ? { sinceMs: nowMs, lines: 0, suppressed: previous?.suppressed ?? 0 } : previous
    this.#kinds.set(kind, state)
    if (state.lines >= LINES_PER_WINDOW) {
      state.suppressed++
      return
    }
    state.lines++
    write(state.suppressed > 0 ? { suppressed: state.suppressed } : {})
    state.suppressed = 0
  }
}
