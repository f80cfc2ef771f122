import { type Outcome, Results } from '../admin/results.ts'
import { Cluster } from '../cluster/index.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import type { Outside } from '../outside.ts'
import type { ConsumerRecord, TopicPartition } from '../records/index.ts'
import type { Deserializer } from '../serializers/serializer.ts'
import { TracedHandlers } from '../telemetry/traced-handlers.ts'
import { type AcknowledgeType, GAP, acknowledgeCodes } from './acknowledgements.ts'
import { decodeAcquired } from './decode-acquired.ts'
import { InHand } from './in-hand.ts'
import { ReadyRecords } from './ready-records.ts'
import { type ShareConsumerConfig, shareConsumerConfig } from './share-consumer-config.ts'
import { ShareMember } from './share-member.ts'
import { ShareCounts, type ShareState, registerMetrics, shareMetrics } from './share-metrics.ts'
import { type FetchAnswer, type FetchedPartition, type LeaderHint, ShareNode } from './share-node.ts'
import type { SharePartition } from './share-partition.ts'
import { type ShareRunOptions, runShare } from './share-run.ts'

/** What a share consumer needs that is not text. */
export interface ShareConsumerOptions<K, V> extends Outside {
  /** Reads keys. Default: bytes as they are. */
  readonly key?: Deserializer<K>
  /** Reads values. Default: bytes as they are. */
  readonly value?: Deserializer<V>
  /** Told what became of acknowledgements, also of those that nobody awaits; `error` undefined when they were taken. */
  readonly onAcknowledged?: (
    partition: TopicPartition,
    offsets: readonly number[],
    error: KafkaError | undefined,
  ) => void
}

/** A record that a share consumer works on, and nobody else until its lock expires. */
export interface ShareRecord<K = Uint8Array, V = Uint8Array> extends ConsumerRecord<K, V> {
  /** How often the record was delivered, this time included. */
  readonly deliveryCount: number
}

export interface PollOptions {
  /** Milliseconds to wait for records. Default: as long as it takes. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * A member of a share group (KIP-932): members take records of the same partitions, each record goes to one of them at a
 * time, and comes again to somebody when it is not acknowledged in time. A queue, with as many consumers as wanted.
 *
 * ```ts
 * await using consumer = new ShareConsumer({ 'bootstrap.servers': 'localhost:9092', 'group.id': 'work' })
 * consumer.subscribe(['jobs'])
 * await consumer.run({ concurrency: 8, eachRecord: record => doJob(record) })
 * ```
 *
 * With `share.acknowledgement.mode=implicit` asking for more records (the next turn of a loop, the next `poll`) accepts
 * those before. With `explicit`, `acknowledge` says what becomes of each. What is acknowledged is told to the broker in
 * the background; `commit` waits until it is. What was not acknowledged at `close` goes to others at once.
 */
export class ShareConsumer<K = Uint8Array, V = Uint8Array> implements AsyncDisposable {
  readonly #cluster: Cluster
  readonly #config: ShareConsumerConfig
  readonly #options: ShareConsumerOptions<K, V>
  readonly #member: ShareMember
  readonly #nodes = new Map<number, ShareNode>()
  readonly #inHand = new InHand()
  readonly #ready: ReadyRecords<K, V>
  readonly #listeners = new Set<(partition: TopicPartition, error: KafkaError | undefined) => void>()
  #topics: readonly string[] = []
  #assigned: readonly SharePartition[] = []
  /** Handed to the application, which accepts them by asking for more. */
  #handedOut: readonly ShareRecord<K, V>[] = []
  #lockTimeoutMs: number | undefined
  readonly #counts = new ShareCounts()
  #isClosed = false
  #closing: Promise<void> | undefined

  /** Connects to nothing yet. Throws `KafkaError` INVALID_CONFIG. */
  constructor(config: ConfigEntries<typeof shareConsumerConfig>, options: ShareConsumerOptions<K, V> = {}) {
    this.#config = readConfig(shareConsumerConfig, config, options.logger)
    this.#options = options
    const groupId = this.#config['group.id']
    if (groupId === null || groupId === '')
      throw new KafkaError('INVALID_CONFIG', 'group.id is not set: a share consumer belongs to a group.')
    this.#cluster = new Cluster(this.#config, options, { role: 'consumer', labels: () => this.#labels() })
    registerMetrics(this.#cluster.metrics, this.#counts, () => this.#state())
    this.#ready = new ReadyRecords<K, V>(this.#cluster.clock, options.key, options.value)
    this.#member = new ShareMember(this.#cluster, groupId, this.#config['client.rack'], {
      subscribedTopics: () => this.#topics,
      assigned: partitions => this.#assign(partitions),
      fail: error => this.#ready.fail(error),
    })
    this.#cluster.metadata.follow({ topics: () => this.#topics })
    this.#cluster.metadata.onChange(() => this.#assign(this.#assigned))
  }

