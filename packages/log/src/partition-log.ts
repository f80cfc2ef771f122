import { assert, type Clock, type Disk, DiskError, type Logger, type Random } from '@samsa/base'
import {
  batchBaseOffset,
  batchLastOffsetDelta,
  batchMagic,
  batchMaxTimestamp,
  batchProducerId,
  nextBatch,
  setBatchBaseOffset,
  setBatchLeaderEpoch,
} from '@samsa/protocol'
import {
  type AppendContext,
  type AppendOutcome,
  type Appended,
  type Refused,
  refused,
} from './append-outcome.ts'
import { hasProducer, leaderEpochOf } from './batch-view.ts'
import type { ProducerEnd } from './cleaner/batch-filter.ts'
import { type Compaction, exchangeSegments } from './compaction.ts'
import { convertForAppend, needsConversion } from './conversion.ts'
import { Durability } from './durability.ts'
import { type SegmentFileSuffix, deletedDirectoryName, parentOf } from './file-names.ts'
import type { FilePool } from './file-pool.ts'
import { checkFraming, checkLeaderBatch, checkSize } from './leader-checks.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import { LogFailedError, isPassing } from './log-error.ts'
import { LogTail } from './log-tail.ts'
import { PositionHints } from './position-hints.ts'
import { lastOffsetOfProducer } from './producer-entry.ts'
import type { ProducerStore } from './producer-store.ts'
import type { Producers } from './producers.ts'
import { type ReadOutcome, type ReadRequest, firstOffsetOf, readLog } from './read.ts'
import { checkReplicated } from './replica-checks.ts'
import { countBefore, countExpired } from './retention.ts'
import { type SegmentAge, isSegmentFull, segmentBytesOf } from './roll.ts'
import type { SegmentList } from './segment-list.ts'
import { Segment } from './segment.ts'
import {
  type FoundOffset,
  findByTimestamp,
  findMaxTimestamp,
  segmentOffsetsBefore,
} from './timestamp-lookup.ts'
import type { LogConfig } from './topic-config.ts'

const CLOSED: Refused = { error: 'NOT_LEADER_OR_FOLLOWER', message: 'The log is closed.' }

/** What `openLog` has found, and what a log works with. */
export interface LogParts {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly files: FilePool
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly topicId: string | undefined
  readonly config: LogConfig
  readonly segments: SegmentList
  readonly epochs: LeaderEpochs
  readonly producers: ProducerStore
  readonly startOffset: number
  readonly endOffset: number
  /** Everything below is durable. */
  readonly durableOffset: number
  /** Directories whose names are not durable yet, and files. */
  readonly unsyncedDirectories: readonly string[]
  readonly unsyncedFiles: readonly string[]
  readonly producerIdExpirationMs: number
}

