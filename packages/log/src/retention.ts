import type { SegmentList } from './segment-list.ts'
import type { LogConfig } from './topic-config.ts'

export interface LogBounds {
  readonly startOffset: number
  readonly highWatermark: number
  readonly endOffset: number
}

export interface RetentionBounds extends LogBounds {
  readonly now: number
}

/**
 * How many segments, counted from the oldest, have to go: those that lie before the start of the log, and where the
 * topic says "delete", those too many for `retention.bytes` and too old for `retention.ms`. Never one with records that
 * are not committed, nor an empty last one.
 */
export function countExpired(segments: SegmentList, config: LogConfig, bounds: RetentionBounds): number {
  let count = countBefore(segments, bounds.startOffset)
  if (!config['cleanup.policy'].includes('delete')) return count
  count = countTooLarge(segments, config['retention.bytes'], bounds, count)
  return countTooOld(segments, config['retention.ms'], bounds, count)
}

/**
 * When the oldest segment will be too old, unless the log moves before; `Infinity` when it stays. Before that only a log
 * that moved can have a segment that has to go.
 */
export function nextExpiryMs(segments: SegmentList, config: LogConfig, bounds: LogBounds): number {
  const limitMs = config['retention.ms']
  const isKept = limitMs < 0 || !config['cleanup.policy'].includes('delete') || !mayGo(segments, 0, bounds)
  return isKept ? Number.POSITIVE_INFINITY : segments.first.ageTimestamp + limitMs + 1
}

/** How many segments, counted from the oldest, end before `startOffset`. */
export function countBefore(segments: SegmentList, startOffset: number): number {
  let count = 0
  while (count < segments.count - 1 && segments.at(count + 1)!.baseOffset <= startOffset) count++
  return count
}

function countTooLarge(segments: SegmentList, limit: number, bounds: RetentionBounds, from: number): number {
  if (limit < 0) return from
  let excess = -limit
  for (const segment of segments.all.slice(from)) excess += segment.size
  let count = from
  while (mayGo(segments, count, bounds) && excess >= segments.at(count)!.size)
    excess -= segments.at(count++)!.size
  return count
}

function countTooOld(segments: SegmentList, limitMs: number, bounds: RetentionBounds, from: number): number {
  if (limitMs < 0) return from
  let count = from
  while (mayGo(segments, count, bounds) && bounds.now - segments.at(count)!.ageTimestamp > limitMs) count++
  return count
}

function mayGo(segments: SegmentList, index: number, bounds: LogBounds): boolean {
  const segment = segments.at(index)
  if (segment === undefined) return false
  const next = segments.at(index + 1)
  if (next === undefined && segment.size === 0) return false
  return (next?.baseOffset ?? bounds.endOffset) <= bounds.highWatermark
}
