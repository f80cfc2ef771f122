import { Cluster } from '../cluster/index.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import type { Outside } from '../outside.ts'
import type { ConsumerRecord, OffsetAndMetadata, TopicPartition } from '../records/consumer-record.ts'
import type { Deserializer } from '../serializers/serializer.ts'
import { TracedHandlers } from '../telemetry/traced-handlers.ts'
import { Assignment } from './assignment.ts'
import { Committer, type OffsetToCommit } from './committer.ts'
import { type ConsumerConfig, consumerConfig } from './consumer-config.ts'
import { type Measured, consumerMetrics, registerMetrics } from './consumer-metrics.ts'
import { Fetcher } from './fetching/fetcher.ts'
import { ClassicMember } from './groups/classic-member.ts'
import type { GroupHost, GroupMember, GroupMetadata } from './groups/group-member.ts'
import { HeartbeatMember } from './groups/heartbeat-member.ts'
import { Handout } from './handout.ts'
import { BatchLoop, RecordLoop } from './iteration.ts'
import type { RebalanceListener } from './listener.ts'
import {
  EARLIEST,
  LATEST,
  type OffsetAtTime,
  type TimeQuery,
  fetchCommitted,
  listOffsetsEverywhere,
} from './offsets.ts'
import type { PartitionState, Search } from './partition-state.ts'
import { Positions } from './positions.ts'
import type { RecordBatch } from './record-batch.ts'
import type { RunOptions } from './run-options.ts'
import { Run, type RunHost } from './run.ts'
import { type BrokerPattern, type Subscription, topicsOf } from './subscription.ts'

/** What a consumer needs that is not text. */
export interface ConsumerOptions<K, V> extends Outside {
  /** Reads keys; bytes without. */
  readonly key?: Deserializer<K>
  /** Reads values; bytes without. */
  readonly value?: Deserializer<V>
}

/** Configuration of a consumer by Kafka's keys. */
export type ConsumerEntries = ConfigEntries<typeof consumerConfig>

/** How long a call may take. */
export interface CallOptions {
  /** Milliseconds, `default.api.timeout.ms` unless given. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

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
  readonly #measured: Measured
  #subscription: Subscription = { kind: 'none' }
  #topics: readonly string[] = []
  #listener: RebalanceListener = {}
  #member: GroupMember | undefined
  #unfollow: (() => void)[] = []
  #failure: unknown
  #isFailed = false
  #wakeup: KafkaError | undefined
  /** Whether records are being taken, and how. */
  #loop: 'none' | 'iterating' | 'running' = 'none'
  #isClosing = false
  #closed: Promise<void> | undefined
  #rebalances = 0
  /** Given up while the application still worked on them: nobody else's order may suffer from that. */
  readonly #strays = new Set<PartitionState>()
  readonly #samples = new Map<PartitionState, { offset: number; sinceMs: number }>()

