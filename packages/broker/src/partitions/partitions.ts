import { type Logger, type World, randomUuid } from '@samsa/base'
import {
  type CleanerSettings,
  type FilePool,
  ForeignLogError,
  LogCleaner,
  type LogConfig,
  type PartitionLog,
  openLog,
} from '@samsa/log'
import type { ErrorName } from '@samsa/protocol'
import type { ConfigTexts, LiveConfig } from '../config/live-config.ts'
import { forEachInSlices } from '../time-slices.ts'
import type { LogDirectories } from './log-directories.ts'
import { type DeletionOutcome, LogUpkeep, isAtWork } from './log-upkeep.ts'
import { Partition } from './partition.ts'
import { TopicRemoval } from './topic-removal.ts'
import { Turns } from './turns.ts'

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
  /** What the topic goes by; shared by its partitions, and by all topics without overrides. */
  config: LogConfig
  /** By partition index; empty until first asked for, or why it could not be opened. */
  readonly partitions: (Partition | 'KAFKA_STORAGE_ERROR' | undefined)[]
}

export type LookUp = { readonly partition: Partition } | { readonly error: ErrorName }

const UNKNOWN_TOPIC: LookUp = { error: 'UNKNOWN_TOPIC_OR_PARTITION' }
const UNKNOWN_ID: LookUp = { error: 'UNKNOWN_TOPIC_ID' }
const NOT_YET: LookUp = { error: 'NOT_LEADER_OR_FOLLOWER' }
const STORAGE_ERROR: LookUp = { error: 'KAFKA_STORAGE_ERROR' }

