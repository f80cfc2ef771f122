import { Cluster } from '../cluster/index.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError } from '../errors.ts'
import type { Outside } from '../outside.ts'
import type { ConsumerRecord, OffsetAndMetadata, TopicPartition } from '../records/consumer-record.ts'
import type { Deserializer } from '../serializers/serializer.ts'
import { Assignment } from './assignment.ts'
import { Committer, type OffsetToCommit, offsetsToCommit } from './committer.ts'
import { type ConsumerConfig, consumerConfig } from './consumer-config.ts'
import { type Measured, consumerMetrics, labelsOf, registerMetrics } from './consumer-metrics.ts'
import { Fetcher } from './fetching/fetcher.ts'
import { ClassicMember } from './groups/classic-member.ts'
import type { GroupHost, GroupMember, GroupMetadata } from './groups/group-member.ts'
import { HeartbeatMember } from './groups/heartbeat-member.ts'
import { Handout } from './handout.ts'
import { Handover } from './handover.ts'
import { BatchLoop, RecordLoop } from './iteration.ts'
import type { RebalanceListener } from './listener.ts'
import { Loops } from './loops.ts'
import { EARLIEST, LATEST, type OffsetAtTime, fetchCommitted } from './offsets.ts'
import type { PartitionState } from './partition-state.ts'
import { type CallOptions, PositionCalls } from './position-calls.ts'
import { Positions } from './positions.ts'
import type { RunOptions } from './run-options.ts'
import { Run } from './run.ts'
import { SubscribedTopics } from './subscribed-topics.ts'
import { type BrokerPattern, subscriptionTo } from './subscription.ts'

/** What a consumer needs that is not text. */
export interface ConsumerOptions<K, V> extends Outside {
  /** Reads keys; bytes without. */
  readonly key?: Deserializer<K>
  /** Reads values; bytes without. */
  readonly value?: Deserializer<V>
}

/** Configuration of a consumer by Kafka's keys. */
export type ConsumerEntries = ConfigEntries<typeof consumerConfig>

/** A partition to read, and from where: the committed offset or `auto.offset.reset` unless given. */
export interface PartitionToRead extends TopicPartition {
  readonly offset?: number
}

const CLOSE_MS = 30_000

/**
 * Reads records: alone or as a member of a group.
 *
 * Say what to read with `subscribe` or `assign`, then take records in one of three ways: `for await (const record of
 * consumer)`, `for await (const batch of consumer.batches())`, or `consumer.run({ eachRecord })`. Records of a partition
 * come in order. What the application asks to go on from, it has finished: that is what is committed.
 *
 * Connects, joins its group and fetches from the first request for records on; keeps the process alive until `close`.
 */
export class Consumer<K = Uint8Array, V = Uint8Array> implements AsyncIterable<ConsumerRecord<K, V>> {
  readonly #config: ConsumerConfig
  readonly #cluster: Cluster
  readonly #assignment = new Assignment()
  readonly #handout: Handout
  readonly #positions: Positions
  readonly #fetcher: Fetcher
  readonly #committer: Committer
  readonly #handover: Handover
  readonly #calls: PositionCalls
  readonly #topics: SubscribedTopics
  readonly #loops: Loops
  readonly #measured: Measured
  #listener: RebalanceListener = {}
  #member: GroupMember | undefined
  #isClosing = false
  #closed: Promise<void> | undefined