  /** Connects to nothing yet. Throws `KafkaError` INVALID_CONFIG. */
  constructor(config: ConsumerEntries, options: ConsumerOptions<K, V> = {}) {
    this.#config = readConfig(consumerConfig, config, options.logger)
    this.#cluster = new Cluster(this.#config, options, {
      role: 'consumer',
      labels: () => labelsOf(this.#config, this.#member?.metadata),
    })
    const cluster = this.#cluster
    const changed = () => this.#fetcher.poke()
    this.#handout = new Handout({
      clock: cluster.clock,
      assignment: this.#assignment,
      deserializers: {
        key: options.key as Deserializer<unknown> | undefined,
        value: options.value as Deserializer<unknown> | undefined,
      },
      maxRecords: this.#config['max.poll.records'],
      drained: changed,
    })
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
    this.#measured = {
      assignment: this.#assignment,
      fetcher: this.#fetcher,
      handout: this.#handout,
      committer: this.#committer,
      rebalances: () => this.#rebalances,
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
    if (this.#subscription.kind === 'assigned') throw mixed()
    this.#subscription = subscriptionTo(topics, this.#config['group.protocol'] === 'CONSUMER')
    this.#listener = listener
    this.#follow()
    this.#subscribedChanged()
    this.#member?.subscriptionChanged()
  }

  /** Reads these partitions, without taking part in a group's assignment. Replaces what was assigned before. */
  assign(partitions: readonly PartitionToRead[]): void {
    this.#checkOpen()
    if (this.#subscription.kind !== 'none' && this.#subscription.kind !== 'assigned') throw mixed()
    this.#subscription = { kind: 'assigned' }
    const kept = new Set(partitions.map(one => this.#assignment.get(one)))
    for (const state of [...this.#assignment]) if (!kept.has(state)) this.#remove(state)
    for (const one of partitions) {
      const state = this.#assignment.add(one)
      if (one.offset !== undefined) state.jumpTo(checkOffset(one.offset))
    }
    this.#follow()
    this.#fetcher.poke()
    this.#handout.wake()
  }

  /** Leaves the group, if there is one, and reads nothing. */
  async unsubscribe(): Promise<void> {
    const member = this.#member
    this.#member = undefined
    if (member !== undefined) {
      await this.#revoke([...this.#assignment], this.#config['default.api.timeout.ms'])
      await member.leave(this.#cluster.deadlineIn(this.#config['default.api.timeout.ms']))
    }
    for (const state of [...this.#assignment]) this.#remove(state)
    this.#subscription = { kind: 'none' }
    this.#topics = []
    this.#unfollowAll()
  }

  /** Partitions this consumer has now. */
  assignment(): TopicPartition[] {
    return this.#assignment.partitions()
  }

  /** Topics subscribed to, those that a regular expression matches now included. */
  subscription(): readonly string[] {
    return this.#topics
  }

  // --- records --------------------------------------------------------------------------------------------------------

  /** Single records. Asking for the next one says that the one before is finished. */
  [Symbol.asyncIterator](): RecordLoop<K, V> {
    return this.records()
  }

  /** Single records, until the signal is given or the consumer is closed. */
  records(options: { readonly signal?: AbortSignal } = {}): RecordLoop<K, V> {
    this.#begin('iterating')
    return new RecordLoop<K, V>(this.#loopHost(), options.signal)
  }

  /** Batches: records of one partition, at most `max.poll.records`. Until the signal is given or the consumer closed. */
  batches(options: { readonly signal?: AbortSignal } = {}): BatchLoop<K, V> {
    this.#begin('iterating')
    return new BatchLoop<K, V>(this.#loopHost(), options.signal)
  }

  /**
   * Hands records to a function, several partitions at a time if `concurrency` allows. Resolves when the signal is given
   * or the consumer is closed; rejects with `KafkaError` HANDLER when the function fails and `onError` does not say
   * otherwise: the failed record is not committed, and comes first in the next run.
   */
  async run(options: RunOptions<K, V>): Promise<void> {
    const run = new Run<K, V>(this.#runHost(), options)
    this.#begin('running')
    await run.start()
  }

  /** Ends the wait of a loop or run for records with ABORTED, as Java's `wakeup`. */
  wakeup(): void {
    this.#wakeup = new KafkaError('ABORTED', 'wakeup was called')
    this.#handout.wake()
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
    await this.#search(partitions, { from: 'time', timestampMs }, options)
  }

  async seekToBeginning(
    partitions: readonly TopicPartition[] = this.assignment(),
    options: CallOptions = {},
  ): Promise<void> {
    await this.#search(partitions, { from: 'policy', policy: { kind: 'earliest' } }, options)
  }

  async seekToEnd(
    partitions: readonly TopicPartition[] = this.assignment(),
    options: CallOptions = {},
  ): Promise<void> {
    await this.#search(partitions, { from: 'policy', policy: { kind: 'latest' } }, options)
  }

  /** The offset of the next record to be handed out; waits until it is known. */
  async position(partition: TopicPartition, options: CallOptions = {}): Promise<number> {
    const state = this.#assignment.need(partition)
    await this.#untilFound([state], options)
    return state.position
  }

  /** What the group committed; undefined for partitions it committed nothing for. */
  async committed(
    partitions: readonly TopicPartition[],
    options: CallOptions = {},
  ): Promise<(OffsetAndMetadata | undefined)[]> {
    const groupId = this.#needGroup()
    const found = await this.#retry(
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
    const deadlineMs = this.#deadline(options)
    const all = offsets ?? this.#handedOut()
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
    return this.#handedOut()
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

  /** Offsets behind the last record (with `read_committed` behind the last stable one). */
  endOffsets(partitions: readonly TopicPartition[], options: CallOptions = {}): Promise<OffsetAtTime[]> {
    return this.#offsetsAt(
      partitions.map(one => ({ ...one, timestamp: LATEST })),
      options,
    )
  }

  /** Offsets of the first records that are still there. */
  beginningOffsets(
    partitions: readonly TopicPartition[],
    options: CallOptions = {},
  ): Promise<OffsetAtTime[]> {
    return this.#offsetsAt(
      partitions.map(one => ({ ...one, timestamp: EARLIEST })),
      options,
    )
  }

  /** Offsets of the first records at or after times; -1 where there is none. */
  offsetsForTimes(
    queries: readonly (TopicPartition & { readonly timestamp: number })[],
    options: CallOptions = {},
  ): Promise<OffsetAtTime[]> {
    return this.#offsetsAt(queries, options)
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
    return consumerMetrics(this.#measured)
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
      if (member !== undefined) await this.#revoke([...this.#assignment], timeoutMs, deadlineMs)
      else await this.#finishUp([...this.#assignment], timeoutMs, deadlineMs)
      await member?.leave(deadlineMs)
    } finally {
      this.#committer.close()
      this.#fetcher.close()
      this.#unfollowAll()
      await this.#cluster.close()
      this.#handout.wake()
    }
  }

  // --- inside ---------------------------------------------------------------------------------------------------------

  #begin(loop: 'iterating' | 'running'): void {
    this.#checkOpen()
    if (this.#loop !== 'none') {
      const message = 'This consumer hands records out already: one loop or run at a time.'
      throw new KafkaError('INVALID_ARGUMENT', message)
    }
    if (this.#subscription.kind === 'none') {
      throw new KafkaError('INVALID_ARGUMENT', 'Say what to read first: subscribe or assign.')
    }
    this.#loop = loop
    this.#committer.start()
    this.#fetcher.poke()
    if (this.#subscription.kind === 'assigned') return
    this.#member ??= this.#newMember()
    this.#member.start()
  }

  #newMember(): GroupMember {
    const host: GroupHost = {
      subscribedTopics: () => this.#topics,
      subscribedPattern: () =>
        this.#subscription.kind === 'pattern' ? this.#subscription.pattern : undefined,
      owned: () => this.#assignment.partitions(),
      revoke: (partitions, withinMs) => this.#revoke(this.#statesOf(partitions), withinMs),
      lose: partitions => this.#lose(this.#statesOf(partitions)),
      assign: partitions => this.#take(partitions),
      fail: error => this.#fail(error),
      busyForMs: () => this.#busyForMs(),
    }
    const isNew = this.#config['group.protocol'] === 'CONSUMER'
    return new (isNew ? HeartbeatMember : ClassicMember)(this.#cluster, this.#config, host)
  }

  #statesOf(partitions: readonly TopicPartition[]): PartitionState[] {
    return partitions.map(one => this.#assignment.get(one)).filter(state => state !== undefined)
  }

  async #take(partitions: readonly TopicPartition[]): Promise<void> {
    this.#rebalances++
    const states = partitions.map(one => this.#assignment.add(one))
    // Nothing is handed out before the listener had its say.
    for (const state of states) state.isRevoking = true
    await this.#tell('onAssigned', partitions)
    for (const state of states) state.isRevoking = false
    this.#fetcher.poke()
    this.#handout.wake()
  }

  async #revoke(states: readonly PartitionState[], withinMs: number, deadlineMs?: number): Promise<void> {
    for (const state of states) state.isRevoking = true
    await this.#finishUp(states, withinMs, deadlineMs)
    if (states.length > 0) {
      const isLate = states.some(state => state.active > 0) && !this.#isClosing
      await this.#tell(isLate ? 'onLost' : 'onRevoked', states.map(plain))
    }
    for (const state of states) this.#remove(state)
  }

  /** Waits for the application to finish what it has, and commits. */
  async #finishUp(states: readonly PartitionState[], withinMs: number, deadlineMs?: number): Promise<void> {
    this.#handout.wake()
    await this.#untilIdle(states, withinMs)
    if (!this.#committer.isAutomatic) return
    const commitBy = deadlineMs ?? this.#cluster.deadlineIn(Math.min(withinMs, COMMIT_MS))
    await this.#committer.commitFinished(states, commitBy)
  }

  async #lose(states: readonly PartitionState[]): Promise<void> {
    for (const state of states) state.isRevoking = true
    this.#cluster.logger.info('partitions were lost to other members', { partitions: states.map(nameOf) })
    if (states.length > 0) await this.#tell('onLost', states.map(plain))
    // Should they come back, nobody works on them still.
    await this.#untilIdle(states, this.#config['max.poll.interval.ms'])
    for (const state of states) this.#remove(state)
  }

  #remove(state: PartitionState): void {
    this.#assignment.remove(state)
    this.#samples.delete(state)
    if (state.active > 0) this.#strays.add(state)
    this.#handout.wake()
  }

  /** Waits until handlers are done with partitions; a loop is done when it asks for the next record. */
  async #untilIdle(states: readonly PartitionState[], withinMs: number): Promise<void> {
    const { clock } = this.#cluster
    const untilMs = clock.monotonicMs() + withinMs
    while (states.some(state => state.active > 0)) {
      // A loop may be what closes the consumer: what it has in hand stays unfinished.
      if (this.#isClosing && this.#loop === 'iterating') return
      const leftMs = untilMs - clock.monotonicMs()
      if (leftMs <= 0) return
      await new Promise<void>(resolve => {
        const timer = clock.timer(leftMs, done)
        const waiting = this.#idleWaiting
        function done() {
          timer.cancel()
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
      })
    }
  }
  readonly #idleWaiting = new Set<() => void>()

  async #tell(what: keyof RebalanceListener, partitions: readonly TopicPartition[]): Promise<void> {
    const listener = this.#listener
    try {
      if (what === 'onLost' && listener.onLost === undefined) await listener.onRevoked?.(partitions)
      else await listener[what]?.(partitions)
    } catch (error) {
      this.#cluster.logger.error(`the listener's ${what} failed`, { error: String(error) })
      this.#fail(
        new KafkaError('HANDLER', `The listener's ${what} failed: ${String(error)}`, { cause: error }),
      )
    }
  }

  /** Whoever takes records is told, once. */
  #fail(error: unknown): void {
    this.#failure = asKafkaError(error)
    this.#isFailed = true
    this.#handout.wake()
  }

  #isOver(): boolean {
    if (this.#isFailed) {
      this.#isFailed = false
      throw this.#failure
    }
    const wakeup = this.#wakeup
    if (wakeup !== undefined) {
      this.#wakeup = undefined
      throw wakeup
    }
    return this.#isClosing
  }

  #loopHost() {
    return {
      handout: this.#handout,
      maxPollRecords: this.#config['max.poll.records'],
      isOver: () => this.#isOver(),
      finished: (_state: PartitionState) => {
        if (this.#idleWaiting.size > 0) for (const done of [...this.#idleWaiting]) done()
      },
      ended: () => {
        this.#loop = 'none'
        for (const done of [...this.#idleWaiting]) done()
      },
    }
  }

  #runHost(): RunHost {
    const { clock, random, config, outside, logger } = this.#cluster
    return {
      ...this.#loopHost(),
      clock,
      random,
      backOff: { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] },
      traces: TracedHandlers.of(outside.telemetry, this.#config['group.id'], logger),
      delay: (ms, signal) => this.#cluster.delay(ms, signal),
    }
  }

  /** How long the application has had the same record in its hands: looked at by heartbeats, costs records nothing. */
  #busyForMs(): number {
    for (const state of this.#strays) if (state.active === 0) this.#strays.delete(state)
    if (this.#strays.size > 0) return Number.POSITIVE_INFINITY
    const now = this.#cluster.clock.monotonicMs()
    let longest = 0
    for (const state of this.#assignment) {
      const offset = state.inHandFrom
      if (offset === undefined || state.heldUntilMs > now) {
        this.#samples.delete(state)
        continue
      }
      const sample = this.#samples.get(state)
      if (sample?.offset === offset) longest = Math.max(longest, now - sample.sinceMs)
      else this.#samples.set(state, { offset, sinceMs: now })
    }
    return longest
  }

  #follow(): void {
    this.#unfollowAll()
    const { metadata } = this.#cluster
    const isAll = this.#subscription.kind === 'expression' || this.#subscription.kind === 'pattern'
    const topics = () => (isAll ? ('all' as const) : new Set([...this.#topics, ...this.#assignment.topics]))
    this.#unfollow = [metadata.follow({ topics }), metadata.onChange(() => this.#subscribedChanged())]
  }

  #unfollowAll(): void {
    for (const unfollow of this.#unfollow) unfollow()
    this.#unfollow = []
  }

  #subscribedChanged(): void {
    const topics = topicsOf(this.#subscription, this.#cluster, this.#config['exclude.internal.topics'])
    const isSame =
      topics.length === this.#topics.length && topics.every((topic, at) => topic === this.#topics[at])
    if (isSame) return
    this.#topics = topics
    this.#member?.subscriptionChanged()
  }

  async #search(partitions: readonly TopicPartition[], search: Search, options: CallOptions): Promise<void> {
    const states = partitions.map(one => this.#assignment.need(one))
    for (const state of states) {
      state.find(search)
      this.#moved(state)
    }
    await this.#untilFound(states, options)
  }

  #moved(state: PartitionState): void {
    this.#samples.delete(state)
    this.#fetcher.poke()
    this.#handout.wake()
  }

  async #untilFound(states: readonly PartitionState[], options: CallOptions): Promise<void> {
    this.#fetcher.poke()
    const deadlineMs = this.#deadline(options)
    while (states.some(state => !state.hasPosition && !state.isGone)) {
      const failed = states.find(state => state.failure !== undefined)
      if (failed !== undefined) throw failed.failure
      if (this.#cluster.clock.monotonicMs() >= deadlineMs) {
        throw new KafkaError('TIMED_OUT', `no position was found for ${states.map(nameOf).join(', ')}`)
      }
      await this.#cluster.delay(POLL_MS, options.signal)
    }
  }

  #offsetsAt(queries: readonly TimeQuery[], options: CallOptions): Promise<OffsetAtTime[]> {
    const isCommittedOnly = this.#config['isolation.level'] === 'read_committed'
    const deadlineMs = this.#deadline(options)
    return this.#retry(
      'asking for offsets',
      async () => {
        const topics = new Set(queries.map(({ topic }) => topic))
        await this.#cluster.metadata.ensure(topics, { deadlineMs })
        return listOffsetsEverywhere(this.#cluster, queries, isCommittedOnly)
      },
      options,
    )
  }

  #retry<T>(what: string, work: () => Promise<T>, options: CallOptions): Promise<T> {
    const groupId = this.#config['group.id']
    return this.#cluster.retry(what, this.#deadline(options), work, {
      ...(options.signal !== undefined && { signal: options.signal }),
      ...(groupId !== null && { coordinator: { kind: 'group', key: groupId } }),
    })
  }

  #deadline({ timeoutMs }: CallOptions): number {
    return this.#cluster.deadlineIn(timeoutMs ?? this.#config['default.api.timeout.ms'])
  }

  /** What `commit` without offsets means. */
  #handedOut(): OffsetToCommit[] {
    const isLoop = this.#loop !== 'running'
    const offsets: OffsetToCommit[] = []
    for (const state of this.#assignment) {
      if (!state.hasPosition) continue
      const offset = isLoop ? state.position : state.finished
      if (offset === state.committed) continue
      const { topic, partition, positionEpoch } = state
      offsets.push({ topic, partition, offset, ...(positionEpoch >= 0 && { leaderEpoch: positionEpoch }) })
    }
    return offsets
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

/** How often calls look whether a position was found. */
const POLL_MS = 5
/** How long a rebalance waits for a commit. */
const COMMIT_MS = 10_000

function subscriptionTo(topics: readonly string[] | RegExp | BrokerPattern, isNew: boolean): Subscription {
  if (topics instanceof RegExp) return { kind: 'expression', expression: topics }
  if (Array.isArray(topics)) return { kind: 'names', names: [...new Set(topics as readonly string[])] }
  if (isNew) return { kind: 'pattern', pattern: (topics as BrokerPattern).pattern }
  const message =
    'Patterns that the broker matches need group.protocol=consumer. Give a RegExp to match here.'
  throw new KafkaError('INVALID_ARGUMENT', message)
}

/** What brokers are told of this consumer beside its metrics (KIP-714). */
function labelsOf(config: ConsumerConfig, member: GroupMetadata | undefined): Record<string, string> {
  const labels = {
    group_id: config['group.id'],
    group_instance_id: config['group.instance.id'],
    group_member_id: member?.memberId,
    client_rack: config['client.rack'],
  }
  const set = Object.entries(labels).filter(([, value]) => typeof value === 'string' && value !== '')
  return Object.fromEntries(set) as Record<string, string>
}

function mixed(): KafkaError {
  return new KafkaError('INVALID_ARGUMENT', 'Use either subscribe or assign; unsubscribe comes between them.')
}

function checkOffset(offset: number): number {
  if (Number.isSafeInteger(offset) && offset >= 0) return offset
  throw new KafkaError('INVALID_ARGUMENT', `An offset is a whole number of at least 0, not ${offset}.`)
}

function plain({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

export type { RecordBatch }
