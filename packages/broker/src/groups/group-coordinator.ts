import { type Logger, type Timer, type World, ZERO_UUID } from '@samsa/base'
import type { ImageDelta, MetadataImage } from '@samsa/cluster'
import {
  type Decision,
  type DecisionContext,
  type Group,
  type GroupFilter,
  type GroupLimits,
  type Ticket,
  decideOffsetExpiry,
  decideTopicsDeleted,
} from '@samsa/coordinators'
import type { Compression, ErrorName } from '@samsa/protocol'
import type { LiveConfig } from '../config/live-config.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { Partitions } from '../partitions/partitions.ts'
import { forEachInSlices } from '../time-slices.ts'
import { autoCreateTopics } from '../topics/auto-create-topics.ts'
import { coordinatorError } from './coordinator-errors.ts'
import { groupPartition } from './group-partition.ts'
import { GroupShard, type Listed } from './group-shard.ts'
import { PartitionCoordinatorLog } from './partition-coordinator-log.ts'

/** Where groups and their offsets are kept. */
export const OFFSETS_TOPIC = '__consumer_offsets'

export interface GroupCoordinatorOptions {
  readonly world: World
  readonly logger: Logger
  readonly config: LiveConfig
  readonly metadata: Metadata
  readonly partitions: Partitions
}

const minutes = 60_000
/** How long the first JoinGroup request of a new member may wait, as in Kafka. */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * minutes
/** Groups nobody asks for are loaded after the broker has answered its first requests. */
const LOAD_DELAY_MS = 1_000

