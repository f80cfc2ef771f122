import { batchBaseOffset, batchMagic, decodeBatch } from '@samsa/protocol'
import type { BatchScanner } from './batch-scanner.ts'
import { lastOffsetOf, leaderEpochOf, maxTimestampOf } from './batch-view.ts'
import { INFLATED_BYTES_MAX, inflatedRecords, recordTimestamp } from './record-checks.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'

export interface FoundOffset {
  readonly offset: number
  readonly timestamp: number
  /** -1 for records older than leader epochs. */
  readonly leaderEpoch: number
}

/** The first record in [startOffset, upTo) with at least `timestamp`. */
export function findByTimestamp(
  segments: SegmentList,
  timestamp: number,
  startOffset: number,
  upTo: number,
): FoundOffset | undefined {
  for (const segment of segments.all) {
    if (segment.baseOffset >= upTo) return undefined
    if (segment.size === 0 || segment.maxTimestamp < timestamp) continue
    const found = findInSegment(segment, timestamp, startOffset, upTo)
    if (found !== undefined) return found
  }
  return undefined
}

function findInSegment(
  segment: Segment,
  timestamp: number,
  startOffset: number,
  upTo: number,
): FoundOffset | undefined {
  // All records up to the entry's offset have at most the entry's timestamp, which is at most the one sought; a record
  // with exactly that timestamp may be the entry's own, or one before it.
  segment.timeIndex.lookup(timestamp - 1)
  const start = segment.seek(Math.max(segment.timeIndex.foundOffset, startOffset))?.position
  if (start === undefined) return undefined
  const scanner = segment.scan(start)
  while (scanner.next()) {
    if (maxTimestampOf(scanner.bytes, scanner.at) < timestamp) continue
    if (lastOffsetOf(scanner.bytes, scanner.at) < startOffset) continue
    const found = findInBatch(scanner, candidate => candidate >= timestamp, startOffset)
    if (found !== undefined) return found.offset < upTo ? found : undefined
  }
  return undefined
}

/** The first record with the greatest timestamp of all in [startOffset, upTo); undefined when none has a timestamp. */
export function findMaxTimestamp(
  segments: SegmentList,
  startOffset: number,
  upTo: number,
): FoundOffset | undefined {
  let best: Segment | undefined
  for (const segment of segments.all) {
    if (segment.size === 0 || segment.baseOffset >= upTo) continue
    if (best === undefined || segment.maxTimestamp > best.maxTimestamp) best = segment
  }
  if (best === undefined || best.maxTimestamp < 0) return undefined
  const timestamp = best.maxTimestamp
  const start = best.seek(best.offsetOfMaxTimestamp)?.position
  if (start === undefined) return undefined
  const scanner = best.scan(start)
  if (!scanner.next()) return undefined
  const found = findInBatch(scanner, candidate => candidate === timestamp, startOffset)
  return found !== undefined && found.offset < upTo ? found : undefined
}

/** The first record of the batch a scanner stands on whose offset and timestamp fit. */
function findInBatch(
  scanner: BatchScanner,
  fits: (timestamp: number) => boolean,
  startOffset: number,
): FoundOffset | undefined {
  if (!scanner.loadWhole()) return undefined
  const { bytes, at } = scanner
  const leaderEpoch = leaderEpochOf(bytes, at)
  if (batchMagic(bytes, at) < 2) {
    const records = decodeBatch(bytes, at, { maxInflatedBytes: INFLATED_BYTES_MAX })
    const record = records.find(({ offset, timestamp }) => offset >= startOffset && fits(timestamp))
    return record && { offset: record.offset, timestamp: record.timestamp, leaderEpoch }
  }
  const baseOffset = batchBaseOffset(bytes, at)
  const cursor = inflatedRecords(bytes, at)
  while (cursor.next()) {
    const offset = baseOffset + cursor.offsetDelta
    const timestamp = recordTimestamp(bytes, at, cursor)
    if (offset >= startOffset && fits(timestamp)) return { offset, timestamp, leaderEpoch }
  }
  return undefined
}

/**
 * Offsets where segments begin, and the end, that are at least this old, the newest first: what ListOffsets v0 asked
 * for. -1 as the timestamp means the latest, -2 the earliest.
 */
export function segmentOffsetsBefore(
  segments: SegmentList,
  startOffset: number,
  highWatermark: number,
  timestamp: number,
  count: number,
): number[] {
  const offsets = segments.all.map(segment => ({
    offset: Math.max(segment.baseOffset, startOffset),
    age: segment.ageTimestamp,
  }))
  if (segments.last.size > 0) offsets.push({ offset: highWatermark, age: Number.MAX_SAFE_INTEGER })
  let last = offsets.findLastIndex(entry => entry.age <= timestamp)
  if (timestamp === LATEST) last = offsets.length - 1
  else if (timestamp === EARLIEST) last = 0
  const found = offsets.slice(0, last + 1).map(entry => entry.offset)
  return found.reverse().slice(0, count)
}

const LATEST = -1
const EARLIEST = -2
