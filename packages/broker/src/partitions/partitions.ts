import type { Logger, World } from '@samsa/base'
import { type CleanerSettings, type FilePool, LogCleaner, type PartitionLog, openLog } from '@samsa/log'
import type { ErrorName } from '@samsa/protocol'
import type { ConfigTexts, LiveConfig } from '../config/live-config.ts'
import { forEachInSlices } from '../time-slices.ts'
import type { LogDirectories } from './log-directories.ts'
import { Partition } from './partition.ts'

/** A topic as far as hosting it goes. */
export interface TopicToHost {
  readonly name: string
  readonly topicId: string
  /** Leader epoch of each partition; its length is the number of partitions. */
  readonly leaderEpochs: readonly number[]
  /** The topic's own configuration. */
  readonly overrides: ConfigTexts
}

interface HostedTopic {
  topic: TopicToHost
  /** By partition index; empty until first asked for, or why it could not be opened. */
  readonly partitions: (Partition | 'KAFKA_STORAGE_ERROR' | undefined)[]
}

export type LookUp = { readonly partition: Partition } | { readonly error: ErrorName }

const UNKNOWN_TOPIC: LookUp = { error: 'UNKNOWN_TOPIC_OR_PARTITION' }
const UNKNOWN_ID: LookUp = { error: 'UNKNOWN_TOPIC_ID' }
const NOT_YET: LookUp = { error: 'NOT_LEADER_OR_FOLLOWER' }
const STORAGE_ERROR: LookUp = { error: 'KAFKA_STORAGE_ERROR' }

function cleanerSettings(config: LiveConfig): CleanerSettings {
  return {
    keyMapBytes: config.get('log.cleaner.dedupe.buffer.size'),
    bytesPerSecondMax: config.get('log.cleaner.io.max.bytes.per.second'),
    idleMs: config.get('log.cleaner.backoff.ms'),
  }
}

/**
 * The partitions this broker hosts.
 *
 * A partition's log is opened when it is first asked for, the others one after the other in the background: a broker
 * with ten thousand partitions answers its first request as soon as an empty one, after a crash too.
 */
export class Partitions {
  readonly #world: World
  readonly #logger: Logger
  readonly #config: LiveConfig
  readonly #directories: LogDirectories
  readonly #files: FilePool
  readonly #topics = new Map<string, HostedTopic>()
  readonly #topicsById = new Map<string, HostedTopic>()
  readonly #cleaner: LogCleaner
  /** Topics whose files are being removed. */
  readonly #dropping = new Map<string, Promise<void>>()
  #opening: Promise<void> | undefined
  #isStopping = false
  #isClosed = false

