import type { Clock } from '@samsa/base'
import { KafkaError } from '../errors.ts'

/** Waiting with an end: by time, by the caller's signal, or by the client being closed. */
export class Waits {
  readonly #clock: Clock
  readonly #ends = new Set<(error: KafkaError) => void>()
  #isClosed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves after that many milliseconds. Rejects with ABORTED or CLOSED. */
  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#race<void>(undefined, ms, signal, resolve => resolve())
  }

  /**
   * The outcome of a promise, or TIMED_OUT at `deadlineMs` (a point of `clock.monotonicMs()`), ABORTED or CLOSED. The
   * work behind the promise goes on.
   */
  until<T>(promise: Promise<T>, deadlineMs: number, what: string, signal?: AbortSignal): Promise<T> {
    const leftMs = deadlineMs - this.#clock.monotonicMs()
    return this.#race<T>(promise, leftMs, signal, (_, reject) =>
      reject(new KafkaError('TIMED_OUT', `${what} was not done in time`)),
    )
  }

  /** Ends every wait, and those to come, with CLOSED. */
  close(): void {
    this.#isClosed = true
    for (const end of [...this.#ends]) end(new KafkaError('CLOSED'))
  }

  #race<T>(
    promise: Promise<T> | undefined,
    ms: number,
    signal: AbortSignal | undefined,
    late: (resolve: (value: T) => void, reject: (error: KafkaError) => void) => void,
  ): Promise<T> {
    // Nobody will look at the work's own failure.
    if (this.#isClosed || signal?.aborted) promise?.catch(() => {})
    if (this.#isClosed) return Promise.reject(new KafkaError('CLOSED'))
    if (signal?.aborted) return Promise.reject(aborted(signal))
    return new Promise((resolve, reject) => {
      const timer =
        ms === Number.POSITIVE_INFINITY
          ? undefined
          : this.#clock.timer(Math.max(0, ms), () => finish(() => late(resolve, reject)))
      const end = (error: KafkaError) => finish(() => reject(error))
      const abort = () => end(aborted(signal!))
      const finish = (settle: () => void) => {
        timer?.cancel()
        this.#ends.delete(end)
        signal?.removeEventListener('abort', abort)
        settle()
      }
      this.#ends.add(end)
      signal?.addEventListener('abort', abort, { once: true })
      promise?.then(
        value => finish(() => resolve(value)),
        error => finish(() => reject(error)),
      )
    })
  }
}

function aborted(signal: AbortSignal): KafkaError {
  return new KafkaError('ABORTED', 'the caller gave up waiting', { cause: signal.reason })
}