  /** The topics subscribed to. */
  get subscription(): readonly string[] {
    return this.#topics
  }

  /** The partitions that the coordinator lets this member fetch now; other members may fetch them as well. */
  get assignment(): TopicPartition[] {
    return this.#assigned.map(({ topic, partition }) => ({ topic, partition }))
  }

  /** How long records are locked for this consumer, in milliseconds; undefined before the first records came. */
  get acquisitionLockTimeoutMs(): number | undefined {
    return this.#lockTimeoutMs
  }

  /** Subscribes to topics, in place of those before, and joins the group. */
  subscribe(topics: readonly string[]): void {
    this.#mustBeOpen()
    if (topics.length === 0)
      throw new KafkaError(
        'INVALID_ARGUMENT',
        'Name the topics to subscribe to; unsubscribe() gives them up.',
      )
    this.#topics = [...new Set(topics)]
    if (this.#member.isStarted) this.#member.subscriptionChanged()
    else this.#member.start()
  }

  /** Gives all topics up; what was received may still be acknowledged. */
  unsubscribe(): void {
    this.#mustBeOpen()
    this.#topics = []
    if (this.#member.isStarted) this.#member.subscriptionChanged()
  }

  /**
   * The next records, about `max.poll.records` at most; none when the time is up. With implicit acknowledgement the
   * records before are accepted. Rejects with `KafkaError`: what keeps this consumer from its group or its records,
   * DESERIALIZATION (the record is released), ABORTED, CLOSED.
   */
  async poll(options: PollOptions = {}): Promise<ShareRecord<K, V>[]> {
    const records = await this.#take(this.#config['max.poll.records'], options)
    if (this.#isImplicit) this.#handedOut = records
    return records
  }

  /** Records one by one, for ever; asking for the next one accepts the one before, with implicit acknowledgement. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ShareRecord<K, V>, void, undefined> {
    while (!this.#isClosed) {
      for (const record of await this.#takeOpen(1)) {
        if (this.#isImplicit) this.#handedOut = [record]
        yield record
      }
    }
  }

  /** Records in groups as `poll` gives them, for ever. */
  async *batches(): AsyncGenerator<ShareRecord<K, V>[], void, undefined> {
    while (!this.#isClosed) {
      const records = await this.#takeOpen(this.#config['max.poll.records'])
      if (records.length === 0) continue
      if (this.#isImplicit) this.#handedOut = records
      yield records
    }
  }

  /**
   * Lets a function handle each record, several at a time. What it finishes is accepted, what it fails at is released
   * unless `onError` says otherwise; the lock on a record is renewed while the function is at it.
   *
   * Resolves when `signal` is given or the consumer is closed, after the handlers have finished.
   */
  run(options: ShareRunOptions<K, V>): Promise<void> {
    this.#mustBeOpen()
    return runShare(
      {
        clock: this.#cluster.clock,
        take: signal => this.#takeOpen(1, signal),
        acknowledge: (record, type) => this.#acknowledgeHeld(record, type),
        lockTimeoutMs: () => this.#lockTimeoutMs,
        logger: this.#cluster.logger,
        traces: TracedHandlers.of(this.#options.telemetry, this.#config['group.id'], this.#cluster.logger),
        flush: () => this.#flush(),
      },
      options,
    )
  }

  /**
   * Says what becomes of a record. Throws INVALID_ARGUMENT for a record that is not this consumer's any more because it
   * was acknowledged before.
   */
  acknowledge(record: TopicPartition & { readonly offset: number }, type: AcknowledgeType = 'ACCEPT'): void {
    this.#mustBeOpen()
    const { topic, partition, offset } = record
    if (this.#acknowledgeHeld(record, type)) return
    const message = `The record at offset ${offset} of ${topic}-${partition} is not in this consumer's hands: it was acknowledged before, or never received.`
    throw new KafkaError('INVALID_ARGUMENT', message)
  }

  /**
   * Tells brokers what was acknowledged so far, records before included with implicit acknowledgement. The results say
   * for each partition whether its broker took it; INVALID_RECORD_STATE means that the lock on a record had expired.
   */
  async commit(options: { readonly timeoutMs?: number } = {}): Promise<Results<TopicPartition, undefined>> {
    this.#mustBeOpen()
    this.#acceptHandedOut()
    const outcomes = new Map<string, Outcome<TopicPartition, undefined>>()
    const listener = ({ topic, partition }: TopicPartition, error: KafkaError | undefined) => {
      const key = `${topic}-${partition}`
      const item = { topic, partition }
      if (error !== undefined) outcomes.set(key, { item, error })
      else if (!outcomes.has(key)) outcomes.set(key, { item, value: undefined })
    }
    this.#listeners.add(listener)
    try {
      await this.#within(this.#flush(), options.timeoutMs ?? this.#config['default.api.timeout.ms'])
    } finally {
      this.#listeners.delete(listener)
    }
    return new Results([...outcomes.values()])
  }

  /** Measurements by Kafka's names. */
  metrics(): Record<string, number> {
    return { ...this.#cluster.metrics.byName(), ...shareMetrics(this.#counts, this.#state()) }
  }

  /**
   * Tells brokers what was acknowledged, leaves the group and closes all connections. What was not acknowledged goes to
   * other members at once.
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.timeoutMs ?? 30_000)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#isClosed = true
    this.#ready.close()
    const deadlineMs = this.#cluster.deadlineIn(timeoutMs)
    const nodes = Promise.all([...this.#nodes.values()].map(node => node.close()))
    await this.#within(nodes, timeoutMs).catch(() => {})
    await this.#within(this.#member.leave(deadlineMs), timeoutMs).catch(() => {})
    await this.#cluster.close()
  }

  #state(): ShareState {
    return { assigned: this.#assigned.length, inHand: this.#inHand.size, ready: this.#ready.size }
  }

  /** What brokers are told of this consumer beside its metrics (KIP-714). */
  #labels(): Record<string, string> {
    const { 'group.id': groupId, 'client.rack': rack } = this.#config
    const labels = { group_id: groupId!, group_member_id: this.#member.memberId }
    return rack === '' ? labels : { ...labels, client_rack: rack }
  }

  get #isImplicit(): boolean {
    return this.#config['share.acknowledgement.mode'] === 'implicit'
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new KafkaError('CLOSED')
  }

  /** Like `#take`; nothing once the consumer is closed. */
  async #takeOpen(max: number, signal?: AbortSignal): Promise<ShareRecord<K, V>[]> {
    try {
      return await this.#take(max, signal === undefined ? {} : { signal })
    } catch (error) {
      if (error instanceof KafkaError && error.code === 'CLOSED') return []
      throw error
    }
  }

  async #take(max: number, options: PollOptions): Promise<ShareRecord<K, V>[]> {
    this.#mustBeOpen()
    if (this.#topics.length === 0 && this.#ready.size === 0)
      throw new KafkaError('INVALID_ARGUMENT', 'Subscribe to topics first.')
    this.#acceptHandedOut()
    const records = this.#ready.take(max, options)
    // Whoever waits makes the nodes fetch.
    for (const node of this.#nodes.values()) node.work()
    return records
  }

  #acceptHandedOut(): void {
    const records = this.#handedOut
    this.#handedOut = []
    for (const record of records) this.#acknowledgeHeld(record, 'ACCEPT')
  }

  #acknowledgeHeld(record: TopicPartition & { readonly offset: number }, type: AcknowledgeType): boolean {
    const origin = this.#inHand.origin(record, record.offset)
    if (origin === undefined) return false
    if (type !== 'RENEW') this.#inHand.remove(record, record.offset)
    origin.node.acknowledge(origin.partition, record.offset, acknowledgeCodes[type])
    return true
  }

  #assign(partitions: readonly SharePartition[]): void {
    this.#assigned = partitions
    const { metadata } = this.#cluster
    const byNode = new Map<number, SharePartition[]>()
    for (const partition of partitions) {
      const leader = metadata.leaderOf(partition.topic, partition.partition)
      if (leader === undefined) continue
      byNode.set(leader.nodeId, [...(byNode.get(leader.nodeId) ?? []), partition])
    }
    for (const id of byNode.keys()) if (!this.#nodes.has(id)) this.#nodes.set(id, this.#newNode(id))
    for (const [id, node] of this.#nodes) {
      node.want(byNode.get(id) ?? [])
      node.work()
    }
  }

  #newNode(id: number): ShareNode {
    const config = this.#config
    return new ShareNode(id, {
      cluster: this.#cluster,
      settings: {
        groupId: config['group.id']!,
        memberId: this.#member.memberId,
        maxWaitMs: config['fetch.max.wait.ms'],
        minBytes: config['fetch.min.bytes'],
        maxBytes: config['fetch.max.bytes'],
        maxRecords: config['max.poll.records'],
        acquireMode: config['share.acquire.mode'] === 'RECORD_LIMIT' ? 1 : 0,
      },
      wantsRecords: () => this.#ready.isWanted,
      received: (node, partition, answer) => this.#received(node, partition, answer),
      settled: (partition, offsets, error) => this.#settled(partition, offsets, error),
      lockTimeout: ms => {
        this.#lockTimeoutMs = ms
      },
      leaderMoved: (partition, leader, endpoints) => this.#leaderMoved(partition, leader, endpoints),
      fail: error => this.#ready.fail(error),
    })
  }

  #received(node: ShareNode, partition: SharePartition, answer: FetchedPartition): void {
    if (answer.acquiredRecords.length === 0) return
    this.#counts.bytes += answer.records?.length ?? 0
    const { topic, partition: index } = partition
    const { records, gaps, unreadable } = decodeAcquired(answer, {
      topic,
      partition: index,
      checkCrcs: this.#config['check.crcs'],
      maxInflatedBytes: this.#config['fetch.max.bytes'] * 64,
    })
    for (const offset of gaps) node.acknowledge(partition, offset, GAP)
    for (const offset of unreadable) node.acknowledge(partition, offset, acknowledgeCodes.REJECT)
    if (unreadable.length > 0) this.#ready.fail(corrupt(partition, unreadable))
    this.#counts.records += records.length
    for (const { offset } of records) this.#inHand.add(offset, { node, partition })
    this.#ready.add(records as unknown as ShareRecord<Uint8Array, Uint8Array>[], record => {
      this.#acknowledgeHeld(record, 'RELEASE')
    })
  }

