import { OFFSET_ENTRY_BYTES } from './offset-index.ts'
import { SEGMENT_RANGE_MAX, type Segment } from './segment.ts'
import { TIME_ENTRY_BYTES } from './time-index.ts'
import type { LogConfig } from './topic-config.ts'

export interface SegmentAge {
  readonly now: number
  /** The greatest timestamp of what is to be appended. */
  readonly maxTimestamp: number
  readonly jitterMs: number
}

export function segmentBytesOf(config: LogConfig): number {
  return config['internal.segment.bytes'] ?? config['segment.bytes']
}

/** How long the file of a new segment is made before it holds anything. */
export function reservedBytesOf(config: LogConfig): number {
  return config.preallocate ? segmentBytesOf(config) : 0
}

/** Whether a segment takes no more `byteCount` bytes, and a new one is to be begun for them. */
export function isSegmentFull(
  segment: Segment,
  byteCount: number,
  lastOffset: number,
  age: SegmentAge,
  config: LogConfig,
): boolean {
  if (lastOffset - segment.baseOffset > SEGMENT_RANGE_MAX) return true
  if (segment.size === 0) return false
  if (segment.size > segmentBytesOf(config) - byteCount) return true
  if (timeWaited(segment, age) > config['segment.ms'] - age.jitterMs) return true
  const indexBytes = config['segment.index.bytes']
  return (
    segment.offsetIndex.entries.count >= Math.floor(indexBytes / OFFSET_ENTRY_BYTES) ||
    segment.timeIndex.entries.count >= Math.floor(indexBytes / TIME_ENTRY_BYTES) - 1
  )
}

/** A segment's age goes by the records' own time where they have one: replayed old data is not split into many pieces. */
function timeWaited(segment: Segment, { now, maxTimestamp }: SegmentAge): number {
  return segment.firstTimestamp >= 0 ? maxTimestamp - segment.firstTimestamp : now - segment.createdAtMs
}
