import { type Clock, type Disk, DiskError, type Logger, type Random } from '@samsa/base'
import { batchBaseOffset, nextBatch } from '@samsa/protocol'
import { exchangeSegments } from './compaction.ts'
import { Durability } from './durability.ts'
import type { SegmentFileSuffix } from './file-names.ts'
import type { FilePool } from './file-pool.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import { LogFailedError, isPassing } from './log-error.ts'
import { LogTail } from './log-tail.ts'
import { PositionHints } from './position-hints.ts'
import { firstOffsetOf } from './read.ts'
import { RecentAppends } from './recent-appends.ts'
import type { SegmentList } from './segment-list.ts'
import { Segment } from './segment.ts'
import type { LogConfig } from './topic-config.ts'

export interface LogBodyParts {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly files: FilePool
  readonly directory: string
  readonly segments: SegmentList
  readonly epochs: LeaderEpochs
  readonly endOffset: number
  readonly durableOffset: number
}

/** What a log does besides when its body changes. */
export interface LogBodyOwner {
  /** Accepted batches had to be given up, because a full disk did not take them. */
  cutBackTo(endOffset: number): void
  /** The files of the oldest segment go once this resolves; the next one begins at `endOffset`. */
  beforeRemoval(segment: Segment, endOffset: number): Promise<void>
  /** The oldest segment begins at `firstOffset` now, on disk too. */
  afterRemoval(firstOffset: number): void
}

/**
 * The batches of a log in their segments: adds at the end, takes away at either end, exchanges what is compacted, and
 * makes all of it durable. It knows neither producers nor who may read what.
 *
 * Invariants: there is always a last segment; segments do not overlap; after the disk failed (`failed`) nothing is
 * written any more.
 */
export class LogBody {
  readonly segments: SegmentList
  readonly hints = new PositionHints()
  readonly durability: Durability
  /** The offset after the last batch. */
  endOffset: number
  /** Why nothing is served any more: the disk failed. */
  failed: LogFailedError | undefined
  /** Counts what makes a compaction under way worthless: segments dropped or cut. */
  version = 0
  /** How much earlier than `segment.ms` says the growing segment is closed. */
  jitterMs = 0
  /** How long the file of a new segment is made at once (`preallocate`); 0 lets it grow. */
  reserveBytes = 0
  readonly #parts: LogBodyParts
  readonly #tail: LogTail
  readonly #owner: LogBodyOwner
  #recent: RecentAppends | undefined
  #exchange: Promise<void> | undefined
  #isExchanging = false
  /** Segments taken off the front whose files are still to be removed, oldest first. */
  readonly #dropped: Segment[] = []
  #dropping: Promise<void> | undefined

  constructor(parts: LogBodyParts, owner: LogBodyOwner) {
    this.#parts = parts
    this.#owner = owner
    this.segments = parts.segments
    this.endOffset = parts.endOffset
    this.durability = new Durability({
      disk: parts.disk,
      directory: parts.directory,
      directories: parts.files.directories,
      epochs: parts.epochs,
      durableOffset: parts.durableOffset,
      writeGathered: () => this.#writeForCommit(),
      onFailure: error => this.fail(error),
    })
    if (parts.durableOffset < parts.endOffset) this.#noteUnsynced(parts.durableOffset)
    this.#tail = new LogTail(parts.files, parts.clock, parts.segments.last, error => this.dropGathered(error))
  }

  get hasGathered(): boolean {
    return this.#tail.hasGathered
  }

  /**
   * Whether who reads from `offset` on may have to wait for the disk: it was not appended lately. While compacted segments
   * take the place of others nothing counts as such: their files are renamed, and must not be busy then.
   */
  isCold(offset: number): boolean {
    return !this.#isExchanging && (this.#recent === undefined || offset < this.#recent.startOffset)
  }

  /** Writes what was gathered from small appends. Throws `DiskError`. */
  write(): void {
    this.#tail.write()
  }

