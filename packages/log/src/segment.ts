import { DiskError, type DiskFile, allocateBytes } from '@samsa/base'
import { BatchScanner } from './batch-scanner.ts'
import { lastOffsetOf, maxTimestampOf } from './batch-view.ts'
import { type SegmentFileKind, type SegmentFileSuffix, segmentFileName } from './file-names.ts'
import type { FilePool } from './file-pool.ts'
import { OffsetIndex } from './offset-index.ts'
import type { PooledFile } from './pooled-file.ts'
import { TimeIndex } from './time-index.ts'
import { TransactionIndex } from './transaction-index.ts'
import { writeAgain } from './write-again.ts'

/** The largest segment and the largest distance of offsets in one: indexes hold both as 32-bit integers. */
export const SEGMENT_RANGE_MAX = 0x7fff_ffff
const UNKNOWN = -2
/** For short walks, which never overlap: everything between two of them runs in one go. */
const walkBuffer = new Uint8Array(16 * 1024)
/** The kinds of files that belong to a segment itself. */
export const segmentFileKinds: readonly SegmentFileKind[] = ['log', 'index', 'timeindex', 'txnindex']

/**
 * A stretch of a log in one file, with the indexes derived from it. Indexes are opened when they are needed and may be
 * missing or damaged: lookups check what they find and rebuild them from the log.
 */
export class Segment {
  readonly baseOffset: number
  /** Bytes of batches, those not written yet included. */
  size: number
  /** When this process first saw or made it. */
  readonly createdAtMs: number
  readonly #pool: FilePool
  readonly #directory: string
  #suffix: SegmentFileSuffix
  #log: PooledFile | undefined
  #offsetIndex: OffsetIndex | undefined
  #timeIndex: TimeIndex | undefined
  #transactions: TransactionIndex | undefined
  #hasTransactionFile: boolean
  #maxTimestamp = UNKNOWN
  #offsetOfMaxTimestamp = 0
  #firstTimestamp = UNKNOWN
  #bytesSinceEntry = 0
  #isTimeIndexBehind = false
  #isRebuilt = false
  #isIndexReadAhead = false
  #isPristine: boolean
  #isReserved = false

  constructor(options: {
    pool: FilePool
    directory: string
    baseOffset: number
    size: number
    createdAtMs: number
    hasTransactionFile: boolean
    suffix?: SegmentFileSuffix
    isPristine?: boolean
  }) {
    this.#pool = options.pool
    this.#directory = options.directory
    this.baseOffset = options.baseOffset
    this.size = options.size
    this.createdAtMs = options.createdAtMs
    this.#hasTransactionFile = options.hasTransactionFile
    this.#suffix = options.suffix ?? ''
    this.#isPristine = options.isPristine ?? false
    if (options.size === 0) this.#maxTimestamp = -1
  }

  /** Empties the indexes of a segment without batches: Apache Kafka reserves room in them before it writes any. */
  resetEmpty(): void {
    this.offsetIndex.entries.reset()
    this.timeIndex.entries.reset()
  }

  /**
   * Makes the files of an empty segment. Throws `DiskError`.
   *
   * @param mayExist whether there may be files of those names, to be emptied
   * @param reserveBytes how long the log file is made for batches to come; `trim` takes back what they did not need
   */
  create(mayExist: boolean, reserveBytes = 0): void {
    for (const kind of ['log', 'index', 'timeindex'] as const) {
      const file = this.#pool.disk.open(this.#path(kind), { create: true })
      try {
        if (mayExist && file.size() > 0) file.truncate(0)
        if (kind === 'log') this.#reserve(file, reserveBytes)
      } finally {
        file.close()
      }
    }
    if (mayExist) this.#pool.disk.remove(this.#path('txnindex'))
  }

  /**
   * Whether not even the file exists yet: a new partition has none until its first record, which makes ten thousand of
   * them quick to create.
   */
  get isPristine(): boolean {
    return this.#isPristine
  }

  /** Makes the file of a pristine segment; its indexes follow when they have something to hold. Throws `DiskError`. */
  createFirst(reserveBytes = 0): void {
    this.#reserve(this.log.use(true), reserveBytes)
    this.#isPristine = false
  }

