import type { PartitionLog } from '../partition-log.ts'

/** What there is to clean in one log. */
export interface Cleanable {
  readonly log: PartitionLog
  /** Everything below was cleaned before. */
  readonly firstDirtyOffset: number
  /** Cleaning stops here: the growing segment, records that are not stable, and those younger than the minimum lag. */
  readonly endOffset: number
  /** New bytes in proportion to all that a pass would go through. */
  readonly dirtyRatio: number
  /** Some record waits longer than `max.compaction.lag.ms`. */
  readonly isOverdue: boolean
}

/** What a pass over the log would clean; undefined when nothing is new. */
export function findCleanable(
  log: PartitionLog,
  checkpoint: number | undefined,
  now: number,
): Cleanable | undefined {
  const { config, startOffset } = log
  const segments = log.compaction.segments.all
  const isCheckpointSound =
    checkpoint !== undefined && checkpoint >= startOffset && checkpoint <= log.endOffset
  const firstDirtyOffset = isCheckpointSound ? checkpoint : startOffset
  const minLagMs = config['min.compaction.lag.ms']
  let endOffset = Math.min(log.lastStableOffset, segments[segments.length - 1]!.baseOffset)
  let cleanBytes = 0
  let dirtyBytes = 0
  let oldestMs = Number.MAX_SAFE_INTEGER
  for (const [index, segment] of segments.slice(0, -1).entries()) {
    const nextOffset = segments[index + 1]!.baseOffset
    if (nextOffset <= firstDirtyOffset) {
      cleanBytes += segment.size
      continue
    }
    if (segment.baseOffset >= endOffset) break
    if (minLagMs > 0 && segment.maxTimestamp > now - minLagMs) {
      endOffset = Math.min(endOffset, segment.baseOffset)
      break
    }
    if (nextOffset > endOffset) {
      endOffset = segment.baseOffset
      break
    }
    dirtyBytes += segment.size
    if (segment.firstTimestamp > 0) oldestMs = Math.min(oldestMs, segment.firstTimestamp)
  }
  if (dirtyBytes === 0 || endOffset <= firstDirtyOffset) return undefined
  const isOverdue = oldestMs < now - config['max.compaction.lag.ms']
  return { log, firstDirtyOffset, endOffset, dirtyRatio: dirtyBytes / (cleanBytes + dirtyBytes), isOverdue }
}

/** Whether there is enough to make a pass worth its while. */
export function isWorthCleaning({ log, dirtyRatio, isOverdue }: Cleanable): boolean {
  return isOverdue || dirtyRatio > log.config['min.cleanable.dirty.ratio']
}
