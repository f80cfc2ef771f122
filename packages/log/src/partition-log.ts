import { type Clock, type Disk, DiskError, type Logger, type Random } from '@samsa/base'
import { type AppendContext, type AppendOutcome, type Refused, refused } from './append-outcome.ts'
import type { ProducerEnd } from './cleaner/batch-filter.ts'
import type { Compaction } from './compaction.ts'
import { deletedDirectoryName, parentOf } from './file-names.ts'
import type { FilePool } from './file-pool.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import { type AppendTarget, NOTHING_APPENDED, appendAsLeader, appendReplicated } from './log-append.ts'
import { LogBody } from './log-body.ts'
import type { LogFailedError } from './log-error.ts'
import type { ProducerStore } from './producer-store.ts'
import type { Producers } from './producers.ts'
import { ReadAhead } from './read-ahead.ts'
import { type ReadOutcome, type ReadRequest, readLog } from './read.ts'
import { countBefore, countExpired, nextExpiryMs } from './retention.ts'
import { reservedBytesOf } from './roll.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'
import {
  type FoundOffset,
  findByTimestamp,
  findMaxTimestamp,
  segmentOffsetsBefore,
} from './timestamp-lookup.ts'
import type { LogConfig } from './topic-config.ts'

const CLOSED = { error: 'NOT_LEADER_OR_FOLLOWER', message: 'The log is closed.' } as const satisfies Refused
const STORAGE_ERROR = { error: 'KAFKA_STORAGE_ERROR' } as const

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
  readonly onMoved: ((log: PartitionLog) => void) | undefined
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
  readonly #parts: LogParts
  readonly #body: LogBody
  readonly #epochs: LeaderEpochs
  readonly #producers: ProducerStore
  #config: LogConfig
  #startOffset: number
  #highWatermark: number
  #compaction: Compaction | undefined
  #readAhead: ReadAhead | undefined
  readonly #target: AppendTarget
  #isClosed = false
  #isSyncDue = false

  constructor(parts: LogParts) {
    this.#parts = parts
    this.topic = parts.topic
    this.partition = parts.partition
    this.directory = parts.directory
    this.topicId = parts.topicId
    this.#config = parts.config
    this.#epochs = parts.epochs
    this.#producers = parts.producers
    this.#startOffset = parts.startOffset
    this.#highWatermark = parts.startOffset
    this.#body = new LogBody(parts, {
      cutBackTo: endOffset => {
        this.#cutBackTo(endOffset)
        this.#producers.giveUpFrom(endOffset)
      },
      beforeRemoval: (segment, endOffset) => this.#keepProducersOf(segment, endOffset),
      afterRemoval: firstOffset => this.#producers.dropBefore(firstOffset),
    })
    this.#target = {
      body: this.#body,
      epochs: parts.epochs,
      clock: parts.clock,
      config: () => this.#config,
      producers: () => this.#loadProducers(),
      rollTo: baseOffset => this.#rollTo(baseOffset),
      syncInBackground: () => this.#syncInBackground(),
    }
    this.#body.reserveBytes = reservedBytesOf(parts.config)
    for (const path of parts.unsyncedFiles) this.#body.durability.changedFile(path)
    for (const path of parts.unsyncedDirectories) this.#body.durability.changedNames(path)
  }

  /** Set when the disk failed: the log serves nothing more until it is opened anew. */
  get failed(): LogFailedError | undefined {
    return this.#body.failed
  }

  /** The first offset that can be read. */
  get startOffset(): number {
    return this.#startOffset
  }

  /** The offset the next record gets. */
  get endOffset(): number {
    return this.#body.endOffset
  }

  /** Everything below it survives a power cut. */
  get durableOffset(): number {
    return this.#body.durability.durableOffset
  }

  /** Where recovery after a crash is to begin, as of the last `checkpoint`. */
  get recoveryPoint(): number {
    return this.#body.durability.recoveryPoint
  }

  /** Everything below it is committed: consumers may read it. */
  get highWatermark(): number {
    return this.#highWatermark
  }

  /** Where readers of committed data stop: the high watermark, or the first transaction without a committed end. */
  get lastStableOffset(): number {
    const producers = this.#producers.loaded
    if (producers === undefined && this.#startOffset === this.#body.endOffset) return this.#highWatermark
    return (producers ?? this.#loadProducers()).firstUnstableOffset(this.#highWatermark)
  }

  get sizeBytes(): number {
    return this.#body.segments.sizeBytes
  }

  get segmentCount(): number {
    return this.#body.segments.count
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
      const outcome =
        context.origin === 'replication'
          ? appendReplicated(this.#target, records, context)
          : appendAsLeader(this.#target, records, context)
      this.#moved()
      this.#syncIfMany()
      return outcome
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
    return this.#body.durability.sync()
  }

  /**
   * Makes everything durable with its indexes, so that recovery after a crash may begin at `recoveryPoint`, for the
   * broker to write down. Rejects like `sync`.
   */
  checkpoint(): Promise<void> {
    if (this.failed !== undefined) return Promise.reject(this.failed)
    return this.#body.durability.checkpoint()
  }

  /** Writes what was gathered from small appends; true unless the disk refused it. Readers see it without this call. */
  write(): boolean {
    try {
      this.#body.write()
      return true
    } catch (error) {
      this.#body.dropGathered(error)
      return false
    }
  }

  /** Moves the high watermark forward, never beyond the end. Also called once after opening. */
  advanceHighWatermark(offset: number): void {
    const highWatermark = Math.min(offset, this.#body.endOffset)
    if (highWatermark <= this.#highWatermark) return
    this.#highWatermark = highWatermark
    this.#moved()
  }

  /** Reads whole batches from the one that holds `offset` on. */
  read(request: ReadRequest): ReadOutcome {
    const refusal = this.#refusalOf(request)
    if (refusal !== undefined) return refusal
    try {
      return readLog(this.#body.segments, this.#body.hints, this.#body.endOffset, request)
    } catch (error) {
      this.#refuseFor(error)
      return STORAGE_ERROR
    }
  }

  /**
   * What to wait for before `read`, so that it does not wait for the disk and hold up others; undefined when it can be
   * called at once. Brings into the page cache what was not appended lately, and begins with what will follow it. Never
   * rejects.
   */
  prepareRead({ offset, upTo, maxBytes }: ReadRequest): Promise<void> | undefined {
    const isReadable = offset >= this.#startOffset && offset < Math.min(upTo, this.#body.endOffset)
    if (!isReadable || this.#isClosed || this.failed !== undefined || !this.#body.isCold(offset))
      return undefined
    const { segments, hints } = this.#body
    this.#readAhead ??= new ReadAhead(this.#parts.clock, segments, hints, () => this.#isClosed)
    return this.#readAhead.cover(offset, maxBytes)
  }

  /** Why nothing can be read from there; undefined when it can, all batches being in files then. */
  #refusalOf({ offset }: ReadRequest): ReadOutcome | undefined {
    if (this.failed !== undefined) return STORAGE_ERROR
    if (this.#isClosed) return CLOSED
    if (offset < this.#startOffset || offset > this.#body.endOffset) return { error: 'OFFSET_OUT_OF_RANGE' }
    return this.#body.hasGathered && !this.write() ? STORAGE_ERROR : undefined
  }

  /** The first record below `upTo` with at least this timestamp; undefined when there is none. Throws `DiskError`. */
  findByTimestamp(timestampMs: number, upTo: number): FoundOffset | undefined {
    this.#body.write()
    return findByTimestamp(this.#body.segments, timestampMs, this.#startOffset, upTo)
  }

  /** The first record with the greatest timestamp of all below `upTo`; undefined when there is none. Throws `DiskError`. */
  findMaxTimestamp(upTo = this.#highWatermark): FoundOffset | undefined {
    this.#body.write()
    return findMaxTimestamp(this.#body.segments, this.#startOffset, upTo)
  }

  /** Up to `count` offsets where segments begin that are at least this old, the newest first (ListOffsets v0). */
  segmentOffsetsBefore(timestampMs: number, count: number): number[] {
    return segmentOffsetsBefore(
      this.#body.segments,
      this.#startOffset,
      this.#highWatermark,
      timestampMs,
      count,
    )
  }

  /** The largest known epoch up to `epoch` and where its records end; both -1 when that is unknown. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    return this.#epochs.endOffsetFor(epoch, this.#body.endOffset)
  }

  /** The leader epoch of the record at `offset`, -1 when unknown. */
  epochAt(offset: number): number {
    return this.#epochs.epochAt(offset)
  }

  /** Notes that a leader of this epoch takes over: its records begin at the end of the log. */
  assignEpoch(epoch: number): void {
    this.#epochs.assign(epoch, this.#body.endOffset)
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
    this.#body.reserveBytes = reservedBytesOf(config)
    this.#moved()
  }

  // Removing records.

  /** Moves the start of the log to `offset`, which must be committed, and frees what lies before. */
  deleteRecordsBefore(offset: number): 'NONE' | 'OFFSET_OUT_OF_RANGE' | 'KAFKA_STORAGE_ERROR' {
    if (this.failed !== undefined) return 'KAFKA_STORAGE_ERROR'
    if (offset > this.#highWatermark) return 'OFFSET_OUT_OF_RANGE'
    if (offset <= this.#startOffset) return 'NONE'
    try {
      this.#moveStart(offset)
      this.#dropSegments(countBefore(this.#body.segments, offset))
      return 'NONE'
    } catch (error) {
      this.#refuseFor(error)
      return 'KAFKA_STORAGE_ERROR'
    }
  }

  /** Where the log would start without what the topic's settings no longer keep. Throws `DiskError`. */
  startAfterRetention(now: number): number {
    const { segments, endOffset } = this.#body
    return Math.max(this.#startOffset, segments.at(this.#countExpired(now))?.baseOffset ?? endOffset)
  }

  /**
   * Lets the log start at `offset`, which `startAfterRetention` gave, and frees the segments that lie before; bytes
   * freed. Throws `DiskError`.
   */
  startAt(offset: number): number {
    if (this.failed !== undefined || this.#isClosed) return 0
    if (offset === this.#body.endOffset && offset > this.#startOffset) this.roll()
    this.#moveStart(offset)
    return this.#dropSegments(countBefore(this.#body.segments, this.#startOffset))
  }

  /** Removes what the topic's settings no longer keep; bytes freed. Throws `DiskError`. */
  applyRetention(now: number): number {
    if (this.failed !== undefined || this.#isClosed) return 0
    const count = this.#countExpired(now)
    if (count === this.#body.segments.count) this.#rollTo(this.#body.endOffset)
    return this.#dropSegments(count)
  }

  /**
   * When there may be something for `applyRetention` to remove or for `expireProducers` to forget, unless the log moves
   * before: milliseconds since the epoch, `Infinity` for never. Throws `DiskError`.
   */
  nextExpiryMs(): number {
    const { segments, endOffset } = this.#body
    const bounds = { startOffset: this.#startOffset, highWatermark: this.#highWatermark, endOffset }
    const ofSegments = nextExpiryMs(segments, this.#config, bounds)
    const ofProducers = this.#producers.loaded?.nextExpiryMs(this.#parts.producerIdExpirationMs)
    return Math.min(ofSegments, ofProducers ?? Number.POSITIVE_INFINITY)
  }

  #countExpired(now: number): number {
    const { segments, endOffset } = this.#body
    const bounds = { startOffset: this.#startOffset, highWatermark: this.#highWatermark, endOffset, now }
    return countExpired(segments, this.#config, bounds)
  }

  /** Ends the growing segment and begins a new one, unless it is empty. Throws `DiskError`. */
  roll(): void {
    if (this.#body.segments.last.size > 0) this.#rollTo(this.#body.endOffset)
  }

  /** Removes the records from `offset` on, as a follower does whose leader has others. Throws `DiskError`. */
  truncateTo(offset: number): void {
    if (offset >= this.#body.endOffset) {
      this.#epochs.cutFrom(this.#body.endOffset)
      return
    }
    if (offset < this.#body.segments.first.baseOffset) {
      this.truncateFully(offset)
      return
    }
    const endOffset = this.#body.cutFrom(offset)
    this.#startOffset = Math.min(this.#startOffset, endOffset)
    this.#cutBackTo(endOffset)
    this.#producers.cutFrom(endOffset)
  }

  /** Removes all records and goes on at `offset`. Throws `DiskError`. */
  truncateFully(offset: number): void {
    this.#body.startAt(offset, this.#config)
    this.#startOffset = offset
    this.#highWatermark = offset
    this.#epochs.clear()
    this.#producers.reset(offset)
    this.#moved()
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
      this.#body.write()
      this.#takeSnapshot(this.#body.endOffset)
      this.#body.completeIndexes()
      this.#body.trim()
      this.#isClosed = true
      await this.#body.durability.checkpoint()
    } finally {
      this.#isClosed = true
      await this.#body.settled()
      this.#body.release()
    }
  }

  /** Closes the log and removes its directory. Rejects when the disk fails. */
  async remove(): Promise<void> {
    this.#isClosed = true
    await this.#body.settled()
    const { disk, random, files } = this.#parts
    this.#body.abandon()
    // One rename takes the partition away at once: a crash never leaves a part of it to be found as a live one.
    const parent = parentOf(this.directory)
    const doomed = `${parent}/${deletedDirectoryName(this.topic, this.partition, uniqueId(random))}`
    await disk.renameAtLeisure(this.directory, doomed)
    // Shared with other logs: whoever deletes ten thousand partitions does not wait for as many syncs of one directory.
    files.directories.changed(parent)
    await files.directories.sync(parent)
    await disk.discard(doomed)
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
    const body = this.#body
    return {
      segments: body.segments,
      get version() {
        return log.#isClosed ? -1 : body.version
      },
      producerEnds: () => this.#producerEnds(),
      createCleaned: baseOffset => body.makeSegment(baseOffset, '.cleaned'),
      discard: cleaned => body.discard(cleaned),
      // What is left of the segments may be older than they were.
      exchange: (originals, cleaned, check) =>
        body.exchange(originals, cleaned, check).finally(() => this.#moved()),
    }
  }

  #producerEnds(): Map<number, ProducerEnd> {
    const ends = new Map<number, ProducerEnd>()
    for (const entry of this.#loadProducers().entries.values()) {
      const lastOffsets = entry.batches.map(({ lastOffset }) => lastOffset)
      ends.set(entry.producerId, { lastOffsets, epoch: entry.epoch })
    }
    return ends
  }

  // Segments.

  #rollTo(baseOffset: number): void {
    const producers = this.#loadProducers()
    const previous = this.#body.segments.last
    if (!this.#body.roll(baseOffset, this.#config)) return
    producers.endOffset = baseOffset
    this.#takeSnapshot(baseOffset)
    if (this.#body.durability.has(previous)) this.#syncInBackground()
  }

  #syncIfMany(): void {
    if (this.#body.endOffset - this.durableOffset >= this.#config['flush.messages']) this.#syncInBackground()
  }

  #moveStart(offset: number): void {
    if (offset <= this.#startOffset) return
    this.#startOffset = offset
    this.#epochs.cutBefore(offset)
    this.#moved()
  }

  /** Removes the first `count` segments; bytes freed. */
  #dropSegments(count: number): number {
    if (count === 0) return 0
    // As long as there are all batches to learn them from.
    this.#loadProducers()
    const freedBytes = this.#body.dropFirst(count)
    this.#moveStart(this.#body.segments.first.baseOffset)
    return freedBytes
  }

  async #keepProducersOf(segment: Segment, endOffset: number): Promise<void> {
    const { durability } = this.#body
    try {
      await this.#producers.secure(segment, endOffset, () => durability.changedNames(this.directory))
    } catch (error) {
      // The segment goes nevertheless: that may be what makes room on a full disk.
      if (!(error instanceof DiskError)) throw error
      this.#parts.logger.warn(
        'A snapshot of producers could not be kept; a crash may make the log forget some.',
        {
          directory: this.directory,
          error,
        },
      )
    }
  }

  // It is not synced: its checksum tells when a power cut damaged it, and an older one takes its place, with the batches
  // after that. It is synced before these go.
  #takeSnapshot(offset: number): void {
    try {
      if (this.#producers.snapshot(offset)) this.#body.durability.changedNames(this.directory)
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
    this.#body.write()
    // From now on there may be producers to forget.
    this.#moved()
    return this.#producers.load(this.#body.segments, this.#startOffset, this.#body.endOffset)
  }

  // Durability.

  // Later, and not at once: a disk that is full makes the log give up what was gathered, and the append that asked for this
  // has its offsets already, or has yet to tell of them.
  #syncInBackground(): void {
    if (this.#isSyncDue) return
    this.#isSyncDue = true
    this.#parts.clock.defer(() => {
      this.#isSyncDue = false
      if (this.#isClosed) return
      this.sync().catch(error => {
        if (this.failed !== undefined || this.#isClosed) return
        this.#parts.logger.warn('Records could not be made durable yet.', {
          directory: this.directory,
          error,
        })
      })
    })
  }

  #refuseFor(error: unknown): Refused {
    if (!(error instanceof DiskError)) throw error
    this.#body.fail(error)
    return refused('KAFKA_STORAGE_ERROR', error.message)
  }

  /** Forgets everything from `offset` on, which the files no longer hold. */
  #cutBackTo(offset: number): void {
    this.#highWatermark = Math.min(this.#highWatermark, offset)
    this.#epochs.cutFrom(offset)
    this.#moved()
  }

  #moved(): void {
    this.#parts.onMoved?.(this)
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

const uniqueId = (random: Random): string =>
  Array.from(random.bytes(16), byte => byte.toString(16).padStart(2, '0')).join('')