  #settled(partition: SharePartition, offsets: readonly number[], error: KafkaError | undefined): void {
    if (error === undefined) this.#counts.acknowledged += offsets.length
    else this.#counts.acknowledgeErrors += offsets.length
    if (error !== undefined) {
      const { topic, partition: index } = partition
      this.#cluster.logger.debug('records could not be acknowledged', {
        ...{ topic, partition: index, count: offsets.length, error: error.message },
      })
    }
    for (const listener of this.#listeners) listener(partition, error)
    this.#options.onAcknowledged?.({ topic: partition.topic, partition: partition.partition }, offsets, error)
  }

  #leaderMoved(
    { topic, partition }: SharePartition,
    { leaderId, leaderEpoch }: LeaderHint,
    endpoints: FetchAnswer['nodeEndpoints'],
  ): void {
    const { metadata } = this.#cluster
    const endpoint = endpoints.find(({ nodeId }) => nodeId === leaderId)
    const isNews = leaderId >= 0 && metadata.updateLeader(topic, partition, leaderId, leaderEpoch, endpoint)
    if (!isNews) metadata.invalidate(topic)
  }

  async #flush(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map(node => node.flush()))
  }

  async #within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
    const { clock } = this.#cluster
    return new Promise((resolve, reject) => {
      const timer = clock.timer(timeoutMs, () => {
        reject(new KafkaError('TIMED_OUT', `brokers were not told within ${timeoutMs} ms.`))
      })
      work.then(resolve, error => reject(asKafkaError(error))).finally(() => timer.cancel())
    })
  }
}

function corrupt({ topic, partition }: SharePartition, offsets: readonly number[]): KafkaError {
  const message = `${offsets.length} records of ${topic}-${partition} from offset ${offsets[0]} on cannot be read: they were rejected.`
  return new KafkaError('CORRUPT_MESSAGE', message, { retry: 'no' })
}
