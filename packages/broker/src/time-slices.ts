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
    await new Promise<void>(resolve => clock.defer(resolve))
    sliceEndMs = clock.monotonicMs() + SLICE_MS
  }
}

/** Paces work that several do side by side, so that all of them together hold up the loop for a slice at a time only. */
export class Slices {
  readonly #clock: Clock
  #endMs = 0
  #next: Promise<void> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** To be awaited before each piece of work: resolves at once while there is time in this slice. */
  async turn(): Promise<void> {
    while (this.#clock.monotonicMs() >= this.#endMs) await this.#begin()
  }

  #begin(): Promise<void> {
    this.#next ??= new Promise(resolve =>
      this.#clock.defer(() => {
        this.#next = undefined
        this.#endMs = this.#clock.monotonicMs() + SLICE_MS
        resolve()
      }),
    )
    return this.#next
  }
}
