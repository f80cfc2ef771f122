import { type Clock, type Disk, DiskError, type Logger, type Random, type Timer } from '@samsa/base'
import {
  type PartitionOffset,
  offsetCheckpoints,
  readOffsetCheckpoint,
  writeOffsetCheckpoint,
} from '../checkpoint-file.ts'
import { parentOf, partitionDirectoryName } from '../file-names.ts'
import { isPassing } from '../log-error.ts'
import type { PartitionLog } from '../partition-log.ts'
import { CleaningAbandoned, type CleaningResult, cleanLog } from './clean-log.ts'
import { type Cleanable, findCleanable, isWorthCleaning } from './cleanable.ts'
import { Pacer } from './pacer.ts'

/** The broker's settings of compaction, by what they mean; their keys begin with `log.cleaner.`. */
export interface CleanerSettings {
  /** `dedupe.buffer.size`: memory for the keys of one pass; taken only while it runs, and only as much as it needs. */
  readonly keyMapBytes: number
  /** `io.max.bytes.per.second`: how many bytes may be read and written together. */
  readonly bytesPerSecondMax: number
  /** `backoff.ms`: how long to wait when there is nothing to clean. */
  readonly idleMs: number
}

export interface LogCleanerOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** The logs to look after; those whose topics are not compacted are passed over. */
  readonly logs: () => Iterable<PartitionLog>
  readonly settings: () => CleanerSettings
}

/**
 * Compacts the logs of a broker, one at a time and the dirtiest first, in short slices beside the broker's other work.
 * What was cleaned is written down in each data directory's checkpoint.
 */
export class LogCleaner {
  readonly #options: LogCleanerOptions
  /** Where the clean part of each log ends, by data directory and then by partition. */
  readonly #checkpoints = new Map<string, Map<string, PartitionOffset>>()
  /** Logs that could not be cleaned, until the next start. */
  readonly #uncleanable = new WeakSet<PartitionLog>()
  #timer: Timer | undefined
  /** The end of the work asked for so far: one pass at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(options: LogCleanerOptions) {
    this.#options = options
  }

  /** Begins to look for work, now and whenever `idleMs` have passed. */
  start(): void {
    this.#schedule(0)
  }

  /** Ends after the pass under way, which gives up at its next pause. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#turn
  }

  /** Forgets how far a deleted partition was clean: another one of that name begins anew. */
  forget(dataDirectory: string, topic: string, partition: number): void {
    this.#checkpointsOf(dataDirectory).delete(partitionDirectoryName(topic, partition))
  }

  /** Cleans until nothing is worth it; how many logs it cleaned. */
  cleanAll(): Promise<number> {
    return this.#inTurn(() => this.#cleanAll(false))
  }

  /** Cleans all that is dirty, however little; how many logs it cleaned. */
  cleanNow(): Promise<number> {
    return this.#inTurn(() => this.#cleanAll(true))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  async #cleanAll(isForced: boolean): Promise<number> {
    let count = 0
    while (!this.#isClosed) {
      const cleanable = this.#findDirtiest(isForced)
      if (cleanable === undefined) break
      if (await this.#clean(cleanable)) count++
    }
    return count
  }

  #schedule(ms: number): void {
    if (this.#isClosed) return
    this.#timer = this.#options.clock.timer(ms, () => {
      void this.#runOnce()
    })
  }

  async #runOnce(): Promise<void> {
    try {
      await this.cleanAll()
    } catch (error) {
      this.#options.logger.error('Compaction failed; it is tried again later.', { error })
    } finally {
      this.#schedule(this.#options.settings().idleMs)
    }
  }

  #findDirtiest(isForced: boolean): Cleanable | undefined {
    const now = this.#options.clock.now()
    let dirtiest: Cleanable | undefined
    for (const log of this.#options.logs()) {
      if (log.failed !== undefined || log.isClosed || this.#uncleanable.has(log)) continue
      if (!log.config['cleanup.policy'].includes('compact') || log.segmentCount < 2) continue
      const cleanable = findCleanable(log, this.#checkpointOf(log), now)
      if (cleanable === undefined || !(isForced || isWorthCleaning(cleanable))) continue
      if (dirtiest === undefined || cleanable.dirtyRatio > dirtiest.dirtyRatio) dirtiest = cleanable
    }
    return dirtiest
  }

  /** Whether the log was cleaned. */
  async #clean(cleanable: Cleanable): Promise<boolean> {
    const { log } = cleanable
    const { clock, random, logger } = this.#options
    const { keyMapBytes, bytesPerSecondMax } = this.#options.settings()
    const pacer = new Pacer(clock, bytesPerSecondMax)
    const startedMs = clock.monotonicMs()
    try {
      const result = await cleanLog(cleanable, {
        clock,
        pacer,
        secret: random.bytes(16),
        keyMapBytes,
        isStopped: () => this.#isClosed,
      })
      await this.#noteClean(log, result)
      const tookMs = Math.round(clock.monotonicMs() - startedMs)
      logger.debug('A log was compacted.', { topic: log.topic, partition: log.partition, ...result, tookMs })
      return true
    } catch (error) {
      if (error instanceof CleaningAbandoned) return false
      if (isPassing(error)) throw error
      this.#uncleanable.add(log)
      logger.error('A log cannot be compacted and is left as it is until the next start.', {
        directory: log.directory,
        error,
      })
      return false
    }
  }

  #checkpointOf(log: PartitionLog): number | undefined {
    return this.#checkpointsOf(parentOf(log.directory)).get(nameOf(log))?.offset
  }

  #checkpointsOf(dataDirectory: string): Map<string, PartitionOffset> {
    const known = this.#checkpoints.get(dataDirectory)
    if (known !== undefined) return known
    const read = this.#readCheckpoint(`${dataDirectory}/${offsetCheckpoints.cleaner}`)
    const offsets = new Map(read.map(entry => [nameOf(entry), entry]))
    this.#checkpoints.set(dataDirectory, offsets)
    return offsets
  }

  /** Without it, logs count as dirty from their start: cleaning takes longer once. */
  #readCheckpoint(path: string): PartitionOffset[] {
    try {
      return readOffsetCheckpoint(this.#options.disk, path)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#options.logger.warn(`${path} cannot be read and is ignored: compaction starts over.`, { error })
      return []
    }
  }

  async #noteClean(log: PartitionLog, { endOffset }: CleaningResult): Promise<void> {
    const dataDirectory = parentOf(log.directory)
    const offsets = this.#checkpointsOf(dataDirectory)
    const { topic, partition } = log
    offsets.set(nameOf(log), { topic, partition, offset: endOffset })
    const path = `${dataDirectory}/${offsetCheckpoints.cleaner}`
    await writeOffsetCheckpoint(this.#options.disk, path, offsets.values())
  }
}

const nameOf = ({ topic, partition }: { topic: string; partition: number }) =>
  partitionDirectoryName(topic, partition)
