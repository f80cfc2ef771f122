import type { Disk, Logger } from '@samsa/base'
import { batchAttributes, batchMagic, isControl } from '@samsa/protocol'
import type { BatchScanner } from './batch-scanner.ts'
import { hasProducer, lastOffsetOf } from './batch-view.ts'
import { Producers } from './producers.ts'
import { RefusedBatches } from './refused-batches.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'
import { SnapshotFiles } from './snapshot-files.ts'

/**
 * The producers of one partition, in memory and in snapshots on disk. Read when first needed: the newest intact
 * snapshot, and the batches after it.
 */
export class ProducerStore {
  readonly #snapshots: SnapshotFiles
  #producers: Producers | undefined
  /** Outlives the producers: those are read anew when batches were given up. */
  #refused = new RefusedBatches()

  /** @param snapshots the offsets of the snapshots on disk */
  constructor(disk: Disk, directory: string, snapshots: readonly number[], logger: Logger) {
    this.#snapshots = new SnapshotFiles(disk, directory, snapshots, logger)
  }

  /** The producers, if they have been read. */
  get loaded(): Producers | undefined {
    return this.#producers
  }

  /** The producers as of `endOffset`, read now if need be. */
  load(segments: SegmentList, startOffset: number, endOffset: number): Producers {
    if (this.#producers !== undefined) return this.#producers
    this.#snapshots.keep(offset => offset <= endOffset)
    // Records before the start of the log count as long as they are there: their producers go on after them.
    const producers = this.#readNewest(Math.min(startOffset, segments.first.baseOffset))
    replay(producers, segments, endOffset)
    this.#refused.forgetKnown(producers.entries)
    producers.refused = this.#refused
    this.#producers = producers
    return producers
  }

  /** Starts without any producer, for a log that has no records. */
  reset(offset: number): void {
    this.#snapshots.keep(() => false)
    this.#refused = new RefusedBatches()
    this.#producers = new Producers(offset)
    this.#producers.refused = this.#refused
  }

  /**
   * Like `cutFrom`, for batches that were accepted and could not be written. Of a producer that has no others, the first
   * one is remembered: it may have sent later ones already, which must not come before.
   */
  giveUpFrom(endOffset: number): void {
    for (const { producerId, epoch, batches } of this.#producers?.entries.values() ?? []) {
      // Clients have no more batches under way than are kept here.
      const first = batches[0]
      if (first !== undefined && first.firstOffset >= endOffset) this.#refused.add(producerId, epoch, first)
    }
    this.cutFrom(endOffset)
  }

  /** Forgets what is in memory, and snapshots after `endOffset`: the next `load` reads anew. */
  cutFrom(endOffset: number): void {
    this.#producers = undefined
    this.#snapshots.keep(offset => offset <= endOffset)
  }

  /** Writes a snapshot as of `offset`, the end of the log; whether there was none. Throws `DiskError`. */
  snapshot(offset: number): boolean {
    if (this.#producers === undefined || this.#snapshots.newest === offset || offset === 0) return false
    this.#snapshots.write(offset, this.#producers.entries)
    return true
  }

  /**
   * Makes the snapshot at the end of the oldest segment durable, before its batches go: nothing else tells of their
   * producers afterwards. One that is missing or damaged is made from the batches. Calls `onWritten` when there is a new
   * file. Throws `DiskError`.
   */
  async secure(segment: Segment, endOffset: number, onWritten: () => void): Promise<void> {
    if (this.#snapshots.isDurable(endOffset)) return
    let producers = this.#read(endOffset)
    if (producers === undefined) {
      producers = this.#read(segment.baseOffset) ?? new Producers(segment.baseOffset)
      replaySegment(producers, segment, endOffset)
      if (producers.entries.size > 0) {
        this.#snapshots.write(endOffset, producers.entries)
        onWritten()
      }
    }
    // What a power cut makes of a snapshot without producers does not matter.
    if (producers.entries.size > 0) await this.#snapshots.sync(endOffset)
  }

  /** Removes snapshots before `firstOffset`, where the oldest segment begins: no batches are left to go on from them. */
  dropBefore(firstOffset: number): void {
    this.#snapshots.keep(offset => offset >= firstOffset)
  }

  /** Removes snapshots that belong to none of these segments, unless it is the newest of all. */
  dropStray(baseOffsets: ReadonlySet<number>): void {
    const { newest } = this.#snapshots
    this.#snapshots.keep(offset => baseOffsets.has(offset) || offset === newest)
  }

  /** The producers of the newest intact snapshot, or none. Damaged ones are removed. */
  #readNewest(firstOffset: number): Producers {
    const { newest } = this.#snapshots
    // Between an older one and the first batch there may have been others. Not to know a producer is better than to
    // refuse it, because its last batches are gone; Apache Kafka does the same.
    if (newest === undefined || newest < firstOffset) return new Producers(firstOffset)
    const producers = this.#read(newest)
    if (producers !== undefined) return producers
    this.#snapshots.keep(offset => offset !== newest)
    return this.#readNewest(firstOffset)
  }

  #read(offset: number): Producers | undefined {
    const entries = this.#snapshots.read(offset)
    if (entries === undefined) return undefined
    const producers = new Producers(offset)
    producers.load(entries)
    return producers
  }
}

/** Applies the batches in [producers.endOffset, endOffset). */
function replay(producers: Producers, segments: SegmentList, endOffset: number): void {
  if (producers.endOffset < endOffset) {
    const from = Math.max(0, segments.floor(producers.endOffset))
    for (const segment of segments.all.slice(from)) replaySegment(producers, segment, endOffset)
  }
  producers.endOffset = endOffset
}

/** Applies the batches of a segment that are in [producers.endOffset, endOffset). */
function replaySegment(producers: Producers, segment: Segment, endOffset: number): void {
  if (segment.size === 0) return
  const start = segment.seek(producers.endOffset)?.position
  if (start === undefined) return
  const scanner = segment.scan(start)
  while (scanner.next() && lastOffsetOf(scanner.bytes, scanner.at) < endOffset)
    applyScanned(producers, scanner)
}

/** Applies the batch a scanner stands on. */
export function applyScanned(producers: Producers, scanner: BatchScanner): ReturnType<Producers['apply']> {
  if (!hasProducer(scanner.bytes, scanner.at)) return undefined
  const needsRecords =
    batchMagic(scanner.bytes, scanner.at) === 2 && isControl(batchAttributes(scanner.bytes, scanner.at))
  if (needsRecords && !scanner.loadWhole()) return undefined
  const ended = producers.apply(scanner.bytes, scanner.at)
  if (ended !== undefined) producers.finish(ended)
  return ended
}
