import { type Clock, DiskError, type Logger } from '@samsa/base'
import type { PartitionLog } from '@samsa/log'
import { forEachInSlices } from '../time-slices.ts'
import type { LogDirectories } from './log-directories.ts'

export type DeletionOutcome = ReturnType<PartitionLog['deleteRecordsBefore']> | 'NOT_LEADER_OR_FOLLOWER'

export const isAtWork = (log: PartitionLog) => log.failed === undefined && !log.isClosed

/**
 * What is done for logs again and again beside traffic: retention, and the checkpoints that make for a quick restart.
 *
 * Only logs are looked at that moved since the last time, and all of them when something may have expired: ten thousand
 * that rest cost nothing.
 */
export class LogUpkeep {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #directories: LogDirectories
  readonly #logs: () => Iterable<PartitionLog>
  /** Logs that moved since their retention was applied. */
  readonly #toExpire = new Set<PartitionLog>()
  /** When one of the others may have something to give up. */
  #nextExpiryMs = Number.POSITIVE_INFINITY
  /** Logs that moved since they were checkpointed. */
  readonly #toCheckpoint = new Set<PartitionLog>()
  /** Whether the checkpoint files may tell of something else than is. */
  #isToBeWritten = false
  #isClosed = false

  /** @param options.logs those that are open */
  constructor(options: {
    clock: Clock
    logger: Logger
    directories: LogDirectories
    logs: () => Iterable<PartitionLog>
  }) {
    this.#clock = options.clock
    this.#logger = options.logger
    this.#directories = options.directories
    this.#logs = options.logs
  }

  /** The log was opened, or moved in any way. */
  moved(log: PartitionLog): void {
    this.#toExpire.add(log)
    this.#toCheckpoint.add(log)
    this.#isToBeWritten = true
  }

  /** A topic was removed: these logs of it had been open. */
  removed(logs: readonly PartitionLog[]): void {
    for (const log of logs) {
      this.#toExpire.delete(log)
      this.#toCheckpoint.delete(log)
    }
    this.#isToBeWritten = true
  }

  /** Nothing is begun any more: the logs are about to be closed. */
  close(): void {
    this.#isClosed = true
  }

  /** Applies each log's retention, and forgets producers long silent. Rejects with `DiskError`. */
  async applyRetention(): Promise<void> {
    const now = this.#clock.now()
    const logs = this.#takeExpiring(now)
    const starts = new Map<PartitionLog, number>()
    try {
      await forEachInSlices(this.#clock, logs, log => {
        if (isAtWork(log)) this.#expire(log, now, starts)
      })
      if (starts.size > 0 && !this.#isClosed)
        await this.#moveStarts(starts, log => log.startAt(starts.get(log)!))
    } catch (error) {
      for (const log of logs) this.#toExpire.add(log)
      throw error
    }
  }

  #takeExpiring(now: number): readonly PartitionLog[] {
    const isAny = now >= this.#nextExpiryMs
    const logs = [...(isAny ? this.#logs() : this.#toExpire)]
    if (isAny) this.#nextExpiryMs = Number.POSITIVE_INFINITY
    this.#toExpire.clear()
    return logs
  }

  /** Notes in `starts` where the log is to start, once that is written down. */
  #expire(log: PartitionLog, now: number, starts: Map<PartitionLog, number>): void {
    log.expireProducers(now)
    const start = log.startAfterRetention(now)
    if (start > log.startOffset) {
      starts.set(log, start)
      return
    }
    // The start stays, so that there is nothing to write down: it may be that what lies before it can go.
    log.applyRetention(now)
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, log.nextExpiryMs())
  }

  /**
   * Deletes the records of logs before offsets that are committed; the outcome for each. Once it is told it survives a
   * power cut, and a start that anyone has seen never goes back.
   */
  async deleteRecordsBefore(
    starts: ReadonlyMap<PartitionLog, number>,
  ): Promise<Map<PartitionLog, DeletionOutcome>> {
    const outcomes = new Map<PartitionLog, DeletionOutcome>()
    const delete_ = (log: PartitionLog) =>
      outcomes.set(log, isAtWork(log) ? log.deleteRecordsBefore(starts.get(log)!) : 'NOT_LEADER_OR_FOLLOWER')
    const later = new Map([...starts].filter(([log, offset]) => offset > log.startOffset))
    try {
      if (later.size > 0) await this.#moveStarts(later, delete_)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#logger.error('Records were not deleted, because that could not be written down.', { error })
      for (const log of later.keys()) outcomes.set(log, 'KAFKA_STORAGE_ERROR')
    }
    for (const log of starts.keys()) if (!outcomes.has(log)) delete_(log)
    return outcomes
  }

  #moveStarts(
    starts: ReadonlyMap<PartitionLog, number>,
    move: (log: PartitionLog, offset: number) => void,
  ): Promise<void> {
    return this.#directories.moveStarts(this.#logs, starts, (log, offset) => {
      if (isAtWork(log)) move(log, offset)
    })
  }

  /**
   * Makes what logs hold durable with its indexes, and writes down how far, so that a restart after a crash checks only
   * what came later. Rejects with `DiskError`.
   */
  async checkpoint(): Promise<void> {
    for (const log of [...this.#toCheckpoint]) {
      if (this.#isClosed) return
      await this.#checkpoint(log)
    }
    if (this.#isToBeWritten && !this.#isClosed) await this.writeCheckpoints()
  }

  async #checkpoint(log: PartitionLog): Promise<void> {
    this.#toCheckpoint.delete(log)
    if (log.recoveryPoint === log.endOffset || !isAtWork(log)) return
    try {
      await log.checkpoint()
    } catch (error) {
      this.#toCheckpoint.add(log)
      throw error
    }
  }

  /** Writes the checkpoint files as of now. Rejects with `DiskError`. */
  async writeCheckpoints(): Promise<void> {
    this.#isToBeWritten = false
    try {
      await this.#directories.writeCheckpoints(this.#logs())
    } catch (error) {
      this.#isToBeWritten = true
      throw error
    }
  }
}
