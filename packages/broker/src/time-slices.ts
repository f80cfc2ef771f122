import type { Clock } from '@samsa/base'

/** How long work in the background may hold up the loop at a time. */
const SLICE_MS = 5

/** Runs `work` on each item in turn and lets requests be served in between: no slice takes long, whatever their number. */
export async function forEachInSlices<T>(
  clock: Clock,
  items: Iterable<T>,
  work: (item: T) => void,
): Promise<void> {
  let sliceEndMs = clock.monotonicMs() + SLICE_MS
  for (const item of items) {
    work(item)
    if (clock.monotonicMs() < sliceEndMs) continue
    await nextTurn(clock)
    sliceEndMs = clock.monotonicMs() + SLICE_MS
  }
}

/** Resolves when what arrived in this turn of the loop was handled. */
export function nextTurn(clock: Clock): Promise<void> {
  return new Promise(resolve => clock.defer(resolve))
}

/**
 * Paces work that several do side by side, so that all of them together hold up the loop for a slice at a time only: one
 * piece after the other, in the order they came.
 */
export class Slices {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  #isScheduled = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Does a piece of work when it is its turn, never at once. Settles as the work does. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.defer(() => {
      this.#isScheduled = false
      this.#slice()
      if (this.#waiting.length > 0) this.#schedule()
    })
  }

  #slice(): void {
    const endMs = this.#clock.monotonicMs() + SLICE_MS
    do this.#waiting.shift()?.()
    while (this.#waiting.length > 0 && this.#clock.monotonicMs() < endMs)
  }
}
