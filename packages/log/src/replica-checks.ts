import { checkBatch, nextBatch } from '@samsa/protocol'
import { type Refused, refused } from './append-outcome.ts'
import { lastOffsetOf, leaderEpochOf, maxTimestampOf } from './batch-view.ts'
import { firstOffsetOf } from './read.ts'

export interface ReplicatedBatches {
  /** Bytes to append: up to the first batch that is cut off or of an epoch beyond the replica's. */
  readonly byteCount: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly maxTimestamp: number
}

/**
 * Checks batches a follower got from its leader: checksums, and offsets that go on. Batches of a later epoch than
 * the follower knows are left out: it will get them again when it has learnt of that epoch (KAFKA-18723).
 */
export function checkReplicated(
  records: Uint8Array,
  endOffset: number,
  leaderEpoch: number,
): ReplicatedBatches | Refused {
  let byteCount = 0
  let firstOffset = -1
  let lastOffset = endOffset - 1
  let maxTimestamp = -1
  for (;;) {
    const next = nextBatch(records, byteCount, records.length)
    if (next < 0 || leaderEpochOf(records, byteCount) > leaderEpoch) break
    if (checkBatch(records, byteCount, next) !== 'NONE') {
      return refused('CORRUPT_MESSAGE', `The batch ${byteCount} bytes into the records is damaged.`)
    }
    if (firstOffsetOf(records, byteCount) <= lastOffset || lastOffsetOf(records, byteCount) <= lastOffset) {
      const offset = firstOffsetOf(records, byteCount)
      return refused(
        'OFFSET_OUT_OF_RANGE',
        `A batch begins at ${offset}; the next offset is ${lastOffset + 1}.`,
      )
    }
    if (firstOffset < 0) firstOffset = firstOffsetOf(records, byteCount)
    lastOffset = lastOffsetOf(records, byteCount)
    maxTimestamp = Math.max(maxTimestamp, maxTimestampOf(records, byteCount))
    byteCount = next
  }
  return { byteCount, firstOffset, lastOffset, maxTimestamp }
}