  constructor(options: {
    world: World
    logger: Logger
    config: LiveConfig
    directories: LogDirectories
    files: FilePool
  }) {
    this.#world = options.world
    this.#logger = options.logger
    this.#config = options.config
    this.#directories = options.directories
    this.#files = options.files
    const { disk, clock, random } = options.world
    this.#cleaner = new LogCleaner({
      disk,
      clock,
      random,
      logger: options.logger,
      logs: () => this.openLogs(),
      settings: () => cleanerSettings(options.config),
    })
    if (options.config.get('log.cleaner.enable')) this.#cleaner.start()
    options.config.onChange(() => this.#reconfigureAll())
  }

  lookUp(topic: string, index: number): LookUp {
    const hosted = this.#topics.get(topic)
    return hosted === undefined ? UNKNOWN_TOPIC : this.#partitionOf(hosted, index)
  }

  lookUpById(topicId: string, index: number): LookUp {
    const hosted = this.#topicsById.get(topicId)
    return hosted === undefined ? UNKNOWN_ID : this.#partitionOf(hosted, index)
  }

  /** Whether the broker is about to stop: requests answer with what there is. */
  get isStopping(): boolean {
    return this.#isStopping
  }

  /** Tells consumers that wait for records to go on without. */
  endWaiting(): void {
    this.#isStopping = true
    for (const { partitions } of this.#topics.values()) {
      for (const partition of partitions) if (partition instanceof Partition) partition.wakeReaders()
    }
  }

  /** Logs open now. */
  *openLogs(): Iterable<PartitionLog> {
    for (const { partitions } of this.#topics.values()) {
      for (const partition of partitions) {
        if (partition instanceof Partition) yield partition.log
      }
    }
  }

  /** Hosts a topic, or takes its new partitions and configuration. */
  host(topic: TopicToHost): void {
    const hosted = this.#topics.get(topic.name)
    if (hosted === undefined) {
      const added: HostedTopic = { topic, partitions: [] }
      this.#topics.set(topic.name, added)
      this.#topicsById.set(topic.topicId, added)
    } else {
      hosted.topic = topic
      this.#reconfigure(hosted)
    }
    this.#openInBackground()
  }

  /** Ends service of a deleted topic and removes its data. */
  drop(name: string): void {
    const hosted = this.#topics.get(name)
    if (hosted === undefined) return
    this.#topics.delete(name)
    this.#topicsById.delete(hosted.topic.topicId)
    const dropping = this.#remove(hosted).finally(() => {
      if (this.#dropping.get(name) === dropping) this.#dropping.delete(name)
      this.#openInBackground()
    })
    this.#dropping.set(name, dropping)
  }

  /** Applies each log's retention, and forgets producers long silent, beside traffic. */
  async applyRetention(): Promise<void> {
    const now = this.#world.clock.now()
    await forEachInSlices(this.#world.clock, [...this.openLogs()], log => {
      if (this.#isClosed || log.failed !== undefined) return
      log.applyRetention(now)
      log.expireProducers(now)
    })
  }

  /** Writes down how far each log is durable, so that a restart after a crash checks only what came later. */
  async checkpoint(): Promise<void> {
    for (const log of [...this.openLogs()]) {
      if (this.#isClosed) return
      if (log.recoveryPoint !== log.endOffset && log.failed === undefined && !log.isClosed)
        await log.checkpoint()
    }
    if (!this.#isClosed) await this.#directories.writeCheckpoints(this.openLogs())
  }

  /** Makes everything durable, closes every log, and marks the directories as cleanly closed. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#cleaner.close()
    await Promise.all(this.#dropping.values())
    for (const { partitions } of this.#topics.values()) {
      for (const partition of partitions) if (partition instanceof Partition) partition.retire()
    }
    const closed: PartitionLog[] = []
    for (const log of this.openLogs()) {
      if (await this.#closeLog(log)) closed.push(log)
    }
    await this.#directories.closeCleanly(closed)
  }

  /** Whether the log is durable and closed; one whose disk failed is not, and is recovered at the next start. */
  async #closeLog(log: PartitionLog): Promise<boolean> {
    try {
      await log.close()
      return true
    } catch (error) {
      this.#logger.error(`The log of ${log.topic}-${log.partition} could not be closed in order.`, { error })
      return false
    }
  }

  async #remove({ topic: { name, leaderEpochs }, partitions }: HostedTopic): Promise<void> {
    for (const partition of partitions) if (partition instanceof Partition) partition.retire()
    for (const index of leaderEpochs.keys()) {
      const partition = partitions[index]
      try {
        if (partition instanceof Partition) await partition.log.remove()
        else this.#directories.remove(name, index)
        this.#cleaner.forget(this.#directories.forget(name, index), name, index)
      } catch (error) {
        this.#logger.error(`The data of the deleted partition ${name}-${index} could not be removed.`, {
          error,
        })
      }
    }
  }

  /** Resolves once every hosted partition was opened. */
  async allOpened(): Promise<void> {
    await this.#opening
  }

  /** Opens every partition not yet asked for, beside traffic. */
  #openInBackground(): void {
    if (this.#opening !== undefined || this.#isClosed) return
    this.#opening = this.#openInSlices().finally(() => {
      this.#opening = undefined
      // A topic may have come between the last look and this line.
      for (const _missed of this.#unopened()) return this.#openInBackground()
    })
  }

  async #openInSlices(): Promise<void> {
    const { clock } = this.#world
    // Topics that come in one turn, as all do at the start, are opened after it.
    await new Promise<void>(resolve => clock.defer(resolve))
    await forEachInSlices(clock, this.#unopened(), ({ hosted, index }) => {
      if (!this.#isClosed && this.#topics.get(hosted.topic.name) === hosted) this.#partitionOf(hosted, index)
    })
  }

  /** Looked for while it is consumed, so that topics hosted meanwhile have their turn too. */
  *#unopened(): Iterable<{ hosted: HostedTopic; index: number }> {
    for (const hosted of this.#topics.values()) {
      if (this.#dropping.has(hosted.topic.name)) continue
      for (const index of hosted.topic.leaderEpochs.keys()) {
        if (hosted.partitions[index] === undefined) yield { hosted, index }
      }
    }
  }

  #partitionOf(hosted: HostedTopic, index: number): LookUp {
    const known = hosted.partitions[index]
    if (known instanceof Partition) return { partition: known }
    if (known !== undefined) return STORAGE_ERROR
    if (this.#isClosed || hosted.topic.leaderEpochs[index] === undefined) return UNKNOWN_TOPIC
    // The files of a deleted topic of that name are still being removed.
    if (this.#dropping.has(hosted.topic.name)) return NOT_YET
    const opened = this.#open(hosted, index)
    hosted.partitions[index] = opened
    return opened instanceof Partition ? { partition: opened } : STORAGE_ERROR
  }

  #open({ topic }: HostedTopic, index: number): Partition | 'KAFKA_STORAGE_ERROR' {
    const { disk, clock, random } = this.#world
    const config = this.#config.topicConfig(topic.overrides)
    try {
      const place = this.#directories.placeOf(topic.name, index)
      const log = openLog({
        disk,
        clock,
        random,
        logger: this.#logger,
        topic: topic.name,
        partition: index,
        topicId: topic.topicId,
        config,
        files: this.#files,
        producerIdExpirationMs: this.#config.get('producer.id.expiration.ms'),
        ...place,
      })
      const { topicId } = topic
      const leaderEpoch = topic.leaderEpochs[index] as number
      return new Partition({ log, topicId, leaderEpoch, clock, logger: this.#logger, config })
    } catch (error) {
      this.#logger.error(
        `Partition ${topic.name}-${index} cannot be opened and is out of service; the others go on. Mend what the cause names, then restart.`,
        { error },
      )
      return 'KAFKA_STORAGE_ERROR'
    }
  }

  #reconfigureAll(): void {
    for (const hosted of this.#topics.values()) this.#reconfigure(hosted)
  }

  #reconfigure({ topic, partitions }: HostedTopic): void {
    const config = this.#config.topicConfig(topic.overrides)
    for (const partition of partitions) if (partition instanceof Partition) partition.reconfigure(config)
  }
}
