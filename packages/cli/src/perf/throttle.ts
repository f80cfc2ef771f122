/** Without a limit, others get their turn after that many records: answers of brokers, for instance. */
const RECORDS_A_TURN = 256
/** Shorter waits are gathered up. */
const WAIT_MS_MIN = 2

/** Holds a loop back to so many records a second. */
export class Throttle {
  readonly #perSecond: number
  readonly #startMs = performance.now()

  /** @param perSecond negative: as fast as can be; 0: nothing at all */
  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** To be awaited after `sent` records, before the next one. Resolves when the signal is given, too. */
  wait(sent: number, signal?: AbortSignal): Promise<void> | undefined {
    if (this.#perSecond < 0) return sent % RECORDS_A_TURN === 0 ? turn() : undefined
    const dueMs = this.#startMs + (sent * 1000) / this.#perSecond
    const leftMs = dueMs - performance.now()
    if (leftMs >= WAIT_MS_MIN) return until(leftMs, signal)
    return sent % RECORDS_A_TURN === 0 ? turn() : undefined
  }
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

const TIMER_MS_MAX = 0x7fff_ffff

function until(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted === true) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(ms, TIMER_MS_MAX))
    signal?.addEventListener('abort', done)
  })
}
