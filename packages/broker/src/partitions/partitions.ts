import type { Logger, World } from '@samsa/base'
import { type FilePool, type PartitionLog, openLog } from '@samsa/log'
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
const STORAGE_ERROR: LookUp = { error: 'KAFKA_STORAGE_ERROR' }

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
      return
    }
    hosted.topic = topic
    this.#reconfigure(hosted)
  }

  /** Ends service of a deleted topic and removes its data after `file.delete.delay.ms`. */
  async drop(name: string): Promise<void> {
    const hosted = this.#topics.get(name)
    if (hosted === undefined) return
    this.#topics.delete(name)
    this.#topicsById.delete(hosted.topic.topicId)
    for (const index of hosted.topic.leaderEpochs.keys()) {
      const found = this.#partitionOf(hosted, index)
      if ('error' in found) continue
      found.partition.retire()
      await found.partition.log.remove()
      this.#directories.forget(name, index)
    }
  }

  /** Opens every partition not yet asked for, beside traffic. */
  async openAll(): Promise<void> {
    const missing = [...this.#topics.values()].flatMap(hosted =>
      [...hosted.topic.leaderEpochs.keys()].map(index => ({ hosted, index })),
    )
    await forEachInSlices(this.#world.clock, missing, ({ hosted, index }) => {
      if (!this.#isClosed && this.#topics.get(hosted.topic.name) === hosted) this.#partitionOf(hosted, index)
    })
  }

  /** Applies each log's retention, beside traffic. */
  async applyRetention(): Promise<void> {
    const now = this.#world.clock.now()
    await forEachInSlices(this.#world.clock, [...this.openLogs()], log => {
      if (!this.#isClosed && log.failed === undefined) log.applyRetention(now)
    })
  }

  /** Writes down how far each log is durable, so that a restart after a crash checks only what came later. */
  async checkpoint(): Promise<void> {
    if (!this.#isClosed) await this.#directories.writeCheckpoints(this.openLogs())
  }

  /** Makes everything durable, closes every log, and marks the directories as cleanly closed. */
  async close(): Promise<void> {
    this.#isClosed = true
    const logs = [...this.openLogs()]
    for (const { partitions } of this.#topics.values()) {
      for (const partition of partitions) if (partition instanceof Partition) partition.retire()
    }
    for (const log of logs) await log.close()
    await this.#directories.closeCleanly(logs)
  }

  #partitionOf(hosted: HostedTopic, index: number): LookUp {
    const known = hosted.partitions[index]
    if (known instanceof Partition) return { partition: known }
    if (known !== undefined) return STORAGE_ERROR
    if (this.#isClosed || hosted.topic.leaderEpochs[index] === undefined) return UNKNOWN_TOPIC
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
