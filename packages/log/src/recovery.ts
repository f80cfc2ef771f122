import { lastOffsetOf, leaderEpochOf } from './batch-view.ts'
import type { FilePool } from './file-pool.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import type { FoundFiles, OpenLogOptions } from './open-log.ts'
import { type ProducerStore, applyScanned } from './producer-store.ts'
import type { Producers } from './producers.ts'
import { firstOffsetOf } from './read.ts'
import type { SegmentList } from './segment-list.ts'
import { Segment } from './segment.ts'

export interface RecoveredOffsets {
  readonly startOffset: number
  readonly endOffset: number
  readonly durableOffset: number
  /** Whether files were made or removed. */
  readonly changedFiles: boolean
}

/** Finds out where the log starts and ends. What is damaged above the recovery point is cut off. */
export function recover(
  options: OpenLogOptions,
  found: FoundFiles,
  epochs: LeaderEpochs,
  producers: ProducerStore,
  files: FilePool,
): RecoveredOffsets {
  const { segments } = found
  if (segments.count === 0) return startEmpty(options, found, epochs, producers, files)
  const startOffset = Math.max(options.startOffset, segments.first.baseOffset)
  const countBefore = segments.count
  const endOffset = options.wasClean
    ? cleanEnd(segments, found.snapshots, options.recoveryPoint)
    : verifyTail(options, segments, epochs, producers, startOffset)
  if (endOffset < startOffset) {
    options.logger.error(
      'The log ends before its recorded start: its files are gone. It starts anew there.',
      {
        directory: options.directory,
        startOffset,
        endOffset,
      },
    )
    removeFrom(options, segments, 0)
    return startEmpty(options, found, epochs, producers, files)
  }
  if (endOffset < options.recoveryPoint) {
    options.logger.error('Records that had been written to disk are missing at the end of the log.', {
      directory: options.directory,
      recoveryPoint: options.recoveryPoint,
      endOffset,
    })
  }
  if (!options.wasClean) {
    epochs.cutFrom(endOffset)
    producers.dropStray(new Set(segments.all.map(segment => segment.baseOffset)))
  }
  const durableOffset = options.wasClean ? endOffset : Math.min(options.recoveryPoint, endOffset)
  return { startOffset, endOffset, durableOffset, changedFiles: segments.count !== countBefore }
}

function startEmpty(
  options: OpenLogOptions,
  found: FoundFiles,
  epochs: LeaderEpochs,
  producers: ProducerStore,
  pool: FilePool,
): RecoveredOffsets {
  const { startOffset, directory } = options
  // A log that starts elsewhere than at 0 needs the name of a segment to remember it by.
  const isPristine = startOffset === 0 && options.recoveryPoint === 0 && found.isBare
  const createdAtMs = options.clock.now()
  const place = { pool, directory, baseOffset: startOffset, size: 0, createdAtMs, hasTransactionFile: false }
  const segment = new Segment({ ...place, isPristine })
  if (!isPristine) segment.create(!found.isNew)
  found.segments.add(segment)
  epochs.clear()
  producers.reset(startOffset)
  return { startOffset, endOffset: startOffset, durableOffset: startOffset, changedFiles: !isPristine }
}

/**
 * Where a log that was closed in good order ends: the recovery point and the newest snapshot say the same, or the last
 * batches are asked.
 */
function cleanEnd(segments: SegmentList, snapshots: number[], recoveryPoint: number): number {
  const last = segments.last
  if (last.size === 0) return last.baseOffset
  const isCertain = recoveryPoint > last.baseOffset && snapshots.includes(recoveryPoint)
  return isCertain ? recoveryPoint : last.readNextOffset()
}

/** Walks the batches from the recovery point on, cuts at the first damaged one, and completes what is derived. */
function verifyTail(
  options: OpenLogOptions,
  segments: SegmentList,
  epochs: LeaderEpochs,
  producerStore: ProducerStore,
  startOffset: number,
): number {
  const recoveryPoint = Math.max(options.recoveryPoint, segments.first.baseOffset)
  const from = segments.floor(recoveryPoint)
  let producers: Producers | undefined
  let nextOffset = segments.at(from)!.baseOffset
  for (let index = from; index < segments.count; index++) {
    const segment = segments.at(index)!
    if (isDetached(options, segments, index, from, nextOffset)) {
      cutAway(options, segments, index, 'records between two segments are missing')
      break
    }
    if (segment.size === 0) {
      segment.resetEmpty()
      nextOffset = segment.baseOffset
      continue
    }
    const { start, offset } =
      index === from ? startOfVerification(segment, recoveryPoint) : { start: 0, offset: segment.baseOffset }
    if (start >= segment.size) {
      segment.cutIndexes(offset)
      nextOffset = offset
      continue
    }
    producers ??= producerStore.load(segments, startOffset, Math.max(startOffset, offset))
    const verified = verifySegment(segment, start, epochs, producers, options.config['index.interval.bytes'])
    nextOffset = verified.nextOffset
    if (verified.size < segment.size) {
      tellCut(options, segment, verified)
      segment.cut(verified.size, nextOffset)
      cutAway(options, segments, index + 1, 'they follow a torn one')
      break
    }
    if (index < segments.count - 1) segment.seal()
  }
  if (producers !== undefined) producers.endOffset = nextOffset
  return nextOffset
}