/** Commits under way at a time; the system does not do more at once, and each holds files open. */
const SYNCS_AT_ONCE = 32
const CLOSES_AT_ONCE = 32
/** So many partitions are opened for a request without giving others their turn. */
const OPENED_AT_ONCE = 16

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
  readonly #upkeep: LogUpkeep
  readonly #cleaner: LogCleaner
  readonly #removal: TopicRemoval
  readonly #syncs = new Turns(SYNCS_AT_ONCE)
  /** Names whose partitions cannot be opened yet: the files or the checkpoints still tell of a deleted topic. */
  readonly #dropping = new Map<string, Promise<void>>()
  /** Topics that may have partitions to be opened. */
  readonly #toOpen = new Set<HostedTopic>()
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
    this.#upkeep = new LogUpkeep({ ...options, clock, logs: () => this.openLogs() })
    this.#cleaner = new LogCleaner({
      disk,
      clock,
      random,
      logger: options.logger,
      logs: () => this.#compactedLogs(),
      settings: () => cleanerSettings(options.config),
    })
    this.#removal = new TopicRemoval({ ...options, clock, cleaner: this.#cleaner })
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

  /** The name of the topic with that id; undefined when there is none. */
  nameOf(topicId: string): string | undefined {
    return this.#topicsById.get(topicId)?.topic.name
  }

  /**
   * Opens those of these partitions that are not open yet, and gives others their turn meanwhile. Undefined when they
   * are so few that looking them up one by one holds up nobody.
   */
  openBefore(wanted: Iterable<readonly [topic: string, index: number]>): Promise<void> | undefined {
    const unopened: { hosted: HostedTopic; index: number }[] = []
    for (const [topic, index] of wanted) {
      const hosted = this.#topics.get(topic)
      if (hosted !== undefined && hosted.partitions[index] === undefined) unopened.push({ hosted, index })
    }
    if (unopened.length <= OPENED_AT_ONCE) return undefined
    return forEachInSlices(this.#world.clock, unopened, ({ hosted, index }) => {
      if (this.#topics.get(hosted.topic.name) === hosted) this.#partitionOf(hosted, index)
    })
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

  /** Those of them that are compacted: in most topics no partition is. */
  *#compactedLogs(): Iterable<PartitionLog> {
    for (const { config, partitions } of this.#topics.values()) {
      if (!config['cleanup.policy'].includes('compact')) continue
      for (const partition of partitions) if (partition instanceof Partition) yield partition.log
    }
  }

  /** Hosts a topic, or takes its new partitions and configuration. */
  host(topic: TopicToHost): void {
    let hosted = this.#topics.get(topic.name)
    if (hosted === undefined) {
      hosted = { topic, config: this.#configOf(topic), partitions: [] }
      this.#topics.set(topic.name, hosted)
      this.#topicsById.set(topic.topicId, hosted)
      if (this.#directories.isStale(topic.name) && !this.#dropping.has(topic.name)) {
        this.#holdUntil(topic.name, this.#forgetOld(topic.name))
      }
    } else {
      hosted.topic = topic
      this.#reconfigure(hosted)
    }
    this.#toOpen.add(hosted)
    this.#openInBackground()
  }

  /** Ends service of a deleted topic and removes its data. */
  drop(name: string): void {
    const hosted = this.#topics.get(name)
    if (hosted === undefined) return
    this.#topics.delete(name)
    this.#topicsById.delete(hosted.topic.topicId)
    this.#toOpen.delete(hosted)
    const { topic, partitions } = hosted
    for (const partition of partitions) if (partition instanceof Partition) partition.retire()
    const removed = this.#removal.remove(name, topic.leaderEpochs.length, partitions)
    this.#holdUntil(
      name,
      removed.then(() => {
        this.#upkeep.removed(
          partitions.flatMap(partition => (partition instanceof Partition ? partition.log : [])),
        )
        return this.#forgetOld(name)
      }),
    )
  }

  /** Opens no partition of that name before `done`. */
  #holdUntil(name: string, done: Promise<void>): void {
    const dropping = done.finally(() => {
      if (this.#dropping.get(name) === dropping) this.#dropping.delete(name)
      const hosted = this.#topics.get(name)
      if (hosted === undefined) return
      this.#toOpen.add(hosted)
      this.#openInBackground()
    })
    this.#dropping.set(name, dropping)
  }

  /**
   * A topic that has the name of a deleted one must not be opened by what the checkpoints say of that: after a crash,
   * its records would be taken for what lies before the old one's start.
   */
  async #forgetOld(name: string): Promise<void> {
    if (!this.#topics.has(name) || !this.#directories.isStale(name)) return
    try {
      await this.#upkeep.writeCheckpoints()
    } catch (error) {
      this.#logger.error('The checkpoints could not be written; that is tried again later.', { error })
    }
  }

  /** Applies each log's retention, and forgets producers long silent, beside traffic. */
  applyRetention(): Promise<void> {
    return this.#upkeep.applyRetention()
  }

  /** Compacts every compacted log up to its end now; how many were compacted. */
  compact(): Promise<number> {
    for (const log of this.#compactedLogs()) if (isAtWork(log)) log.roll()
    return this.#cleaner.cleanNow()
  }

  /** Deletes the records of logs before offsets that are committed; see `LogUpkeep.deleteRecordsBefore`. */
  deleteRecordsBefore(
    starts: ReadonlyMap<PartitionLog, number>,
  ): Promise<Map<PartitionLog, DeletionOutcome>> {
    return this.#upkeep.deleteRecordsBefore(starts)
  }

  /**
   * Writes down how far each log is durable, so that a restart after a crash checks only what came later. Not before
   * all are open: syncing those that are would hold up opening the others many times over.
   */
  async checkpoint(): Promise<void> {
    await this.allOpened()
    await this.#upkeep.checkpoint()
  }

  /** Makes everything durable, closes every log, and marks the directories as cleanly closed. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#upkeep.close()
    await this.#cleaner.close()
    await Promise.all(this.#dropping.values())
    for (const { partitions } of this.#topics.values()) {
      for (const partition of partitions) if (partition instanceof Partition) partition.retire()
    }
    const closes = new Turns(CLOSES_AT_ONCE)
    const logs = [...this.openLogs()]
    const areClosed = await Promise.all(logs.map(log => closes.run(() => this.#closeLog(log))))
    const closed = logs.filter((_, index) => areClosed[index])
    const failed = logs.filter((_, index) => !areClosed[index])
    await this.#directories.closeCleanly(closed, failed)
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
      if (this.#toOpen.size > 0) this.#openInBackground()
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
    for (const hosted of this.#toOpen) {
      this.#toOpen.delete(hosted)
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
    try {
      const partition = this.#open(hosted, index)
      hosted.partitions[index] = partition
      return { partition }
    } catch (error) {
      if (error instanceof ForeignLogError && this.#setAside(hosted, index, error)) return NOT_YET
      this.#logger.error(
        `Partition ${hosted.topic.name}-${index} cannot be opened and is out of service; the others go on. Mend what the cause names, then restart.`,
        { error },
      )
      hosted.partitions[index] = 'KAFKA_STORAGE_ERROR'
      return STORAGE_ERROR
    }
  }

  /**
   * Where a partition is to be lies what is left of a deleted topic of that name: a power cut took its removal back.
   * Whether it is out of the way, so that the partition can be opened soon.
   */
  #setAside({ topic: { name } }: HostedTopic, index: number, { directory }: ForeignLogError): boolean {
    try {
      this.#directories.setAside(name, index, directory, randomUuid(this.#world.random))
    } catch (error) {
      this.#logger.error(`${directory} could not be renamed.`, { error })
      return false
    }
    this.#logger.warn(
      `${directory} is left over from another topic of that name. It was renamed to end in -stray: remove it if it is not missed.`,
    )
    this.#holdUntil(name, this.#forgetOld(name))
    return true
  }

  #open({ topic, config }: HostedTopic, index: number): Partition {
    const { disk, clock, random } = this.#world
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
      onMoved: log => this.#upkeep.moved(log),
      ...place,
    })
    this.#upkeep.moved(log)
    return new Partition({
      log,
      topicId: topic.topicId,
      leaderEpoch: topic.leaderEpochs[index] as number,
      clock,
      logger: this.#logger,
      config,
      syncs: this.#syncs,
    })
  }

  #reconfigureAll(): void {
    for (const hosted of this.#topics.values()) this.#reconfigure(hosted)
  }

  #reconfigure(hosted: HostedTopic): void {
    const config = this.#configOf(hosted.topic)
    hosted.config = config
    for (const partition of hosted.partitions) {
      if (partition instanceof Partition) partition.reconfigure(config)
    }
  }

  #configOf({ overrides }: TopicToHost): LogConfig {
    for (const _key in overrides) return this.#config.topicConfig(overrides)
    return this.#config.topicDefaults
  }
}