const codecs: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** The coordinator of the consumer groups: finds the partition that holds a group, and runs it. */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions
  readonly #shards = new Map<number, GroupShard>()
  readonly #timers = new Set<Timer>()
  readonly #stopFollowing: () => void
  #limits: GroupLimits
  #creation: Promise<ErrorName> | undefined
  #isClosed = false

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options
    const { config, metadata } = options
    this.#limits = limitsOf(config)
    config.onChange(() => {
      this.#limits = limitsOf(config)
    })
    this.#stopFollowing = metadata.onChange((_image, delta) => this.#follow(delta))
    this.#after(LOAD_DELAY_MS, () => this.#loadAll())
    this.#scheduleExpiry()
  }

  /** How many partitions groups are spread over; undefined before the topic exists. */
  get partitionCount(): number | undefined {
    return this.#image().topic(OFFSETS_TOPIC)?.partitions.length
  }

  /** The partition that holds a group; undefined before the topic exists. */
  partitionOf(groupId: string): number | undefined {
    const count = this.partitionCount
    return count === undefined ? undefined : groupPartition(groupId, count)
  }

  /** Makes the topic that holds the groups, if it does not exist; NONE when it does in the end. */
  ensureTopic(): Promise<ErrorName> | ErrorName {
    if (this.partitionCount !== undefined) return 'NONE'
    this.#creation ??= this.#createTopic().finally(() => {
      this.#creation = undefined
    })
    return this.#creation
  }

  /**
   * Makes a decision about a group and answers when it is safe.
   *
   * @param decide an undefined response means that the request waits under its ticket
   * @param refuse the answer when this broker cannot decide, with the reason
   */
  execute<Response>(
    groupId: string,
    decide: (
      group: Group | undefined,
      context: DecisionContext,
      ticket: Ticket,
    ) => Decision<Response | undefined>,
    refuse: (error: ErrorName) => Response,
  ): Response | Promise<Response> {
    const shard = this.#shardFor(groupId)
    return typeof shard === 'string' ? refuse(shard) : shard.execute(groupId, decide, refuse)
  }

  /** The groups of all partitions here that pass the filter; the first problem when one cannot tell yet. */
  async list(filter: GroupFilter): Promise<Listed> {
    await this.#loadAll()
    const groups: Listed['groups'][number][] = []
    for (let index = 0; index < (this.partitionCount ?? 0); index++) {
      const shard = this.#shard(index)
      if (shard === 'NOT_COORDINATOR') continue
      if (typeof shard === 'string') return { error: shard, groups: [] }
      const listed = await shard.list(filter)
      if (listed.error !== 'NONE') return listed
      for (const group of listed.groups) groups.push(group)
    }
    return { error: 'NONE', groups }
  }

  /** Ends service: requests that wait are sent elsewhere, answers under way are given first. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopFollowing()
    for (const timer of this.#timers) timer.cancel()
    await Promise.all(Array.from(this.#shards.values(), shard => shard.close()))
  }

  #image(): MetadataImage {
    return this.#options.metadata.image()
  }

  async #createTopic(): Promise<ErrorName> {
    const refusals = await autoCreateTopics([OFFSETS_TOPIC], this.#options)
    return refusals.get(OFFSETS_TOPIC) ?? 'NONE'
  }

  #shardFor(groupId: string): GroupShard | ErrorName {
    const index = this.partitionOf(groupId)
    return index === undefined ? 'NOT_COORDINATOR' : this.#shard(index)
  }

  #shard(index: number): GroupShard | ErrorName {
    if (this.#isClosed) return 'COORDINATOR_NOT_AVAILABLE'
    const known = this.#shards.get(index)
    if (known !== undefined) return known
    const { world, logger, config, partitions } = this.#options
    const found = partitions.lookUp(OFFSETS_TOPIC, index)
    if ('error' in found) return coordinatorError(found.error)
    const shardLogger = logger.child({ partition: `${OFFSETS_TOPIC}-${index}` })
    const compression = () => codecs[config.get('offsets.topic.compression.codec')] ?? 'none'
    const shard = new GroupShard({
      clock: world.clock,
      logger: shardLogger,
      log: new PartitionCoordinatorLog(found.partition, compression, shardLogger),
      limits: () => this.#limits,
      isDeleted: (topic, topicId) => this.#isDeleted(topic, topicId),
    })
    this.#shards.set(index, shard)
    return shard
  }

  *#allShards(): Iterable<GroupShard> {
    for (let index = 0; index < (this.partitionCount ?? 0); index++) {
      const shard = this.#shard(index)
      if (typeof shard !== 'string') yield shard
    }
  }

  async #loadAll(): Promise<void> {
    await forEachInSlices(this.#options.world.clock, this.#allShards(), shard => shard.load())
  }

  #scheduleExpiry(): void {
    this.#after(this.#options.config.get('offsets.retention.check.interval.ms'), async () => {
      await this.#decideForAll((group, context) => decideOffsetExpiry(group, context))
      if (!this.#isClosed) this.#scheduleExpiry()
    })
  }

  async #decideForAll(decide: (group: Group, context: DecisionContext) => Decision): Promise<void> {
    const { clock } = this.#options.world
    for (const shard of [...this.#shards.values()]) {
      await forEachInSlices(clock, shard.groupIds(), groupId => shard.decideFor(groupId, decide))
    }
  }

  #follow(delta: ImageDelta): void {
    const deleted = new Map<string, string>()
    for (const { before, after } of delta.topics) {
      if (before !== undefined && before.topicId !== after?.topicId) deleted.set(before.name, before.topicId)
    }
    if (deleted.delete(OFFSETS_TOPIC)) this.#forgetShards()
    if (deleted.size === 0) return
    const isDeleted = (topic: string, topicId: string) => {
      const deletedId = deleted.get(topic)
      return deletedId !== undefined && (topicId === ZERO_UUID || topicId === deletedId)
    }
    void this.#decideForAll(group => decideTopicsDeleted(group, isDeleted)).catch(error =>
      this.#failed(error),
    )
  }

  #isDeleted(topic: string, topicId: string): boolean {
    const known = this.#image().topic(topic)
    return known === undefined || (topicId !== ZERO_UUID && topicId !== known.topicId)
  }

  // The topic itself was deleted: its groups are gone, and the next one to be found starts from nothing.
  #forgetShards(): void {
    const shards = [...this.#shards.values()]
    this.#shards.clear()
    for (const shard of shards) void shard.close()
  }

  #after(delayMs: number, work: () => Promise<void>): void {
    const timer = this.#options.world.clock.timer(delayMs, () => {
      this.#timers.delete(timer)
      void work().catch(error => this.#failed(error))
    })
    this.#timers.add(timer)
  }

  #failed(error: unknown): void {
    this.#options.logger.error('Work on the consumer groups in the background failed.', { error })
  }
}

function limitsOf(config: LiveConfig): GroupLimits {
  return {
    sessionTimeoutMsMin: config.get('group.min.session.timeout.ms'),
    sessionTimeoutMsMax: config.get('group.max.session.timeout.ms'),
    groupSizeMax: config.get('group.max.size'),
    initialRebalanceDelayMs: config.get('group.initial.rebalance.delay.ms'),
    newMemberJoinTimeoutMs: NEW_MEMBER_JOIN_TIMEOUT_MS,
    offsetMetadataMax: config.get('offset.metadata.max.bytes'),
    offsetsRetentionMs: config.get('offsets.retention.minutes') * minutes,
  }
}
