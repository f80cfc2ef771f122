import type { Disk } from '@samsa/base'
import type { ProducerEnd } from './cleaner/batch-filter.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'

/** What the cleaner may do with a log. */
export interface Compaction {
  readonly segments: SegmentList
  /** Changes when segments are dropped or cut, or the log is closed: what was read before is worthless then. */
  readonly version: number
  /** What is known of each producer, which compaction must leave recognisable. */
  producerEnds(): Map<number, ProducerEnd>
  /** An empty segment beside the live ones. Throws `DiskError`. */
  createCleaned(baseOffset: number): Segment
  /** Removes a segment that came to nothing. */
  discard(cleaned: Segment): void
  /**
   * Puts `cleaned` in the place of `originals`, crash-safe (swap.ts); `check` throws when that may not be done any
   * more. Rejects with `DiskError`.
   */
  exchange(originals: readonly Segment[], cleaned: Segment, check: () => void): Promise<void>
}

/** The steps of an exchange; `swapIn` changes what readers see, and drops the originals' files. */
export async function exchangeSegments(
  disk: Disk,
  directory: string,
  cleaned: Segment,
  steps: { check: () => void; swapIn: () => Promise<void>; isStillIn: () => boolean },
): Promise<void> {
  cleaned.completeIndexes()
  await cleaned.sync()
  await cleaned.syncIndexes()
  // All names have to be there before the first becomes *.swap: a *.swap without the others would count as complete.
  await disk.syncDirectory(directory)
  steps.check()
  cleaned.rename('.swap')
  await disk.syncDirectory(directory)
  steps.check()
  await steps.swapIn()
  await disk.syncDirectory(directory)
  // Retention or a truncation may have taken it away meanwhile.
  if (!steps.isStillIn()) return
  cleaned.rename('')
  await disk.syncDirectory(directory)
}
