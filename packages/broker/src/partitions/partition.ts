import { assert, Alarm, type Clock, LONG_MAX, type Logger, type Timer } from '@samsa/base'
import type { AppendOutcome, LogConfig, PartitionLog } from '@samsa/log'
import type { ErrorName } from '@samsa/protocol'
import { Turns } from './turns.ts'

/** Told when a partition's readable range grew, or when the partition went away. */
export interface AdvanceListener {
  /** `byteCount` more bytes became readable. */
  advanced(byteCount: number): void
  /** The partition was deleted, or its disk failed: look again. */
  gone(): void
}

/**
 * So many readers are sent records before the producer is told that they are committed: records are waited for more
 * than the answer is, and where processors are few whoever is woken first runs before the other is written to.
 */
const READERS_FIRST_MAX = 4
/** How long a full disk is left alone before it is asked again. */
const RETRY_MS = 1000

interface CommitWaiter {
  /** Answered once the high watermark reaches this offset. */
  readonly offset: number
  /** When it stops waiting, on the monotonic clock. */
  readonly deadlineMs: number
  readonly resolve: (error: ErrorName) => void
}

/**
 * One partition this broker leads: its log, and the promise that goes with it (decision D7).
 *
 * Invariant: `log.highWatermark` never passes what survives a power cut (`log.durableOffset`), unless the topic
 * chose `write.caching=true`; then it follows what was handed to the system, as Apache Kafka's does on a single replica. Consumers
 * never read past it, so nothing they saw can vanish.
 */
export class Partition {
  readonly topic: string
  readonly index: number
  readonly topicId: string
  readonly log: PartitionLog
  leaderEpoch: number
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #syncs: Turns
  /** Undefined while nobody waits, as in most of ten thousand partitions. */
  #listeners: Set<AdvanceListener> | undefined
  #waiters: CommitWaiter[] = []
  /** For the deadlines of those; undefined where nobody ever had one, as in most of ten thousand partitions. */
  #patience: Alarm | undefined
  /** Who waits for the end of the turn only. */
  #writeWaiters: CommitWaiter[] = []
  #isWriteScheduled = false
  #isWriteCached: boolean
  /** `flush.ms`: how long a topic that caches its writes leaves them unsynced. */
  #flushMs: number
  #flushing: Timer | undefined
  /** Set while a sync that a full disk refused is to be tried again. */
  #retrying: Timer | undefined
  #isSyncScheduled = false
  #isSyncing = false
  #isGone = false
  /** Bytes ever appended here by this process, and how many of them became readable. */
  #appendedBytes = 0
  #readableBytes = 0
  /** Where the log ended when it was opened. */
  readonly #openedEnd: number