  #reserve(file: DiskFile, byteCount: number): void {
    if (byteCount === 0) return
    file.truncate(byteCount)
    this.#isReserved = true
  }

  /**
   * Whether the file may be longer than its batches: the room for more was reserved (`preallocate`). After a clean stop
   * none may be, as the size of a file is then taken for that of its batches.
   */
  get isReserved(): boolean {
    return this.#isReserved
  }

  /** Gives back the room that batches did not need; all of them have been written. Throws `DiskError`. */
  trim(): void {
    this.log.use().truncate(this.size)
    this.#isReserved = false
  }

  /** Reads what noting a batch needs to know. Throws `DiskError`, which is better before the batch is there. */
  prepare(): void {
    if (this.#maxTimestamp === UNKNOWN) this.#loadMaxTimestamp()
  }

  get log(): PooledFile {
    this.#log ??= this.#pool.file(this.#path('log'))
    return this.#log
  }

  get offsetIndex(): OffsetIndex {
    this.#offsetIndex ??= new OffsetIndex(this.#pool, this.#path('index'), this.baseOffset)
    return this.#offsetIndex
  }

  get timeIndex(): TimeIndex {
    this.#timeIndex ??= new TimeIndex(this.#pool, this.#path('timeindex'), this.baseOffset)
    return this.#timeIndex
  }

  get transactions(): TransactionIndex {
    this.#transactions ??= new TransactionIndex(this.#pool, this.#path('txnindex'), this.#hasTransactionFile)
    return this.#transactions
  }

  /** The greatest timestamp in the segment, -1 when no record has one. */
  get maxTimestamp(): number {
    if (this.#maxTimestamp === UNKNOWN) this.#loadMaxTimestamp()
    return this.#maxTimestamp
  }

  /** The last offset of the batch with the greatest timestamp. */
  get offsetOfMaxTimestamp(): number {
    if (this.#maxTimestamp === UNKNOWN) this.#loadMaxTimestamp()
    return this.#offsetOfMaxTimestamp
  }

  /** The greatest timestamp of the first batch, by which a segment's age is told; -1 when there is none. */
  get firstTimestamp(): number {
    if (this.#firstTimestamp === UNKNOWN && this.size > 0) {
      const scanner = this.walk(0)
      this.#firstTimestamp = scanner.next() ? maxTimestampOf(scanner.bytes, scanner.at) : -1
    }
    return this.#firstTimestamp
  }

  /** What age-based retention goes by: the greatest timestamp, or when this process first saw the segment. */
  get ageTimestamp(): number {
    return this.maxTimestamp >= 0 ? this.maxTimestamp : this.createdAtMs
  }

  /** Takes note of a batch that was put at `position`. */
  noteBatch(bytes: Uint8Array, at: number, byteCount: number, position: number, intervalBytes: number): void {
    if (this.#maxTimestamp === UNKNOWN) this.#loadMaxTimestamp()
    const timestamp = maxTimestampOf(bytes, at)
    const lastOffset = lastOffsetOf(bytes, at)
    if (position === 0) this.#firstTimestamp = timestamp
    if (timestamp > this.#maxTimestamp) {
      this.#maxTimestamp = timestamp
      this.#offsetOfMaxTimestamp = lastOffset
    }
    if (this.#bytesSinceEntry > intervalBytes) this.#addEntries(lastOffset, position)
    this.#bytesSinceEntry += byteCount
  }

  // The time index is written before the offset index, so that after a crash it covers at least as much.
  // An entry that cannot be added is left out: lookups walk a little further.
  #addEntries(lastOffset: number, position: number): void {
    this.#bytesSinceEntry = 0
    try {
      this.timeIndex.addIfLater(this.#maxTimestamp, this.#offsetOfMaxTimestamp)
      if (this.offsetIndex.entries.isTailFull) this.#flushIndexes()
      this.offsetIndex.add(lastOffset, position)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
    }
  }

  #flushIndexes(): void {
    if (this.#timeIndex?.entries.flush() !== false) this.#offsetIndex?.entries.flush()
  }

  /** Walks the batches from `start`, a position where one begins. */
  scan(start: number, options: { end?: number; whole?: boolean; buffer?: Uint8Array } = {}): BatchScanner {
    const { end = this.size, whole = false, buffer } = options
    return new BatchScanner(this.log, { start, end, whole, ...(buffer === undefined ? {} : { buffer }) })
  }

  /** `scan` for a short way, headers only. The scanner's memory is good until the next walk or lookup. */
  walk(start: number): BatchScanner {
    return this.scan(start, { buffer: walkBuffer })
  }

  /**
   * Finds the first batch that ends at or after `offset`: the scanner stands on it (headers only). Undefined when there
   * is none. The scanner's memory is good until the next lookup.
   */
  seek(offset: number): BatchScanner | undefined {
    const start = this.startFor(offset)
    const scanner = this.walk(start)
    for (let steps = 0; scanner.next(); steps++) {
      if (lastOffsetOf(scanner.bytes, scanner.at) >= offset) {
        if (steps < LONG_WALK_STEPS || scanner.position - start < LONG_WALK_BYTES) return scanner
        return this.#seekAfterRebuild(offset) ?? scanner
      }
    }
    return undefined
  }

  /** An index that makes for a long walk lost entries in a crash. It is built anew, once. */
  #seekAfterRebuild(offset: number): BatchScanner | undefined {
    if (this.#isRebuilt) return undefined
    this.rebuildIndexes(DEFAULT_INTERVAL_BYTES)
    return this.seek(offset)
  }

  /** The offset after the last batch, read from the file. */
  readNextOffset(): number {
    const scanner = this.walk(this.startFor(Number.MAX_SAFE_INTEGER))
    let nextOffset = this.baseOffset
    while (scanner.next()) nextOffset = lastOffsetOf(scanner.bytes, scanner.at) + 1
    return nextOffset
  }

  /**
   * Copies `byteCount` bytes from `position`. Throws `DiskError`.
   *
   * @param allocate gives memory of at least that many bytes; fresh memory unless given
   */
  read(position: number, byteCount: number, allocate = allocateBytes): Uint8Array {
    const memory = allocate(byteCount)
    const bytes = memory.length === byteCount ? memory : memory.subarray(0, byteCount)
    const filled = this.log.use().read(bytes, position)
    return filled === byteCount ? bytes : bytes.subarray(0, filled)
  }

  /** Brings the index into the page cache, the first time. Rejects with `DiskError`. */
  async readAheadIndex(): Promise<void> {
    if (this.#isIndexReadAhead) return
    this.#isIndexReadAhead = true
    await this.offsetIndex.entries.readAhead()
  }

  /** Where `seek` begins to walk, if the index is right. */
  guessPosition(offset: number): number {
    const isIndexed = offset > this.baseOffset && this.offsetIndex.lookup(offset) >= 0
    return isIndexed ? this.offsetIndex.foundPosition : 0
  }

  /** Builds both indexes anew from the batches in the file. Does not check checksums. */
  rebuildIndexes(intervalBytes: number): void {
    this.#isRebuilt = true
    this.offsetIndex.entries.reset()
    this.timeIndex.entries.reset()
    this.#maxTimestamp = -1
    this.#offsetOfMaxTimestamp = this.baseOffset
    this.#bytesSinceEntry = 0
    const scanner = this.scan(0)
    while (scanner.next()) {
      this.noteBatch(scanner.bytes, scanner.at, scanner.length, scanner.position, intervalBytes)
    }
  }

  /**
   * Drops what the indexes say of batches from position `start` on, for them to be noted anew, and completes what they
   * say of those before. The offset after the last batch before `start`.
   */
  beginRebuild(start: number, intervalBytes: number): number {
    const { offsetIndex, timeIndex } = this
    const entry = offsetIndex.lookupPosition(start - 1)
    const isSound = entry >= 0 && this.isBatchAt(offsetIndex.foundPosition, offsetIndex.foundOffset)
    const from = isSound ? offsetIndex.foundPosition : 0
    offsetIndex.entries.cut(isSound ? entry + 1 : 0)
    if (isSound) timeIndex.cut(offsetIndex.foundOffset + 1)
    else timeIndex.entries.reset()
    timeIndex.last()
    this.#maxTimestamp = timeIndex.foundTimestamp
    this.#offsetOfMaxTimestamp = timeIndex.foundOffset
    this.#bytesSinceEntry = 0
    let nextOffset = this.baseOffset
    const scanner = this.scan(from, { end: start })
    while (scanner.next()) {
      this.noteBatch(scanner.bytes, scanner.at, scanner.length, scanner.position, intervalBytes)
      nextOffset = lastOffsetOf(scanner.bytes, scanner.at) + 1
    }
    this.transactions.cut(nextOffset)
    return nextOffset
  }

  /**
   * Takes back batches that were noted but never written: `size` bytes stay. The offset after the last of them.
   */
  cutUnwritten(size: number): number {
    this.size = size
    this.offsetIndex.entries.cut(this.offsetIndex.lookupPosition(size - 1) + 1)
    const nextOffset = this.readNextOffset()
    this.#cutDerived(nextOffset)
    return nextOffset
  }

  /** Cuts file and indexes so that `size` bytes stay, which end just before `offset`. Throws `DiskError`. */
  cut(size: number, offset: number): void {
    this.cutIndexes(offset)
    this.log.use().truncate(size)
    this.size = size
    this.#isReserved = false
    if (size === 0) this.#maxTimestamp = -1
  }

  /** Drops what indexes say of batches that end at or after `offset`, which are not there. Throws `DiskError`. */
  cutIndexes(offset: number): void {
    this.offsetIndex.cut(offset)
    this.#cutDerived(offset)
  }

  #cutDerived(offset: number): void {
    this.timeIndex.cut(offset)
    this.transactions.cut(offset)
    this.#bytesSinceEntry = 0
    this.#maxTimestamp = this.size === 0 ? -1 : UNKNOWN
    this.#isTimeIndexBehind = true
    this.#firstTimestamp = UNKNOWN
  }

  /** Makes the time index tell the greatest timestamp, as it must when no more batches follow. */
  completeIndexes(): void {
    if (this.size > 0) {
      this.offsetIndex.entries.makeFile()
      this.timeIndex.entries.makeFile()
    }
    if (this.#maxTimestamp === UNKNOWN && this.#isTimeIndexBehind) this.#loadMaxTimestamp()
    if (this.#maxTimestamp < 0) return
    this.timeIndex.addIfLater(this.#maxTimestamp, this.#offsetOfMaxTimestamp)
    this.#isTimeIndexBehind = false
  }

  /** Completes the indexes of a segment that gets no more batches, and frees its memory and handles. */
  seal(): void {
    this.completeIndexes()
    this.release()
  }

  release(): void {
    this.#offsetIndex?.entries.release()
    this.#timeIndex?.entries.release()
    this.#transactions?.release()
    const log = this.#log
    log?.whenUnused(() => log.close())
  }

  /** Makes batches and aborted transactions durable. */
  async sync(): Promise<void> {
    if (this.#transactions?.isUnsynced === true) await this.#transactions.sync()
    await this.log.sync()
  }

  /** Makes the batches that end at or after `offset` due for the next sync, after one failed. Throws `DiskError`. */
  writeAgain(offset: number): void {
    const position = offset <= this.baseOffset ? 0 : (this.seek(offset)?.position ?? this.size)
    writeAgain(this.log.use(), position, this.size)
  }

  /** Makes the indexes durable. */
  async syncIndexes(): Promise<void> {
    this.#flushIndexes()
    await Promise.all([this.offsetIndex.entries.sync(), this.timeIndex.entries.sync()])
  }

  /** Gives all files another suffix. Closes them; nothing may be syncing them. */
  rename(suffix: SegmentFileSuffix): void {
    this.release()
    const disk = this.#pool.disk
    const hasTransactions = this.transactions.exists
    const from = (kind: SegmentFileKind) => segmentPath(this.#directory, this.baseOffset, kind, this.#suffix)
    const to = (kind: SegmentFileKind) => segmentPath(this.#directory, this.baseOffset, kind, suffix)
    this.transactions.close()
    for (const kind of segmentFileKinds) {
      if (kind !== 'txnindex' || hasTransactions) disk.rename(from(kind), to(kind))
    }
    this.#suffix = suffix
    this.#hasTransactionFile = hasTransactions
    this.#log = undefined
    this.#offsetIndex = undefined
    this.#timeIndex = undefined
    this.#transactions = undefined
  }

  /** Closes all files and forgets what was not written to the indexes. */
  abandon(): void {
    this.#offsetIndex?.entries.abandon()
    this.#timeIndex?.entries.abandon()
    this.#transactions?.close()
    this.#log?.close()
  }

  /** Resolves when no file is being synced or read. */
  unused(): Promise<void> {
    return new Promise(resolve => this.#whenUnused(resolve))
  }

  /** Whether both are the same files. */
  hasFilesOf(other: Segment): boolean {
    return this.baseOffset === other.baseOffset && this.#suffix === other.#suffix
  }

  /**
   * Closes and removes all files: at once, or when the syncs and reads under way end. Files that belong to another segment by
   * then, as `isReused` tells, stay. Resolves when it is done.
   */
  remove(onError: (error: DiskError) => void, isReused: () => boolean = () => false): Promise<void> {
    return new Promise(resolve => this.#whenUnused(() => resolve(this.#removeNow(onError, isReused))))
  }

  #removeNow(onError: (error: DiskError) => void, isReused: () => boolean): void {
    this.abandon()
    if (isReused()) return
    try {
      for (const kind of segmentFileKinds) this.#pool.disk.remove(this.#path(kind))
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      onError(error)
    }
  }

  /** Position to start walking from for `offset`: at the batch its index entry names, if that is what lies there. */
  startFor(offset: number): number {
    if (offset <= this.baseOffset) return 0
    const index = this.offsetIndex
    for (let attempt = 0; attempt < 2; attempt++) {
      if (index.lookup(offset) < 0) return 0
      const { foundPosition, foundOffset } = index
      if (this.isBatchAt(foundPosition, foundOffset)) return foundPosition
      this.rebuildIndexes(DEFAULT_INTERVAL_BYTES)
    }
    return 0
  }

  /** Whether a batch that ends with `lastOffset` starts at `position`. */
  isBatchAt(position: number, lastOffset: number): boolean {
    if (position < 0 || position >= this.size) return false
    const scanner = this.walk(position)
    return scanner.next() && lastOffsetOf(scanner.bytes, scanner.at) === lastOffset
  }

  // The last entry of the time index tells the maximum, unless batches were cut off or there is no entry at all: then
  // the batches after it are asked, too.
  #loadMaxTimestamp(): void {
    this.timeIndex.cutReserved()
    this.timeIndex.last()
    this.#maxTimestamp = this.timeIndex.foundTimestamp
    this.#offsetOfMaxTimestamp = this.timeIndex.foundOffset
    if (this.#maxTimestamp >= 0 && !this.#isTimeIndexBehind) return
    const start = this.#maxTimestamp < 0 ? 0 : this.startFor(this.timeIndex.foundOffset)
    const scanner = this.scan(start)
    while (scanner.next()) {
      const timestamp = maxTimestampOf(scanner.bytes, scanner.at)
      if (timestamp <= this.#maxTimestamp) continue
      this.#maxTimestamp = timestamp
      this.#offsetOfMaxTimestamp = lastOffsetOf(scanner.bytes, scanner.at)
    }
  }

  #whenUnused(action: () => void): void {
    const files = [this.#log, this.#transactions, this.#offsetIndex?.entries, this.#timeIndex?.entries]
    const busy = files.find(file => file?.isPinned)
    if (busy === undefined) action()
    // While one was waited for, another one may have become busy.
    else busy.whenUnused(() => this.#whenUnused(action))
  }

  #path(kind: SegmentFileKind): string {
    return segmentPath(this.#directory, this.baseOffset, kind, this.#suffix)
  }
}

const DEFAULT_INTERVAL_BYTES = 4096
/** A walk is long when both are passed: a few large batches are none. */
const LONG_WALK_STEPS = 64
const LONG_WALK_BYTES = 4 * 1024 * 1024

export function segmentPath(
  directory: string,
  baseOffset: number,
  kind: SegmentFileKind,
  suffix: SegmentFileSuffix = '',
): string {
  return `${directory}/${segmentFileName(baseOffset, kind, suffix)}`
}
