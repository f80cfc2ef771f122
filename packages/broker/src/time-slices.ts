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