  /**
   * Adds batches that have their offsets, and shows each to `visit` afterwards. Throws `DiskError`: a full disk left
   * everything as it was.
   */
  append(
    batches: Uint8Array,
    lastOffset: number,
    intervalBytes: number,
    visit: (at: number, segment: Segment) => void,
  ): void {
    const segment = this.#tail.segment
    const start = segment.size
    if (segment.isPristine) this.#createFirst(segment)
    segment.prepare()
    this.#tail.append(batches)
    this.durability.changed(segment)
    for (let at = 0; at < batches.length; ) {
      const next = nextBatch(batches, at, batches.length)
      segment.noteBatch(batches, at, next - at, start + at, intervalBytes)
      visit(at, segment)
      at = next
    }
    const firstOffset = batchBaseOffset(batches, 0)
    this.hints.note(firstOffset, segment.baseOffset, start)
    this.#recent ??= new RecentAppends(this.#parts.files)
    this.#recent.note(firstOffset, batches.length)
    this.endOffset = lastOffset + 1
  }

  /** Begins a new segment; false when the last one is empty and begins there. Throws `DiskError`. */
  roll(baseOffset: number, config: LogConfig): boolean {
    this.#tail.write()
    const previous = this.#tail.segment
    if (previous.size === 0 && previous.baseOffset === baseOffset) return false
    this.#begin(baseOffset, config)
    this.#trim(previous)
    previous.seal()
    return true
  }

