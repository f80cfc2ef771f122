import { type Disk, DiskError, type Logger, MalformedError } from '@samsa/base'
import { batchAttributes, batchMagic, isControl } from '@samsa/protocol'
import type { BatchScanner } from './batch-scanner.ts'
import { hasProducer, lastOffsetOf } from './batch-view.ts'
import { readWhole } from './checkpoint-file.ts'
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'
import { Producers } from './producers.ts'
import { RefusedBatches } from './refused-batches.ts'
import type { SegmentList } from './segment-list.ts'
import { type Segment, segmentPath } from './segment.ts'

/**
 * The producers of one partition and their snapshots on disk. Read when first needed: the newest intact snapshot, and
 * the batches after it.
 */
export class ProducerStore {
  readonly #disk: Disk
  readonly #directory: string
  readonly #logger: Logger
  /** Offsets of the snapshot files, ascending. */
  #snapshots: number[]
  /** Those of them that survive a power cut. */
  readonly #durable = new Set<number>()
  /** The one that is being synced, unless it has been given up meanwhile. */
  #syncing: number | undefined
  #producers: Producers | undefined
  /** Outlives the producers: those are read anew when batches were given up. */
  #refused = new RefusedBatches()

  constructor(disk: Disk, directory: string, snapshots: number[], logger: Logger) {
    this.#disk = disk
    this.#directory = directory
    this.#snapshots = snapshots.sort((a, b) => a - b)
    this.#logger = logger
  }

  /** The producers, if they have been read. */
  get loaded(): Producers | undefined {
    return this.#producers
  }

  /** The producers as of `endOffset`, read now if need be. */
  load(segments: SegmentList, startOffset: number, endOffset: number): Producers {
    if (this.#producers !== undefined) return this.#producers
    // Records before the start of the log count as long as they are there: their producers go on after them.
    const producers = this.#loadSnapshot(Math.min(startOffset, segments.first.baseOffset), endOffset)
    replay(producers, segments, endOffset)
    this.#refused.forgetKnown(producers.entries)
    producers.refused = this.#refused
    this.#producers = producers
    return producers
  }

  /** Starts without any producer, for a log that has no records. */
  reset(offset: number): void {
    for (const snapshot of this.#snapshots) this.#remove(snapshot)
    this.#snapshots = []
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
    this.#keepSnapshots(offset => offset <= endOffset)
  }

  /** Writes a snapshot as of `offset`, the end of the log; whether there was none. Throws `DiskError`. */
  snapshot(offset: number): boolean {
    if (this.#producers === undefined || this.#snapshots.at(-1) === offset || offset === 0) return false
    const bytes = encodeProducerSnapshot(this.#producers.entries)
    this.#write(offset, bytes)
    return true
  }

  /**
   * Makes the snapshot at the end of the oldest segment durable, before its batches go: nothing else tells of their
   * producers afterwards. One that is missing or damaged is made from the batches. Calls `onWritten` when there is a new
   * file. Throws `DiskError`.
   */
  async secure(segment: Segment, endOffset: number, onWritten: () => void): Promise<void> {
    if (this.#durable.has(endOffset)) return
    let producers = this.#findSnapshot(endOffset)
    if (producers === undefined) {
      producers = this.#findSnapshot(segment.baseOffset) ?? new Producers(segment.baseOffset)
      replaySegment(producers, segment, endOffset)
      if (producers.entries.size > 0) {
        this.#write(endOffset, encodeProducerSnapshot(producers.entries))
        onWritten()
      }
    }
    // What a power cut makes of a snapshot without producers does not matter.
    if (producers.entries.size === 0) return
    await this.#sync(endOffset)
  }

  /** Removes snapshots before `firstOffset`, where the oldest segment begins: no batches are left to go on from them. */
  dropBefore(firstOffset: number): void {
    this.#keepSnapshots(offset => offset >= firstOffset)
  }

  /** Removes snapshots that belong to none of these segments, unless it is the newest of all. */
  dropStray(baseOffsets: ReadonlySet<number>): void {
    const newest = this.#snapshots.at(-1)
    this.#keepSnapshots(offset => baseOffsets.has(offset) || offset === newest)
  }

  #loadSnapshot(firstOffset: number, endOffset: number): Producers {
    this.#keepSnapshots(offset => offset <= endOffset)
    for (let offset = this.#snapshots.at(-1); offset !== undefined; offset = this.#snapshots.at(-1)) {
      // Between an older one and the first batch there may have been others. Not to know a producer is better than to
      // refuse it, because its last batches are gone; Apache Kafka does the same.
      if (offset < firstOffset) break
      const producers = this.#readSnapshot(offset)
      if (producers !== undefined) return producers
      this.#remove(offset)
      this.#snapshots.pop()
    }
    return new Producers(firstOffset)
  }

  #findSnapshot(offset: number): Producers | undefined {
    return this.#snapshots.includes(offset) ? this.#readSnapshot(offset) : undefined
  }

  #write(offset: number, bytes: Uint8Array): void {
    const file = this.#disk.open(this.#path(offset), { create: true })
    try {
      file.write([bytes], 0)
      file.truncate(bytes.length)
    } finally {
      file.close()
    }
    if (this.#snapshots.includes(offset)) return
    this.#snapshots.push(offset)
    this.#snapshots.sort((a, b) => a - b)
  }

  async #sync(offset: number): Promise<void> {
    const file = this.#disk.open(this.#path(offset))
    this.#syncing = offset
    try {
      await file.sync()
      if (this.#syncing === offset) this.#durable.add(offset)
    } finally {
      this.#syncing = undefined
      file.close()
      if (!this.#snapshots.includes(offset)) this.#remove(offset)
    }
  }

  #readSnapshot(offset: number): Producers | undefined {
    const path = this.#path(offset)
    try {
      const producers = new Producers(offset)
      producers.load(decodeProducerSnapshot(readWhole(this.#disk, path)))
      return producers
    } catch (error) {
      const isMissing = error instanceof DiskError && error.code === 'NOT_FOUND'
      if (!isMissing && !(error instanceof MalformedError)) throw error
      this.#logger.warn(
        'A snapshot of producers is unusable; an older one and the records after it take its place.',
        {
          path,
          error,
        },
      )
      return undefined
    }
  }

  #keepSnapshots(isKept: (offset: number) => boolean): void {
    if (this.#snapshots.every(isKept)) return
    for (const offset of this.#snapshots) if (!isKept(offset)) this.#remove(offset)
    this.#snapshots = this.#snapshots.filter(isKept)
  }

  #remove(offset: number): void {
    this.#durable.delete(offset)
    if (offset === this.#syncing) {
      // Its file is open: it goes when the sync is over.
      this.#syncing = undefined
      return
    }
    try {
      this.#disk.remove(this.#path(offset))
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#logger.warn('A snapshot of producers that is no longer needed could not be removed.', { error })
    }
  }

  #path(offset: number): string {
    return segmentPath(this.#directory, offset, 'snapshot')
  }
}

/** Applies the batches in [producers.endOffset, endOffset). */
function replay(producers: Producers, segments: SegmentList, endOffset: number): void {
  const from = producers.endOffset
  for (
    let i = Math.max(0, segments.floor(from));
    i < segments.count && producers.endOffset < endOffset;
    i++
  ) {
    replaySegment(producers, segments.at(i)!, endOffset)
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