function tellCut({ logger, directory, config }: OpenLogOptions, segment: Segment, verified: Verified): void {
  const { size, nextOffset: endOffset } = verified
  const fields = { directory, segment: segment.baseOffset, cutBytes: segment.size - size, endOffset }
  if (config.preallocate)
    logger.info('Room reserved in a log is given back after a crash, with what was torn.', fields)
  else logger.warn('The end of a log was torn by a crash and is cut off.', fields)
}

/**
 * Whether records are missing before a segment above the recovery point: the end of its predecessor was lost in a power
 * cut. Compaction leaves an empty batch at the end of each segment; Apache Kafka's does not, so that there may be gaps
 * in what the checkpoint says was compacted.
 */
function isDetached(
  options: OpenLogOptions,
  segments: SegmentList,
  index: number,
  from: number,
  nextOffset: number,
): boolean {
  const { baseOffset } = segments.at(index)!
  if (index === from || baseOffset === nextOffset) return false
  const { cleanedOffset = Number.POSITIVE_INFINITY, config } = options
  return !config['cleanup.policy'].includes('compact') || baseOffset > cleanedOffset
}

function cutAway(options: OpenLogOptions, segments: SegmentList, from: number, reason: string): void {
  const removed = removeFrom(options, segments, from)
  if (removed.length === 0) return
  options.logger.warn(`Segments above the recovery point are removed: ${reason}.`, {
    directory: options.directory,
    segments: removed.map(segment => segment.baseOffset),
  })
}

function removeFrom(options: OpenLogOptions, segments: SegmentList, from: number): Segment[] {
  const removed = segments.replace(from, segments.count - from)
  for (const segment of removed) {
    void segment.remove(error => options.logger.warn('A file could not be removed.', { error }))
  }
  return removed
}

/**
 * Where verification of a segment starts: at the first batch that ends at or after the recovery point, or damage before.
 * With the offset there, before which all batches are read otherwise.
 */
function startOfVerification(segment: Segment, recoveryPoint: number): { start: number; offset: number } {
  segment.offsetIndex.cutReserved()
  segment.timeIndex.cutReserved()
  const scanner = segment.scan(segment.startFor(recoveryPoint))
  let offset = segment.baseOffset
  while (scanner.next()) {
    const { bytes, at, lastOffset } = scanner
    if (lastOffset >= recoveryPoint) return { start: scanner.position, offset: firstOffsetOf(bytes, at) }
    offset = lastOffset + 1
  }
  return { start: scanner.position, offset }
}

/** How much of a segment is intact. */
interface Verified {
  readonly size: number
  readonly nextOffset: number
}

/**
 * Checks the batches from `start`: checksums, and offsets that go up. Builds the indexes from there anew, and brings
 * epochs and producers up to date. How much of the segment is intact.
 */
function verifySegment(
  segment: Segment,
  start: number,
  epochs: LeaderEpochs,
  producers: Producers,
  intervalBytes: number,
): Verified {
  let nextOffset = segment.beginRebuild(start, intervalBytes)
  const scanner = segment.scan(start, { whole: true })
  while (scanner.next() && scanner.isIntact()) {
    const { bytes, at } = scanner
    const lastOffset = lastOffsetOf(bytes, at)
    if (lastOffset < nextOffset) break
    segment.noteBatch(bytes, at, scanner.length, scanner.position, intervalBytes)
    epochs.assign(leaderEpochOf(bytes, at), firstOffsetOf(bytes, at))
    if (lastOffset >= producers.endOffset) {
      const ended = applyScanned(producers, scanner)
      if (ended?.isAborted === true) {
        const lastStableOffset = producers.lastStableOffsetAt(ended)
        segment.transactions.add({ ...ended, lastStableOffset })
      }
    }
    nextOffset = lastOffset + 1
  }
  return { size: scanner.position, nextOffset }
}