  /** Connects to nothing yet. Throws `KafkaError` INVALID_CONFIG. */
  constructor(config: ConsumerEntries, options: ConsumerOptions<K, V> = {}) {
    this.#config = readConfig(consumerConfig, config, options.logger)
    this.#cluster = new Cluster(this.#config, options, {
      role: 'consumer',
      labels: () => labelsOf(this.#config, this.#member?.metadata),
    })
    const cluster = this.#cluster
    const changed = () => this.#fetcher.poke()
    this.#handout = this.#openHandout(options, changed)
    const member = () => this.#member?.metadata
    this.#positions = new Positions(cluster, this.#config, this.#assignment, member, changed)
    this.#fetcher = new Fetcher(cluster, this.#config, this.#assignment, this.#positions, () =>
      this.#handout.wake(),
    )
    this.#committer = new Committer(
      cluster,
      this.#config,
      this.#assignment,
      () => this.groupMetadata(),
      code => this.#member?.fenced(code),
    )
    this.#handover = this.#openHandover()
    this.#loops = this.#openLoops()
    this.#topics = new SubscribedTopics(
      cluster,
      this.#config['exclude.internal.topics'],
      () => this.#assignment.topics,
      () => this.#member?.subscriptionChanged(),
    )
    this.#calls = new PositionCalls(
      cluster,
      this.#config,
      this.#assignment,
      state => this.#moved(state),
      changed,
    )
    this.#measured = {
      assignment: this.#assignment,
      fetcher: this.#fetcher,
      handout: this.#handout,
      committer: this.#committer,
      handover: this.#handover,
    }
    registerMetrics(cluster.metrics, this.#measured)
  }

  // --- what to read ---------------------------------------------------------------------------------------------------

  /**
   * Reads topics as a member of the group `group.id`: by name, by a regular expression over all topics, or by a pattern
   * that the broker matches (`group.protocol=consumer`). Replaces the subscription before.
   */
  subscribe(topics: readonly string[] | RegExp | BrokerPattern, listener: RebalanceListener = {}): void {
    this.#checkOpen()
    if (this.#config['group.id'] === null) {
      throw new KafkaError('INVALID_GROUP_ID', 'Subscribing needs a group: set group.id, or use assign.')
    }
    if (this.#topics.subscription.kind === 'assigned') throw mixed()
    const subscription = subscriptionTo(topics, this.#config['group.protocol'] === 'CONSUMER')
    this.#listener = listener
    this.#topics.follow(subscription)
    this.#member?.subscriptionChanged()
  }

  /** Reads these partitions, without taking part in a group's assignment. Replaces what was assigned before. */
  assign(partitions: readonly PartitionToRead[]): void {
    this.#checkOpen()
    if (this.#topics.isGroup) throw mixed()
    const kept = new Set(partitions.map(one => this.#assignment.get(one)))
    for (const state of [...this.#assignment]) if (!kept.has(state)) this.#handover.remove(state)
    for (const one of partitions) {
      const state = this.#assignment.add(one)
      if (one.offset !== undefined) state.jumpTo(checkOffset(one.offset))
    }
    this.#topics.follow({ kind: 'assigned' })
    this.#fetcher.poke()
    this.#handout.wake()
  }

  /** Leaves the group, if there is one, and reads nothing. */
  async unsubscribe(): Promise<void> {
    const member = this.#member
    this.#member = undefined
    if (member !== undefined) {
      await this.#handover.revoke([...this.#assignment], this.#config['default.api.timeout.ms'])
      await member.leave(this.#cluster.deadlineIn(this.#config['default.api.timeout.ms']))
    }
    for (const state of [...this.#assignment]) this.#handover.remove(state)
    this.#topics.clear()
  }

  /** Partitions this consumer has now. */
  assignment(): TopicPartition[] {
    return this.#assignment.partitions()
  }

  /** Topics subscribed to, those that a regular expression matches now included. */
  subscription(): readonly string[] {
    return this.#topics.names
  }

  // --- records --------------------------------------------------------------------------------------------------------

  /** Single records. Asking for the next one says that the one before is finished. */
  [Symbol.asyncIterator](): RecordLoop<K, V> {
    return this.records()
  }

  /** Single records, until the signal is given or the consumer is closed. */
  records(options: { readonly signal?: AbortSignal } = {}): RecordLoop<K, V> {
    this.#begin('iterating')
    return new RecordLoop<K, V>(this.#loops.host(), options.signal)
  }

  /** Batches: records of one partition, at most `max.poll.records`. Until the signal is given or the consumer closed. */
  batches(options: { readonly signal?: AbortSignal } = {}): BatchLoop<K, V> {
    this.#begin('iterating')
    return new BatchLoop<K, V>(this.#loops.host(), options.signal)
  }

  /**
   * Hands records to a function, several partitions at a time if `concurrency` allows. Resolves when the signal is given
   * or the consumer is closed; rejects with `KafkaError` HANDLER when the function fails and `onError` does not say
   * otherwise: the failed record is not committed, and comes first in the next run.
   */
  async run(options: RunOptions<K, V>): Promise<void> {
    const run = new Run<K, V>(this.#loops.runHost(), options)
    this.#begin('running')
    await run.start()
  }

  /** Ends the wait of a loop or run for records with ABORTED, as Java's `wakeup`. */
  wakeup(): void {
    this.#loops.wakeup()
  }

  /** Hands nothing out of these partitions until `resume`, and fetches nothing. */
  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#assignment.need(one).isPaused = true
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#assignment.need(one).isPaused = false
    this.#fetcher.poke()
    this.#handout.wake()
  }

  /** Partitions that were paused. */
  paused(): TopicPartition[] {
    return [...this.#assignment]
      .filter(state => state.isPaused)
      .map(({ topic, partition }) => ({ topic, partition }))
  }

  // --- positions ------------------------------------------------------------------------------------------------------

  /** Goes on at an offset. */
  seek(at: TopicPartition & OffsetAndMetadata): void {
    const state = this.#assignment.need(at)
    state.jumpTo(checkOffset(at.offset), at.leaderEpoch ?? -1)
    this.#moved(state)
  }

  /** Goes on at the first record at or after a time (milliseconds since the epoch), at the end when there is none. */
  async seekToTime(
    timestampMs: number,
    partitions: readonly TopicPartition[] = this.assignment(),
    options: CallOptions = {},
  ): Promise<void> {
    await this.#calls.search(partitions, { from: 'time', timestampMs }, options)
  }

  async seekToBeginning(
    partitions: readonly TopicPartition[] = this.assignment(),
    options: CallOptions = {},
  ): Promise<void> {
    await this.#calls.search(partitions, { from: 'policy', policy: { kind: 'earliest' } }, options)
  }

  async seekToEnd(
    partitions: readonly TopicPartition[] = this.assignment(),
    options: CallOptions = {},
  ): Promise<void> {
    await this.#calls.search(partitions, { from: 'policy', policy: { kind: 'latest' } }, options)
  }

  /** The offset of the next record to be handed out; waits until it is known. */
  async position(partition: TopicPartition, options: CallOptions = {}): Promise<number> {
    const state = this.#assignment.need(partition)
    await this.#calls.untilFound([state], options)
    return state.position
  }

  /** What the group committed; undefined for partitions it committed nothing for. */
  async committed(
    partitions: readonly TopicPartition[],
    options: CallOptions = {},
  ): Promise<(OffsetAndMetadata | undefined)[]> {
    const groupId = this.#needGroup()
    const found = await this.#calls.retry(
      'asking for committed offsets',
      () => fetchCommitted(this.#cluster, groupId, partitions, this.#member?.metadata),
      options,
    )
    return partitions.map(one => {
      const offset = found.find(({ topic, partition }) => topic === one.topic && partition === one.partition)
      if (offset === undefined) return undefined
      const { topic: _topic, partition: _partition, ...rest } = offset
      return rest
    })
  }

  /**
   * Commits, and waits until it is done. Without offsets: everything a loop handed out, the record or batch at hand
   * included; in a run everything that handlers finished.
   */
  async commit(offsets?: readonly OffsetToCommit[], options: CallOptions = {}): Promise<void> {
    this.#needGroup()
    const deadlineMs = this.#calls.deadline(options)
    const all = offsets ?? offsetsToCommit(this.#assignment, this.#loops.kind !== 'running')
    await this.#committer.commit(
      all.map(offset => ({ ...offset, offset: checkOffset(offset.offset) })),
      deadlineMs,
    )
  }

  /** Commits that a record, and all before it in its partition, are finished. */
  async commitRecord(
    record: Pick<ConsumerRecord<K, V>, 'topic' | 'partition' | 'offset' | 'leaderEpoch'>,
    metadata?: string,
    options: CallOptions = {},
  ): Promise<void> {
    const { topic, partition, offset, leaderEpoch } = record
    const more = {
      ...(leaderEpoch !== undefined && { leaderEpoch }),
      ...(metadata !== undefined && { metadata }),
    }
    await this.commit([{ topic, partition, offset: offset + 1, ...more }], options)
  }

  /** What may be committed now, for a producer's transaction. */
  finishedOffsets(): OffsetToCommit[] {
    return offsetsToCommit(this.#assignment, this.#loops.kind !== 'running')
  }

  /** Who this consumer is in its group, for a producer's transaction. */
  groupMetadata(): GroupMetadata {
    if (this.#member !== undefined) return this.#member.metadata
    return {
      groupId: this.#needGroup(),
      generationId: -1,
      memberId: '',
      groupInstanceId: this.#config['group.instance.id'] ?? undefined,
      protocol: 'none',
    }
  }

  /** The partitions a topic has, for `assign`. Rejects with UNKNOWN_TOPIC_OR_PARTITION when it is not there. */
  partitionsFor(topic: string, options: CallOptions = {}): Promise<TopicPartition[]> {
    return this.#calls.partitionsOf(topic, options)
  }

  /** Offsets behind the last record (with `read_committed` behind the last stable one). */
  endOffsets(partitions: readonly TopicPartition[], options: CallOptions = {}): Promise<OffsetAtTime[]> {
    return this.#calls.offsetsAt(
      partitions.map(one => ({ ...one, timestamp: LATEST })),
      options,
    )
  }

  /** Offsets of the first records that are still there. */
  beginningOffsets(
    partitions: readonly TopicPartition[],
    options: CallOptions = {},
  ): Promise<OffsetAtTime[]> {
    return this.#calls.offsetsAt(
      partitions.map(one => ({ ...one, timestamp: EARLIEST })),
      options,
    )
  }

  /** Offsets of the first records at or after times; -1 where there is none. */
  offsetsForTimes(
    queries: readonly (TopicPartition & { readonly timestamp: number })[],
    options: CallOptions = {},
  ): Promise<OffsetAtTime[]> {
    return this.#calls.offsetsAt(queries, options)
  }

  /** How many offsets a partition's end is away, as far as is known from fetching; undefined before the first fetch. */
  lag(partition: TopicPartition): number | undefined {
    const state = this.#assignment.need(partition)
    if (!state.hasPosition || state.highWatermark < 0) return undefined
    const isCommittedOnly = this.#config['isolation.level'] === 'read_committed'
    const end = isCommittedOnly ? state.lastStableOffset : state.highWatermark
    return Math.max(0, end - state.position)
  }

  /** Measurements by Kafka's names. */
  metrics(): Record<string, number> {
    return { ...this.#cluster.metrics.byName(), ...consumerMetrics(this.#measured) }
  }

  // --- the end --------------------------------------------------------------------------------------------------------

  /**
   * Ends loops and runs, waits for handlers of a run, commits what is finished if `enable.auto.commit`, tells the listener
   * and leaves the group; all within `timeoutMs` (default 30 s). Closing twice is fine.
   *
   * The record a loop has in hand is not waited for, since the loop may be what calls this: leave the loop and `commit`
   * first to have it counted. A handler must not wait for the end of `close`, which waits for the handler.
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(options.timeoutMs ?? CLOSE_MS)
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#isClosing = true
    const deadlineMs = this.#cluster.deadlineIn(timeoutMs)
    this.#handout.wake()
    const member = this.#member
    try {
      if (member !== undefined) await this.#handover.revoke([...this.#assignment], timeoutMs, deadlineMs)
      else await this.#handover.finishUp([...this.#assignment], timeoutMs, deadlineMs)
      await member?.leave(deadlineMs)
    } finally {
      this.#committer.close()
      this.#fetcher.close()
      this.#topics.close()
      await this.#cluster.close()
      this.#handout.wake()
    }
  }

  // --- inside ---------------------------------------------------------------------------------------------------------

  #begin(kind: 'iterating' | 'running'): void {
    this.#checkOpen()
    const { subscription, isGroup } = this.#topics
    if (subscription.kind === 'none') {
      throw new KafkaError('INVALID_ARGUMENT', 'Say what to read first: subscribe or assign.')
    }
    this.#loops.begin(kind)
    this.#committer.start()
    this.#fetcher.poke()
    if (!isGroup) return
    this.#member ??= this.#newMember()
    this.#member.start()
  }

  #openHandout({ key, value }: ConsumerOptions<K, V>, drained: () => void): Handout {
    return new Handout({
      clock: this.#cluster.clock,
      assignment: this.#assignment,
      deserializers: {
        key: key as Deserializer<unknown> | undefined,
        value: value as Deserializer<unknown> | undefined,
      },
      maxRecords: this.#config['max.poll.records'],
      drained,
      idleWindowMs: this.#config['metrics.sample.window.ms'],
    })
  }

  #openLoops(): Loops {
    return new Loops({
      cluster: this.#cluster,
      config: this.#config,
      handout: this.#handout,
      isClosing: () => this.#isClosing,
      workFinished: () => this.#handover.workFinished(),
    })
  }

  #openHandover(): Handover {
    const parts = {
      cluster: this.#cluster,
      config: this.#config,
      assignment: this.#assignment,
      handout: this.#handout,
      fetcher: this.#fetcher,
      committer: this.#committer,
    }
    return new Handover(parts, {
      listener: () => this.#listener,
      isClosing: () => this.#isClosing,
      isIterating: () => this.#loops.kind === 'iterating',
      fail: error => this.#loops.fail(error),
    })
  }

  #newMember(): GroupMember {
    const host: GroupHost = {
      subscribedTopics: () => this.#topics.names,
      subscribedPattern: () => {
        const { subscription } = this.#topics
        return subscription.kind === 'pattern' ? subscription.pattern : undefined
      },
      owned: () => this.#assignment.partitions(),
      revoke: (partitions, withinMs) => this.#handover.revoke(this.#handover.statesOf(partitions), withinMs),
      lose: partitions => this.#handover.lose(this.#handover.statesOf(partitions)),
      assign: partitions => this.#handover.take(partitions),
      fail: error => this.#loops.fail(error),
      busyForMs: () => this.#handover.busyForMs(),
      rebalance: this.#handover.times,
    }
    const isNew = this.#config['group.protocol'] === 'CONSUMER'
    return new (isNew ? HeartbeatMember : ClassicMember)(this.#cluster, this.#config, host)
  }

  #moved(state: PartitionState): void {
    this.#handover.moved(state)
    this.#fetcher.poke()
    this.#handout.wake()
  }

  #needGroup(): string {
    const groupId = this.#config['group.id']
    if (groupId !== null) return groupId
    throw new KafkaError('INVALID_GROUP_ID', 'This needs a group: set group.id.')
  }

  #checkOpen(): void {
    if (this.#isClosing) throw new KafkaError('CLOSED')
  }
}

function mixed(): KafkaError {
  return new KafkaError('INVALID_ARGUMENT', 'Use either subscribe or assign; unsubscribe comes between them.')
}

function checkOffset(offset: number): number {
  if (Number.isSafeInteger(offset) && offset >= 0) return offset
  throw new KafkaError('INVALID_ARGUMENT', `An offset is a whole number of at least 0, not ${offset}.`)
}