  /** Gives back room that was reserved. Where the disk refuses, that is done when the log is closed. */
  #trim(segment: Segment): void {
    if (!segment.isReserved) return
    try {
      segment.trim()
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
    }
    // A power cut must not bring the room back below the recovery point, where nobody looks for the end of the batches.
    this.durability.changed(segment)
  }

  /** Removes the first `count` segments, which are not all; bytes freed. */
  dropFirst(count: number): number {
    this.version++
    this.hints.clear()
    const dropped = this.segments.replace(0, count)
    for (const segment of dropped) this.durability.forget(segment)
    this.#dropped.push(...dropped)
    this.#dropping ??= this.#removeDropped()
    return dropped.reduce((sum, segment) => sum + segment.size, 0)
  }

  /** Removes everything from `offset` on; the new end, which may be earlier, as batches are not split. Throws `DiskError`. */
  cutFrom(offset: number): number {
    this.#tail.write()
    this.version++
    this.hints.clear()
    void this.#removeFiles(this.segments.replace(this.segments.floor(offset) + 1, this.segments.count))
    const segment = this.segments.last
    const found = segment.seek(offset)
    const endOffset = found === undefined ? offset : Math.min(offset, firstOffsetOf(found.bytes, found.at))
    segment.cut(found?.position ?? segment.size, endOffset)
    this.#tail.moveTo(segment)
    this.durability.changed(segment)
    this.durability.cutTo(endOffset)
    this.endOffset = endOffset
    return endOffset
  }

  /** Removes everything and goes on at `offset`. Throws `DiskError`. */
  startAt(offset: number, config: LogConfig): void {
    this.#tail.forgetGathered()
    this.version++
    this.hints.clear()
    void this.#removeFiles([...this.#dropped.splice(0), ...this.segments.replace(0, this.segments.count)])
    this.#begin(offset, config)
    this.endOffset = offset
    this.durability.startAt(offset)
  }

  /** Gives up small appends that were accepted and cannot be written: the log ends before them again. */
  dropGathered(error: unknown): void {
    if (!(error instanceof DiskError)) throw error
    if (!isPassing(error)) {
      this.fail(error)
      return
    }
    this.#parts.logger.warn('Records were dropped, because the disk did not take them.', {
      directory: this.#parts.directory,
      error,
    })
    try {
      this.hints.clear()
      this.endOffset = this.#tail.cutGathered()
    } catch (cause) {
      this.fail(cause)
      return
    }
    this.durability.cutTo(this.endOffset)
    this.#owner.cutBackTo(this.endOffset)
  }

  /** Stops the log, unless the trouble passes. The error for whoever waits. */
  fail(error: unknown): unknown {
    if (isPassing(error) || this.failed !== undefined) return error
    this.failed = new LogFailedError(this.#parts.directory, error)
    this.#parts.logger.error(this.failed.message)
    return this.failed
  }

  /** An empty segment beside the live ones, for compaction. Throws `DiskError`. */
  makeSegment(baseOffset: number, suffix: SegmentFileSuffix, reserveBytes = 0): Segment {
    const segment = new Segment({
      pool: this.#parts.files,
      directory: this.#parts.directory,
      baseOffset,
      size: 0,
      createdAtMs: this.#parts.clock.now(),
      hasTransactionFile: false,
      suffix,
    })
    try {
      segment.create(true, reserveBytes)
    } catch (error) {
      void segment.remove(() => {})
      throw error
    }
    return segment
  }

  /** Puts a compacted segment in the place of its originals; see `Compaction.exchange`. */
  exchange(originals: readonly Segment[], cleaned: Segment, check: () => void): Promise<void> {
    this.#isExchanging = true
    this.#exchange = exchangeSegments(this.#parts.disk, this.#parts.directory, cleaned, {
      check,
      swapIn: () => {
        this.hints.clear()
        const index = this.segments.indexOf(originals[0]!)
        return this.#removeFiles(this.segments.replace(index, originals.length, cleaned))
      },
      isStillIn: () => this.segments.indexOf(cleaned) >= 0,
    }).finally(() => {
      this.#isExchanging = false
    })
    return this.#exchange
  }

  /** Removes a compacted segment that came to nothing. */
  discard(cleaned: Segment): void {
    if (this.segments.indexOf(cleaned) < 0) void this.#removeFile(cleaned)
  }

  /** Makes the last segment's indexes complete, as a stop in good order leaves them. */
  completeIndexes(): void {
    this.#tail.segment.completeIndexes()
  }

  /** Gives back all room that was reserved, as a stop in good order must. Throws `DiskError`. */
  trim(): void {
    for (const segment of this.segments.all) {
      if (!segment.isReserved) continue
      segment.trim()
      this.durability.changed(segment)
    }
  }

  /** Resolves when no sync, no read, no exchange of segments and no removal is under way. */
  async settled(): Promise<void> {
    await this.durability.settled()
    await this.#dropping
    try {
      await this.#exchange
    } catch {}
    for (const segment of this.segments.all) await segment.unused()
  }

  /** Closes all files. */
  release(): void {
    for (const segment of this.segments.all) segment.release()
  }

  /** Closes all files and forgets what was not written. */
  abandon(): void {
    this.#tail.forgetGathered()
    for (const segment of this.segments.all) segment.abandon()
  }

  #writeForCommit(): number {
    if (this.failed !== undefined) throw this.failed
    try {
      this.#tail.write()
    } catch (error) {
      this.dropGathered(error)
      throw error
    }
    return this.endOffset
  }

  #createFirst(segment: Segment): void {
    segment.createFirst(this.reserveBytes)
    this.durability.changedNames(this.#parts.directory)
  }

  #begin(baseOffset: number, config: LogConfig): void {
    const segment = this.makeSegment(baseOffset, '', this.reserveBytes)
    this.segments.add(segment)
    this.#tail.moveTo(segment)
    this.durability.changed(segment)
    this.durability.changedNames(this.#parts.directory)
    const jitter = Math.min(config['segment.jitter.ms'], config['segment.ms'], 2 ** 48)
    this.jitterMs = jitter > 0 ? this.#parts.random.integer(jitter) : 0
  }

  /**
   * Removes segments from the oldest on, each when the one before is durably gone: of several removals a power cut may
   * undo any, and a log with a gap would look as if it had lost its end.
   */
  async #removeDropped(): Promise<void> {
    const { files, directory } = this.#parts
    try {
      for (let next = this.#dropped.shift(); next !== undefined; next = this.#dropped.shift()) {
        const { baseOffset } = this.#dropped[0] ?? this.segments.first
        await this.#owner.beforeRemoval(next, baseOffset)
        await files.directories.sync(directory)
        await this.#removeFile(next)
        this.durability.changedNames(directory)
        this.#owner.afterRemoval(baseOffset)
      }
    } catch (error) {
      // What is left over is dropped again after the next start.
      if (!(error instanceof DiskError)) throw error
      this.#dropped.length = 0
      this.fail(error)
    } finally {
      this.#dropping = undefined
    }
  }

  /** Removes the files of segments that are no longer part of the log. Resolves when they are gone. */
  async #removeFiles(segments: readonly Segment[]): Promise<void> {
    if (segments.length > 0) this.durability.changedNames(this.#parts.directory)
    await Promise.all(segments.map(segment => this.#removeFile(segment)))
  }

  #removeFile(segment: Segment): Promise<void> {
    this.durability.forget(segment)
    // A sync under way may put the removal off until a new segment has taken the same files over.
    const isReused = () => this.segments.all.some(other => other !== segment && other.hasFilesOf(segment))
    return segment.remove(error => this.fail(error), isReused)
  }

  #noteUnsynced(offset: number): void {
    for (const segment of this.segments.all.slice(Math.max(0, this.segments.floor(offset)))) {
      this.durability.changed(segment)
    }
  }
}