/**
 * One partition's log: batches by offset in segments on a disk, in Apache Kafka's files.
 *
 * Invariants:
 * - startOffset ≤ lastStableOffset ≤ highWatermark ≤ endOffset, and durableOffset ≤ endOffset.
 * - Everything below `durableOffset` survives a power cut, with the leader epochs and aborted transactions that belong
 *   to it. A read never returns a batch that was not written whole.
 * - After a disk failed to sync, nothing is appended or served any more (`failed`).
 */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly directory: string
  readonly topicId: string | undefined
  /** Set when the disk failed: the log serves nothing more until it is opened anew. */
  failed: LogFailedError | undefined
  readonly #parts: LogParts
  readonly #segments: SegmentList
  readonly #epochs: LeaderEpochs
  readonly #producers: ProducerStore
  readonly #tail: LogTail
  readonly #durability: Durability
  readonly #hints = new PositionHints()
  #config: LogConfig
  #startOffset: number
  #endOffset: number
  #highWatermark: number
  #jitterMs = 0
  /** Counts what makes the cleaner's work worthless. */
  #version = 0
  #exchange: Promise<void> | undefined
  #compaction: Compaction | undefined
  #isClosed = false

  constructor(parts: LogParts) {
    this.#parts = parts
    this.topic = parts.topic
    this.partition = parts.partition
    this.directory = parts.directory
    this.topicId = parts.topicId
    this.#config = parts.config
    this.#segments = parts.segments
    this.#epochs = parts.epochs
    this.#producers = parts.producers
    this.#startOffset = parts.startOffset
    this.#endOffset = parts.endOffset
    this.#highWatermark = parts.startOffset
    this.#durability = new Durability({
      disk: parts.disk,
      directory: parts.directory,
      directories: parts.files.directories,
      epochs: parts.epochs,
      durableOffset: parts.durableOffset,
      writeGathered: () => this.#writeGathered(),
      onFailure: error => this.#fail(error),
    })
    for (const path of parts.unsyncedFiles) this.#durability.changedFile(path)
    for (const path of parts.unsyncedDirectories) this.#durability.changedNames(path)
    if (parts.durableOffset < parts.endOffset) this.#noteUnsynced(parts.durableOffset)
    this.#tail = new LogTail(parts.files, parts.clock, parts.segments.last, error =>
      this.#dropGathered(error),
    )
  }

  /** The first offset that can be read. */
  get startOffset(): number {
    return this.#startOffset
  }

  /** The offset the next record gets. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** Everything below it survives a power cut. */
  get durableOffset(): number {
    return this.#durability.durableOffset
  }

  /** Where recovery after a crash is to begin, as of the last `checkpoint`. */
  get recoveryPoint(): number {
    return this.#durability.recoveryPoint
  }

  /** Everything below it is committed: consumers may read it. */
  get highWatermark(): number {
    return this.#highWatermark
  }

  /** Where readers of committed data stop: the high watermark, or the first transaction without a committed end. */
  get lastStableOffset(): number {
    const producers = this.#producers.loaded
    if (producers === undefined && this.#startOffset === this.#endOffset) return this.#highWatermark
    return (producers ?? this.#loadProducers()).firstUnstableOffset(this.#highWatermark)
  }

  get sizeBytes(): number {
    return this.#segments.sizeBytes
  }

  get segmentCount(): number {
    return this.#segments.count
  }

  /** The epoch of the last record or the one assigned last, -1 when none is known. */
  get latestEpoch(): number {
    return this.#epochs.latest
  }

  get config(): LogConfig {
    return this.#config
  }

  /**
   * Checks records, gives them offsets, patching `records` in place, and appends them. `records` is the caller's again
   * afterwards. What was appended is durable once `sync` resolved.
   */
  append(records: Uint8Array, context: AppendContext): AppendOutcome {
    if (this.failed !== undefined) return refused('KAFKA_STORAGE_ERROR', this.failed.message)
    if (this.#isClosed) return CLOSED
    if (records.length === 0) return NOTHING_APPENDED
    try {
      return context.origin === 'replication'
        ? this.#appendReplicated(records, context)
        : this.#appendAsLeader(records, context)
    } catch (error) {
      return this.#refuseFor(error)
    }
  }

  /**
   * Makes everything appended so far durable. Calls during a running sync share the next one. Rejects when the disk
   * fails; unless it was only full, the log has then `failed`.
   */
  sync(): Promise<void> {
    if (this.failed !== undefined) return Promise.reject(this.failed)
    return this.#durability.sync()
  }

  /**
   * Makes everything durable with its indexes, so that recovery after a crash may begin at `recoveryPoint`, for the
   * broker to write down. Rejects like `sync`.
   */
  checkpoint(): Promise<void> {
    if (this.failed !== undefined) return Promise.reject(this.failed)
    return this.#durability.checkpoint()
  }

  /** Writes what was gathered from small appends; true unless the disk refused it. Readers see it without this call. */
  write(): boolean {
    try {
      this.#tail.write()
      return true
    } catch (error) {
      this.#dropGathered(error)
      return false
    }
  }

  /** Moves the high watermark forward, never beyond the end. Also called once after opening. */
  advanceHighWatermark(offset: number): void {
    this.#highWatermark = Math.max(this.#highWatermark, Math.min(offset, this.#endOffset))
  }

  /** Reads whole batches from the one that holds `offset` on. */
  read(request: ReadRequest): ReadOutcome {
    if (this.failed !== undefined) return { error: 'KAFKA_STORAGE_ERROR' }
    if (request.offset < this.#startOffset || request.offset > this.#endOffset)
      return { error: 'OFFSET_OUT_OF_RANGE' }
    try {
      if (this.#tail.hasGathered && !this.write()) return { error: 'KAFKA_STORAGE_ERROR' }
      return readLog(this.#segments, this.#hints, this.#endOffset, request)
    } catch (error) {
      this.#refuseFor(error)
      return { error: 'KAFKA_STORAGE_ERROR' }
    }
  }

  /** The first record below `upTo` with at least this timestamp; undefined when there is none. Throws `DiskError`. */
  findByTimestamp(timestampMs: number, upTo: number): FoundOffset | undefined {
    this.#tail.write()
    return findByTimestamp(this.#segments, timestampMs, this.#startOffset, upTo)
  }

  /** The first record with the greatest timestamp of all below `upTo`; undefined when there is none. Throws `DiskError`. */
  findMaxTimestamp(upTo = this.#highWatermark): FoundOffset | undefined {
    this.#tail.write()
    return findMaxTimestamp(this.#segments, this.#startOffset, upTo)
  }

  /** Up to `count` offsets where segments begin that are at least this old, the newest first (ListOffsets v0). */
  segmentOffsetsBefore(timestampMs: number, count: number): number[] {
    return segmentOffsetsBefore(this.#segments, this.#startOffset, this.#highWatermark, timestampMs, count)
  }

  /** The largest known epoch up to `epoch` and where its records end; both -1 when that is unknown. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    return this.#epochs.endOffsetFor(epoch, this.#endOffset)
  }

  /** The leader epoch of the record at `offset`, -1 when unknown. */
  epochAt(offset: number): number {
    return this.#epochs.epochAt(offset)
  }

  /** Notes that a leader of this epoch takes over: its records begin at the end of the log. */
  assignEpoch(epoch: number): void {
    this.#epochs.assign(epoch, this.#endOffset)
  }

  /** Whether the producer has a transaction under way in this partition in that epoch. */
  hasOpenTransaction(producerId: number, epoch: number): boolean {
    return this.#loadProducers().hasOpenTransaction(producerId, epoch)
  }

  /** The idempotent and transactional producers the partition knows. */
  activeProducers(): ActiveProducer[] {
    return Array.from(this.#loadProducers().entries.values(), entry => ({
      producerId: entry.producerId,
      producerEpoch: entry.epoch,
      lastSequence: entry.batches.at(-1)?.lastSequence ?? -1,
      lastTimestamp: entry.lastTimestamp,
      coordinatorEpoch: entry.coordinatorEpoch,
      currentTxnStartOffset: entry.transactionStart,
    }))
  }

  /** Forgets producers that were silent for longer than `producer.id.expiration.ms`. */
  expireProducers(now: number): void {
    this.#producers.loaded?.expire(now, this.#parts.producerIdExpirationMs)
  }

  /** Takes the topic's changed settings. */
  reconfigure(config: LogConfig): void {
    this.#config = config
  }

  // Removing records.

  /** Moves the start of the log to `offset`, which must be committed, and frees what lies before. */
  deleteRecordsBefore(offset: number): 'NONE' | 'OFFSET_OUT_OF_RANGE' | 'KAFKA_STORAGE_ERROR' {
    if (this.failed !== undefined) return 'KAFKA_STORAGE_ERROR'
    if (offset > this.#highWatermark) return 'OFFSET_OUT_OF_RANGE'
    if (offset <= this.#startOffset) return 'NONE'
    this.#startOffset = offset
    this.#epochs.cutBefore(offset)
    this.#dropSegments(countBefore(this.#segments, offset))
    return 'NONE'
  }

  /** Removes what the topic's settings no longer keep; bytes freed. Throws `DiskError`. */
  applyRetention(now: number): number {
    if (this.failed !== undefined || this.#isClosed) return 0
    const bounds = {
      startOffset: this.#startOffset,
      highWatermark: this.#highWatermark,
      endOffset: this.#endOffset,
      now,
    }
    const count = countExpired(this.#segments, this.#config, bounds)
    if (count === this.#segments.count) this.#rollTo(this.#endOffset)
    return this.#dropSegments(count)
  }

  /** Ends the growing segment and begins a new one, unless it is empty. Throws `DiskError`. */
  roll(): void {
    if (this.#tail.segment.size > 0) this.#rollTo(this.#endOffset)
  }

  /** Removes the records from `offset` on, as a follower does whose leader has others. Throws `DiskError`. */
  truncateTo(offset: number): void {
    if (offset >= this.#endOffset) {
      this.#epochs.cutFrom(this.#endOffset)
      return
    }
    if (offset < this.#segments.first.baseOffset) {
      this.truncateFully(offset)
      return
    }
    this.#tail.write()
    this.#version++
    const index = this.#segments.floor(offset)
    void this.#removeFiles(this.#segments.replace(index + 1, this.#segments.count))
    const segment = this.#segments.last
    const found = segment.seek(offset)
    const endOffset = found === undefined ? offset : Math.min(offset, firstOffsetOf(found.bytes, found.at))
    segment.cut(found?.position ?? segment.size, endOffset)
    this.#tail.moveTo(segment)
    this.#durability.changed(segment)
    this.#startOffset = Math.min(this.#startOffset, endOffset)
    this.#cutBackTo(endOffset)
  }

  /** Removes all records and goes on at `offset`. Throws `DiskError`. */
  truncateFully(offset: number): void {
    this.#tail.write()
    this.#version++
    void this.#removeFiles(this.#segments.replace(0, this.#segments.count))
    const segment = this.#createSegment(offset)
    this.#segments.add(segment)
    this.#tail.moveTo(segment)
    this.#startOffset = offset
    this.#endOffset = offset
    this.#highWatermark = offset
    this.#epochs.clear()
    this.#producers.reset(offset)
    this.#durability.startAt(offset)
    this.#hints.clear()
  }

  // Closing.

  /**
   * Makes everything durable, writes what a quick start needs, and closes all files. Rejects when the disk failed; then
   * the next start has to recover.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return
    try {
      if (this.failed !== undefined) throw this.failed
      this.#tail.write()
      this.#takeSnapshot(this.#endOffset, false)
      this.#tail.segment.completeIndexes()
      this.#isClosed = true
      await this.#durability.checkpoint()
    } finally {
      this.#isClosed = true
      await this.#settled()
      for (const segment of this.#segments.all) segment.release()
    }
  }

  /** Waits until no sync and no exchange of segments is under way. */
  async #settled(): Promise<void> {
    await this.#durability.settled()
    try {
      await this.#exchange
    } catch {}
  }

  /** Closes the log and removes its directory. Rejects when the disk fails. */
  async remove(): Promise<void> {
    this.#isClosed = true
    await this.#settled()
    const { disk, random } = this.#parts
    for (const segment of this.#segments.all) segment.abandon()
    // One rename takes the partition away at once: a crash never leaves a part of it to be found as a live one.
    const parent = parentOf(this.directory)
    const doomed = `${parent}/${deletedDirectoryName(this.topic, this.partition, uniqueId(random))}`
    disk.rename(this.directory, doomed)
    await disk.syncDirectory(parent)
    disk.remove(doomed)
  }

  // For the cleaner.

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** What the cleaner works with. */
  get compaction(): Compaction {
    this.#compaction ??= this.#newCompaction()
    return this.#compaction
  }

  #newCompaction(): Compaction {
    const log = this
    return {
      segments: this.#segments,
      get version() {
        return log.#isClosed ? -1 : log.#version
      },
      producerEnds: () => this.#producerEnds(),
      createCleaned: baseOffset => this.#makeSegment(baseOffset, '.cleaned'),
      discard: cleaned => {
        if (this.#segments.indexOf(cleaned) < 0) void this.#removeFile(cleaned)
      },
      exchange: (originals, cleaned, check) => {
        this.#exchange = this.#exchangeSegments(originals, cleaned, check)
        return this.#exchange
      },
    }
  }

  #producerEnds(): Map<number, ProducerEnd> {
    const ends = new Map<number, ProducerEnd>()
    for (const entry of this.#loadProducers().entries.values()) {
      ends.set(entry.producerId, { lastOffset: lastOffsetOfProducer(entry), epoch: entry.epoch })
    }
    return ends
  }

  #exchangeSegments(originals: readonly Segment[], cleaned: Segment, check: () => void): Promise<void> {
    return exchangeSegments(this.#parts.disk, this.directory, cleaned, {
      check,
      swapIn: () => {
        const index = this.#segments.indexOf(originals[0]!)
        this.#hints.clear()
        return this.#removeFiles(this.#segments.replace(index, originals.length, cleaned))
      },
      isStillIn: () => this.#segments.indexOf(cleaned) >= 0,
    })
  }

  // Appending as leader: one batch, or an old message set that becomes one.

  #appendAsLeader(records: Uint8Array, context: AppendContext): AppendOutcome {
    const problem = checkFraming(records)
    if (problem !== undefined) return problem
    const now = context.now ?? this.#parts.clock.now()
    if (needsConversion(records, this.#config)) return this.#appendConverted(records, context, now)
    const batch = trimmed(records)
    const refusal = checkLeaderBatch(batch, this.#config, context, now)
    return refusal ?? this.#appendBatch(batch, context, now)
  }

  #appendConverted(records: Uint8Array, context: AppendContext, now: number): AppendOutcome {
    const converted = convertForAppend(records, this.#config, context, now)
    if (!(converted instanceof Uint8Array)) return converted
    return checkSize(converted.length, this.#config) ?? this.#appendBatch(converted, context, now)
  }

  #appendBatch(batch: Uint8Array, context: AppendContext, now: number): AppendOutcome {
    const tooLarge = this.#checkSegmentBytes(batch.length)
    if (tooLarge !== undefined) return tooLarge
    const firstOffset = this.#endOffset
    const producers = this.#loadProducers()
    setBatchBaseOffset(batch, 0, firstOffset)
    setBatchLeaderEpoch(batch, 0, context.leaderEpoch)
    const logAppendTimeMs = this.#config['message.timestamp.type'] === 'LogAppendTime' ? now : -1
    if (batchProducerId(batch, 0) >= 0) {
      const verdict = producers.check(batch, 0, firstOffset, context)
      if (verdict !== undefined) return 'error' in verdict ? verdict : repeated(verdict)
    }
    const maxTimestamp = batchMaxTimestamp(batch, 0)
    const lastOffset = firstOffset + batchLastOffsetDelta(batch, 0)
    this.#rollIfFull(batch.length, firstOffset, lastOffset, maxTimestamp, now)
    this.#writeBatches(batch, producers, lastOffset)
    this.#epochs.assign(context.leaderEpoch, firstOffset)
    this.#syncIfMany()
    return { error: 'NONE', firstOffset, lastOffset, logAppendTimeMs, maxTimestamp }
  }

  // Appending as follower: batches as the leader has them.

  #appendReplicated(records: Uint8Array, context: AppendContext): AppendOutcome {
    const checked = checkReplicated(records, this.#endOffset, context.leaderEpoch)
    if ('error' in checked) return checked
    if (checked.byteCount === 0) return NOTHING_APPENDED
    const batches = records.subarray(0, checked.byteCount)
    const tooLarge = this.#checkSegmentBytes(batches.length)
    if (tooLarge !== undefined) return tooLarge
    const { firstOffset, lastOffset, maxTimestamp } = checked
    const now = context.now ?? this.#parts.clock.now()
    const producers = this.#loadProducers()
    this.#rollIfFull(batches.length, firstOffset, lastOffset, maxTimestamp, now)
    this.#writeBatches(batches, producers, lastOffset)
    for (let at = 0; at >= 0 && at < batches.length; at = nextBatch(batches, at, batches.length)) {
      const baseOffset = batchMagic(batches, at) === 2 ? batchBaseOffset(batches, at) : firstOffset
      this.#epochs.assign(leaderEpochOf(batches, at), baseOffset)
    }
    this.#syncIfMany()
    return { error: 'NONE', firstOffset, lastOffset, logAppendTimeMs: -1, maxTimestamp }
  }

  #checkSegmentBytes(byteCount: number): Refused | undefined {
    const limit = segmentBytesOf(this.#config)
    if (byteCount <= limit) return undefined
    return refused(
      'RECORD_LIST_TOO_LARGE',
      `The records have ${byteCount} bytes; segment.bytes of the topic is ${limit}.`,
    )
  }

  /** Appends batches that have their offsets, and takes note of each. Throws `DiskError` before anything changed. */
  #writeBatches(batches: Uint8Array, producers: Producers, lastOffset: number): void {
    const segment = this.#tail.segment
    const start = segment.size
    this.#tail.append(batches)
    this.#durability.changed(segment)
    const interval = this.#config['index.interval.bytes']
    let at = 0
    while (at < batches.length) {
      const next = nextBatch(batches, at, batches.length)
      segment.noteBatch(batches, at, next - at, start + at, interval)
      if (hasProducer(batches, at)) this.#noteProducer(producers, segment, batches, at)
      at = next
    }
    this.#hints.note(batchBaseOffset(batches, 0), segment.baseOffset, start)
    this.#endOffset = lastOffset + 1
    producers.endOffset = this.#endOffset
  }

  #noteProducer(producers: Producers, segment: Segment, batches: Uint8Array, at: number): void {
    const ended = producers.apply(batches, at)
    if (ended === undefined) return
    if (ended.isAborted) {
      const { producerId, firstOffset, lastOffset } = ended
      const lastStableOffset = producers.lastStableOffsetAt(ended)
      segment.transactions.add({ producerId, firstOffset, lastOffset, lastStableOffset })
    }
    producers.finish(ended)
  }

  #syncIfMany(): void {
    if (this.#endOffset - this.durableOffset < this.#config['flush.messages']) return
    this.#syncInBackground()
  }

  // Segments.

  #rollIfFull(
    byteCount: number,
    firstOffset: number,
    lastOffset: number,
    maxTimestamp: number,
    now: number,
  ): void {
    const age: SegmentAge = { now, maxTimestamp, jitterMs: this.#jitterMs }
    if (!isSegmentFull(this.#tail.segment, byteCount, lastOffset, age, this.#config)) return
    // Only a follower may be given records far beyond its end.
    this.#rollTo(lastOffset - this.#endOffset > 0x7fff_ffff ? firstOffset : this.#endOffset)
  }

  #rollTo(baseOffset: number): void {
    this.#tail.write()
    const previous = this.#tail.segment
    if (previous.size === 0 && previous.baseOffset === baseOffset) return
    const producers = this.#loadProducers()
    const next = this.#createSegment(baseOffset)
    this.#segments.add(next)
    this.#tail.moveTo(next)
    previous.seal()
    producers.endOffset = baseOffset
    this.#takeSnapshot(baseOffset)
    if (this.#durability.has(previous)) this.#syncInBackground()
  }

  /** Removes the first `count` segments; bytes freed. */
  #dropSegments(count: number): number {
    if (count === 0) return 0
    this.#version++
    const dropped = this.#segments.replace(0, count)
    const baseOffset = this.#segments.first.baseOffset
    void this.#removeFiles(dropped)
    if (baseOffset > this.#startOffset) {
      this.#startOffset = baseOffset
      this.#epochs.cutBefore(baseOffset)
    }
    this.#producers.dropBefore(this.#startOffset)
    this.#hints.clear()
    return dropped.reduce((sum, segment) => sum + segment.size, 0)
  }

  /** Removes the files of segments that are no longer part of the log. Resolves when they are gone. */
  async #removeFiles(segments: readonly Segment[]): Promise<void> {
    if (segments.length > 0) this.#durability.changedNames(this.directory)
    await Promise.all(segments.map(segment => this.#removeFile(segment)))
  }

  #removeFile(segment: Segment): Promise<void> {
    this.#durability.forget(segment)
    // A sync under way may put the removal off until a new segment has taken the same files over.
    const isReused = () => this.#segments.all.some(other => other !== segment && other.hasFilesOf(segment))
    return segment.remove(error => this.#fail(error), isReused)
  }

  #makeSegment(baseOffset: number, suffix: SegmentFileSuffix): Segment {
    const segment = new Segment({
      pool: this.#parts.files,
      directory: this.directory,
      baseOffset,
      size: 0,
      createdAtMs: this.#parts.clock.now(),
      hasTransactionFile: false,
      suffix,
    })
    try {
      segment.create()
    } catch (error) {
      void segment.remove(() => {})
      throw error
    }
    return segment
  }

  #createSegment(baseOffset: number): Segment {
    const segment = this.#makeSegment(baseOffset, '')
    this.#durability.changed(segment)
    this.#durability.changedNames(this.directory)
    const jitter = Math.min(this.#config['segment.jitter.ms'], this.#config['segment.ms'])
    this.#jitterMs = jitter > 0 ? this.#parts.random.integer(Math.min(jitter, 2 ** 48)) : 0
    return segment
  }

  // Unsynced, a snapshot may be damaged by a power cut; its checksum tells, and an older one takes its place.
  #takeSnapshot(offset: number, isSynced = true): void {
    try {
      const path = this.#producers.snapshot(offset)
      if (path === undefined) return
      if (isSynced) this.#durability.changedFile(path)
      this.#durability.changedNames(this.directory)
    } catch (error) {
      // Without a snapshot the next start reads more of the log, that is all.
      if (!(error instanceof DiskError)) throw error
      this.#parts.logger.warn('A snapshot of producers could not be written.', {
        directory: this.directory,
        error,
      })
    }
  }

  #loadProducers(): Producers {
    const loaded = this.#producers.loaded
    if (loaded !== undefined) return loaded
    this.#tail.write()
    return this.#producers.load(this.#segments, this.#startOffset, this.#endOffset)
  }

  // Durability.

  /** For the commit: writes what was gathered, and tells where the log ends. */
  #writeGathered(): number {
    if (this.failed !== undefined) throw this.failed
    try {
      this.#tail.write()
    } catch (error) {
      this.#dropGathered(error)
      throw error
    }
    return this.#endOffset
  }

  #syncInBackground(): void {
    this.sync().catch(error => {
      if (this.failed !== undefined || this.#isClosed) return
      this.#parts.logger.warn('Records could not be made durable yet.', { directory: this.directory, error })
    })
  }

  /** Stops the log, unless the disk was only full. */
  #fail(error: unknown): unknown {
    if (isPassing(error) || this.failed !== undefined) return error
    this.failed = new LogFailedError(this.directory, error)
    this.#parts.logger.error(this.failed.message, { topic: this.topic, partition: this.partition })
    return this.failed
  }

  #refuseFor(error: unknown): Refused {
    if (!(error instanceof DiskError)) throw error
    if (!isPassing(error)) this.#fail(error)
    return refused('KAFKA_STORAGE_ERROR', error.message)
  }

  /** Small appends that were accepted cannot be written: the log ends before them again. */
  #dropGathered(error: unknown): void {
    if (!(error instanceof DiskError)) throw error
    if (!isPassing(error)) {
      this.#fail(error)
      return
    }
    this.#parts.logger.warn('Records were dropped, because the disk is full.', {
      directory: this.directory,
      error,
    })
    const size = this.#tail.writtenSize
    const endOffset = this.#tail.segment.cutUnwritten(size)
    this.#tail.cutTo(size)
    this.#cutBackTo(endOffset)
  }

  #noteUnsynced(offset: number): void {
    for (const segment of this.#segments.all.slice(Math.max(0, this.#segments.floor(offset)))) {
      this.#durability.changed(segment)
    }
  }

  /** Forgets everything from `offset` on, which the files no longer hold. */
  #cutBackTo(offset: number): void {
    assert(offset <= this.#endOffset, 'a log is cut back, not forward')
    this.#endOffset = offset
    this.#highWatermark = Math.min(this.#highWatermark, offset)
    this.#durability.cutTo(offset)
    this.#epochs.cutFrom(offset)
    this.#producers.cutFrom(offset)
    this.#hints.clear()
  }
}

export interface ActiveProducer {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly coordinatorEpoch: number
  /** -1 when no transaction is under way. */
  readonly currentTxnStartOffset: number
}

const NOTHING_APPENDED: Appended = {
  error: 'NONE',
  firstOffset: -1,
  lastOffset: -1,
  logAppendTimeMs: -1,
  maxTimestamp: -1,
}

const repeated = (batch: { firstOffset: number; lastOffset: number; timestamp: number }): Appended => ({
  error: 'NONE',
  firstOffset: batch.firstOffset,
  lastOffset: batch.lastOffset,
  logAppendTimeMs: batch.timestamp,
  maxTimestamp: batch.timestamp,
  duplicate: true,
})

const uniqueId = (random: Random): string =>
  Array.from(random.bytes(16), byte => byte.toString(16).padStart(2, '0')).join('')

/** Without trailing bytes that are no whole batch. */
function trimmed(records: Uint8Array): Uint8Array {
  const end = nextBatch(records, 0, records.length)
  return end === records.length ? records : records.subarray(0, end)
}