  constructor(options: {
    log: PartitionLog
    topicId: string
    leaderEpoch: number
    clock: Clock
    logger: Logger
    config: LogConfig
    /** Shared by the partitions of a broker: how many of them sync at a time. */
    syncs?: Turns
  }) {
    this.log = options.log
    this.topic = options.log.topic
    this.index = options.log.partition
    this.topicId = options.topicId
    this.leaderEpoch = options.leaderEpoch
    this.#clock = options.clock
    this.#logger = options.logger
    this.#syncs = options.syncs ?? new Turns(1)
    this.#isWriteCached = options.config['write.caching']
    this.#flushMs = options.config['flush.ms']
    this.#openedEnd = this.log.endOffset
    this.log.advanceHighWatermark(this.#isWriteCached ? this.log.endOffset : this.log.durableOffset)
    if (this.log.durableOffset < this.log.endOffset) this.#scheduleSync()
  }

  /** Takes the topic's changed configuration. */
  reconfigure(config: LogConfig): void {
    this.log.reconfigure(config)
    this.#isWriteCached = config['write.caching']
    this.#flushMs = config['flush.ms']
    this.#scheduleCommit()
  }

  /**
   * Appends record batches and starts making them durable. `records` is patched in place and not kept.
   *
   * @param origin who wrote them: a client's batches are checked in full
   */
  append(records: Uint8Array, origin: 'client' | 'coordinator'): AppendOutcome {
    if (this.#isGone) return { error: 'NOT_LEADER_OR_FOLLOWER' }
    this.#failLost()
    const outcome = this.log.append(records, { leaderEpoch: this.leaderEpoch, origin })
    if (outcome.error !== 'NONE') return outcome
    this.#appendedBytes += records.length
    this.#scheduleCommit()
    return outcome
  }

  /**
   * Resolves with NONE once everything below `offset` is committed: durable, and so readable; with REQUEST_TIMED_OUT
   * after `patienceMs`; or with the reason why it will not be known here.
   */
  whenCommitted(offset: number, patienceMs = Number.POSITIVE_INFINITY): Promise<ErrorName> | ErrorName {
    if (this.log.highWatermark >= offset) return 'NONE'
    if (this.#isGone) return 'NOT_LEADER_OR_FOLLOWER'
    if (this.log.failed !== undefined) return 'KAFKA_STORAGE_ERROR'
    this.#failLost()
    // A sync that failed may have left records behind that no later append brings to the disk.
    if (!this.#isWriteCached) this.#scheduleSync()
    const deadlineMs = this.#clock.monotonicMs() + patienceMs
    this.#patience ??= new Alarm(this.#clock, () => this.#giveUpLate())
    this.#patience.setFor(deadlineMs)
    return new Promise(resolve => this.#waiters.push({ offset, deadlineMs, resolve }))
  }

  /**
   * Resolves with NONE once everything below `offset` was handed to the system at the end of the turn, so that it
   * outlives the process: what acks=1 promises. Appends of one turn share one write.
   */
  whenWritten(offset: number): Promise<ErrorName> {
    return new Promise(resolve => {
      this.#writeWaiters.push({ offset, deadlineMs: Number.POSITIVE_INFINITY, resolve })
      this.#scheduleWrite()
    })
  }

  /**
   * Whether the high watermark has reached what the log held when it was opened. After a crash that takes a sync; until
   * then it may be lower than what consumers were told before (KIP-207).
   */
  get isCaughtUp(): boolean {
    return this.log.highWatermark >= Math.min(this.#openedEnd, this.log.endOffset)
  }

  /** Bytes that became readable since the process started: the difference of two readings is what arrived between. */
  get readableBytes(): number {
    return this.#readableBytes
  }

  listen(listener: AdvanceListener): void {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
  }

  unlisten(listener: AdvanceListener): void {
    this.#listeners?.delete(listener)
    if (this.#listeners?.size === 0) this.#listeners = undefined
  }

  /** Lets consumers that wait look again. */
  wakeReaders(): void {
    for (const listener of [...(this.#listeners ?? [])]) listener.gone()
  }

  /** Ends service: waiting producers and consumers are told to look elsewhere. The log stays with its owner. */
  retire(): void {
    this.#isGone = true
    this.#flushing?.cancel()
    this.#retrying?.cancel()
    this.#patience?.cancel()
    this.#failWaiters('NOT_LEADER_OR_FOLLOWER')
  }

  #scheduleCommit(): void {
    if (this.#isWriteCached) {
      this.#scheduleWrite()
      this.#scheduleFlush()
    } else this.#scheduleSync()
  }

  #scheduleFlush(): void {
    if (this.#flushing !== undefined || this.#flushMs === LONG_MAX) return
    this.#flushing = this.#clock.timer(this.#flushMs, () => {
      this.#flushing = undefined
      this.#scheduleSync()
    })
  }

  // The log gathers small appends until the end of the turn: before that nothing was handed to the system, and a disk
  // that turns out to be full makes the log drop them.
  #scheduleWrite(): void {
    if (this.#isWriteScheduled) return
    this.#isWriteScheduled = true
    this.#clock.defer(() => {
      this.#isWriteScheduled = false
      if (!this.#isGone) this.log.write()
      this.#failLost()
      if (this.log.failed !== undefined) this.#failWaiters('KAFKA_STORAGE_ERROR')
      else if (this.#isWriteCached) this.#advance(this.log.endOffset, this.#appendedBytes)
      this.#settleWritten(this.#isGone ? 'NOT_LEADER_OR_FOLLOWER' : 'NONE')
    })
  }

  // A sync starts at the end of the turn, so that everything that arrived together shares it; while it runs, later
  // appends gather for the next one. Throughput therefore does not pay per batch.
  #scheduleSync(): void {
    if (this.#isSyncScheduled || this.#isSyncing) return
    this.#isSyncScheduled = true
    this.#clock.defer(() => {
      this.#isSyncScheduled = false
      void this.#syncUntilDurable()
    })
  }

  async #syncUntilDurable(): Promise<void> {
    if (this.#isSyncing || this.#isGone) return
    this.#isSyncing = true
    this.#failLost()
    try {
      while (this.log.durableOffset < this.log.endOffset && !this.#isGone) {
        await this.#syncs.run(() => this.#sync())
      }
      this.#retrying?.cancel()
      this.#retrying = undefined
      // The log also syncs by itself, and drops what a full disk refused while a sync ran.
      this.#advance(this.log.durableOffset, this.#appendedBytes)
      this.#failLost()
    } catch (error) {
      this.#tellOfFailure(error)
      this.#failWaiters('KAFKA_STORAGE_ERROR')
      if (this.log.failed === undefined) this.#syncAgainLater()
    } finally {
      this.#isSyncing = false
    }
  }

  #tellOfFailure(error: unknown): void {
    // Found to be full still, when asked again for what nobody waits for.
    if (this.#retrying !== undefined && this.#waiters.length === 0 && this.log.failed === undefined) return
    this.#logger.error(
      this.log.failed === undefined
        ? `Records of ${this.topic}-${this.index} were refused: the disk is full. Make room; the partition then goes on by itself.`
        : `Partition ${this.topic}-${this.index} stops: its disk failed to make records durable. Replace the disk, then restart.`,
      { error },
    )
  }

  /** What was written before the disk was full is there: it becomes readable when there is room, whoever writes then. */
  #syncAgainLater(): void {
    if (this.#isGone || this.log.durableOffset === this.log.endOffset) return
    this.#retrying?.cancel()
    this.#retrying = this.#clock.timer(RETRY_MS, () => this.#scheduleSync())
  }

  async #sync(): Promise<void> {
    // It may have been deleted while it waited for its turn.
    if (this.#isGone) return
    const appendedBytes = this.#appendedBytes
    await this.log.sync()
    this.#advance(this.log.durableOffset, appendedBytes)
  }

  #advance(highWatermark: number, appendedBytes: number): void {
    if (this.#isGone || highWatermark <= this.log.highWatermark) return
    assert(highWatermark <= this.log.endOffset, 'the high watermark stays within the log')
    this.log.advanceHighWatermark(highWatermark)
    const byteCount = appendedBytes - this.#readableBytes
    this.#readableBytes = appendedBytes
    const readers = this.#listeners?.size ?? 0
    const committed = this.#takeCommitted(highWatermark)
    const answer = () => {
      for (const waiter of committed) waiter.resolve('NONE')
    }
    if (committed.length > 0 && readers > 0 && readers <= READERS_FIRST_MAX) this.#clock.defer(answer)
    else answer()
    for (const listener of [...(this.#listeners ?? [])]) listener.advanced(byteCount)
  }

  /** Waiters are in the order of their offsets: appends only grow the log. */
  #takeCommitted(highWatermark: number): CommitWaiter[] {
    const waiting = this.#waiters.findIndex(waiter => waiter.offset > highWatermark)
    return this.#waiters.splice(0, waiting === -1 ? this.#waiters.length : waiting)
  }

  /** Answers those whose patience is over; what the others wait for decides when to look again. */
  #giveUpLate(): void {
    const nowMs = this.#clock.monotonicMs()
    const late = this.#waiters.filter(({ deadlineMs }) => deadlineMs <= nowMs)
    this.#waiters = this.#waiters.filter(({ deadlineMs }) => deadlineMs > nowMs)
    for (const { resolve } of late) resolve('REQUEST_TIMED_OUT')
    for (const { deadlineMs } of this.#waiters) this.#patience?.setFor(deadlineMs)
  }

  /** A full disk makes the log drop what it could not write: whoever waits for that must not be told it is there. */
  #failLost(): void {
    for (const waiters of [this.#waiters, this.#writeWaiters]) {
      while (waiters.length > 0 && (waiters.at(-1) as CommitWaiter).offset > this.log.endOffset) {
        waiters.pop()?.resolve('KAFKA_STORAGE_ERROR')
      }
    }
  }

  #settleWritten(outcome: ErrorName): void {
    const waiters = this.#writeWaiters
    this.#writeWaiters = []
    for (const waiter of waiters) waiter.resolve(outcome)
  }

  #failWaiters(error: ErrorName): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.resolve(error)
    this.#settleWritten(error)
    this.wakeReaders()
  }
}
