import { Alarm, type Clock } from '@samsa/base'
import { recordBytesMax } from '@samsa/protocol'
import type { Cluster } from '../cluster/index.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import { Batch, type BulkPlace, type EncodableRecord } from './batch.ts'
import { BufferMemory } from './buffer-memory.ts'
import { BufferPool } from './buffer-pool.ts'
import { RecordDelivery } from './delivery.ts'
import { Lane, type LaneRules } from './lane.ts'
import type { Partitioner } from './partitioner/partitioner.ts'
import { ProduceError } from './produce-error.ts'
import type { ProducerMetrics } from './producer-metrics.ts'
import type { Sender } from './sender.ts'
import { TopicWriter, type WaitingRecord } from './topic-writer.ts'

export interface AccumulatorOptions {
  readonly cluster: Cluster
  readonly metrics: ProducerMetrics
  readonly partitioner: Partitioner
  readonly rules: LaneRules
  /** A record was given up before it was written into a batch. */
  readonly onRefused: (error: KafkaError) => void
  readonly bufferBytes: number
  readonly requestBytesMax: number
  readonly maxBlockMs: number
  readonly topicIdleMs: number
  /** 0: partitions count as available however slow their brokers are. */
  readonly availabilityTimeoutMs: number
}

/** A batch that cannot leave takes records up to this size, or `batch.size` if that is larger. */
const BACKED_UP_BATCH_BYTES = 256 * 1024
/** A batch begins with this much memory, unless the one before it needed more. */
const FIRST_BATCH_BYTES = 1024
/** Bytes of records that are kept for later at most, when they are idle. */
const POOL_BYTES_MAX = 8 * 1024 * 1024
const UNLIMITED = Number.MAX_SAFE_INTEGER

/**
 * Takes records and writes them into the batches of their partitions. Records that cannot be written at once wait, in
 * order within their topic, up to `max.block.ms`.
 */
export class Accumulator {
  readonly buffer: BufferMemory
  readonly #options: AccumulatorOptions
  readonly #clock: Clock
  readonly #pool: BufferPool
  readonly #topics = new Map<string, TopicWriter>()
  readonly #waitingTopics = new Set<TopicWriter>()
  /** Set for when the first of those that wait is to be given up. */
  readonly #alarm: Alarm
  readonly #readers: (() => void)[] = []
  readonly #leavers: { readonly ordinal: number; readonly done: () => void }[] = []
  readonly #unfollow: () => void
  readonly #unlisten: () => void
  #sender!: Sender
  #waitingCount = 0
  #nextOrdinal = 0
  #isPumpDue = false
  #lastTopic: TopicWriter | undefined

  constructor(options: AccumulatorOptions) {
    const { cluster, bufferBytes } = options
    this.#options = options
    this.#clock = cluster.clock
    this.#alarm = new Alarm(this.#clock, () => this.#pumpSoon())
    this.buffer = new BufferMemory(bufferBytes, () => this.#pumpSoon())
    this.#pool = new BufferPool(Math.min(POOL_BYTES_MAX, bufferBytes))
    this.#unfollow = cluster.metadata.follow({ topics: () => this.#topicsInUse() })
    this.#unlisten = cluster.metadata.onChange(() => this.#metadataChanged())
  }

  /** Where batches go: known only after both were made. */
  sendThrough(sender: Sender): void {
    this.#sender = sender
  }

  /** Records that wait outside of the buffer. */
  get waitingCount(): number {
    return this.#waitingCount
  }

  /** Whether a record given now would be written at once, as far as room decides. */
  get hasRoom(): boolean {
    return this.#waitingCount === 0 && this.buffer.used < this.buffer.bytesMax
  }

  /** Whether records wait that a stored batch would make room for. */
  get isShort(): boolean {
    return this.#waitingCount > 0 && this.buffer.used > 0
  }

  /** Resolves when there is room, or when the producer is closed. */
  ready(): Promise<void> {
    if (this.hasRoom) return Promise.resolve()
    return new Promise(resolve => {
      this.#readers.push(resolve)
    })
  }

  /** Resolves when all records that wait now have been written or given up. */
  whenWritten(): Promise<void> {
    if (this.#waitingCount === 0) return Promise.resolve()
    return new Promise(done => {
      this.#leavers.push({ ordinal: this.#nextOrdinal, done })
    })
  }

  /** Takes a record. `target` is told what became of it; a `BulkPlace` may be changed after the call. */
  add(
    topicName: string,
    partition: number | undefined,
    encoded: EncodableRecord | Promise<EncodableRecord>,
    target: RecordDelivery | BulkPlace,
  ): void {
    const topic = this.#lastTopic?.name === topicName ? this.#lastTopic : this.#topic(topicName)
    if (encoded instanceof Promise) {
      this.#wait(topic, partition, undefined, target, encoded)
      return
    }
    if (topic.waiting.length === 0 && this.#write(topic, partition, encoded, target)) return
    this.#wait(topic, partition, encoded, target)
  }

  /** Gives up all records that wait. */
  failWaiting(error: (topic: string) => KafkaError): void {
    for (const topic of [...this.#waitingTopics]) {
      const failed = topic.waiting.splice(0)
      for (const waiting of failed) this.#fail(waiting, error(topic.name))
      this.#waitingCount -= failed.length
      this.#waitingTopics.delete(topic)
    }
    this.#notify()
  }

  close(): void {
    this.#alarm.cancel()
    this.#unfollow()
    this.#unlisten()
    for (const reader of this.#readers.splice(0)) reader()
  }

  #topic(name: string): TopicWriter {
    let topic = this.#topics.get(name)
    if (topic === undefined) {
      topic = new TopicWriter(name, this.#clock.monotonicMs(), {
        isAvailable: (topicName, partition) => this.#isAvailable(topicName, partition),
      })
      topic.partitionCount = this.#options.cluster.metadata.topic(name)?.partitions.length ?? 0
      this.#topics.set(name, topic)
    }
    this.#lastTopic = topic
    return topic
  }

  #isAvailable(topic: string, partition: number): boolean {
    const leaderId = this.#options.cluster.metadata.topic(topic)?.partitions[partition]?.leaderId ?? -1
    if (leaderId < 0) return false
    const timeoutMs = this.#options.availabilityTimeoutMs
    return timeoutMs === 0 || this.#sender.blockedMs(leaderId) <= timeoutMs
  }

  /** Writes a record into a batch, or fails it for good; false when it has to wait. */
  #write(
    topic: TopicWriter,
    wanted: number | undefined,
    record: EncodableRecord,
    target: RecordDelivery | BulkPlace,
  ): boolean {
    const error = this.#problemOf(topic.name, wanted, record)
    if (error !== undefined) {
      this.#failTarget(target, error)
      return true
    }
    const bytesWanted = (record.key?.length ?? 0) + (record.value?.length ?? 0)
    if (topic.partitionCount === 0 || !this.#hasRoomFor(bytesWanted)) return false
    if (wanted !== undefined && wanted >= topic.partitionCount) return false
    try {
      const partition = wanted ?? this.#partitionOf(topic, record)
      const bytes = this.#append(topic, partition, record, target)
      if (wanted === undefined) this.#options.partitioner.written?.(topic, partition, bytes)
    } catch (thrown) {
      this.#failTarget(target, handlerError(topic.name, thrown))
    }
    return true
  }

  /** A record larger than the whole buffer would wait for ever: it is let in when the buffer is empty. */
  #hasRoomFor(bytes: number): boolean {
    return this.buffer.hasRoomFor(bytes) || this.buffer.used === 0
  }

  #partitionOf(topic: TopicWriter, record: EncodableRecord): number {
    const partition = this.#options.partitioner.partition(topic, record)
    if (Number.isInteger(partition) && partition >= 0 && partition < topic.partitionCount) return partition
    const what = `the partitioner chose ${partition}, and the topic has the partitions 0 to ${topic.partitionCount - 1}.`
    throw new ProduceError('HANDLER', topic.name, -1, what, { advice: 'Mend the partitioner.' })
  }

  #problemOf(topic: string, wanted: number | undefined, record: EncodableRecord): ProduceError | undefined {
    const { key, value, headers, timestamp } = record
    const { requestBytesMax } = this.#options
    // No character takes more than three bytes: most records need not be measured.
    const isSmall =
      3 * ((key?.length ?? 0) + (value?.length ?? 0)) + 64 <= requestBytesMax && headers.length === 0
    if (!isSmall) {
      const bytes = recordBytesMax(key, value, headers)
      const limit = Math.min(requestBytesMax, this.buffer.bytesMax)
      if (bytes > limit) {
        const key = requestBytesMax <= this.buffer.bytesMax ? 'max.request.size' : 'buffer.memory'
        const what = `the record takes up to ${bytes} bytes, more than ${key} (${limit}).`
        return new ProduceError('MESSAGE_TOO_LARGE', topic, wanted ?? -1, what, {
          advice: `Send smaller records, or raise ${key} (and the topic's max.message.bytes).`,
        })
      }
    }
    if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
      const what = `${timestamp} is no timestamp: milliseconds since the epoch are wanted, a whole number.`
      return new ProduceError('INVALID_ARGUMENT', topic, wanted ?? -1, what)
    }
    if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 0)) {
      return new ProduceError('INVALID_ARGUMENT', topic, -1, `${wanted} is no partition number.`)
    }
    return undefined
  }

  #append(
    topic: TopicWriter,
    partition: number,
    record: EncodableRecord,
    target: RecordDelivery | BulkPlace,
  ): number {
    const lane = topic.lanes[partition] ?? this.#newLane(topic, partition)
    const { batchBytes, lingerMs } = this.#options.rules
    const open = lane.open
    if (open !== undefined) {
      const lengthBefore = open.length
      const bytes = open.add(record, target, lane.batchBytesMax)
      if (bytes > 0) {
        lane.recordCount++
        this.buffer.reserve(bytes)
        if (lengthBefore < batchBytes && open.length >= batchBytes) this.#sender.wake()
        return bytes
      }
    }
    const nowMs = this.#clock.monotonicMs()
    topic.lastUsedMs = nowMs
    const before = open?.length ?? lane.lastBatchBytes
    const expected = Math.max(FIRST_BATCH_BYTES, Math.min(before, lane.batchBytesMax))
    const batch = new Batch(lane, lane.recordCount, nowMs, expected, this.#pool)
    const bytes = batch.add(record, target, UNLIMITED)
    this.buffer.reserve(bytes)
    lane.recordCount++
    lane.waiting.push(batch)
    this.#sender.added(lane, batch)
    if (lingerMs === 0 || lane.waiting.length > 1 || batch.length >= batchBytes) this.#sender.wake()
    else this.#sender.wakeAt(nowMs + lingerMs)
    return bytes
  }

  #newLane(topic: TopicWriter, partition: number): Lane {
    const { rules, requestBytesMax } = this.#options
    const bytesMax = Math.max(rules.batchBytes, Math.min(BACKED_UP_BATCH_BYTES, requestBytesMax))
    const lane = new Lane(topic.name, partition, rules, bytesMax)
    topic.lanes[partition] = lane
    return lane
  }

  #wait(
    topic: TopicWriter,
    partition: number | undefined,
    record: EncodableRecord | undefined,
    target: RecordDelivery | BulkPlace,
    encoding?: Promise<EncodableRecord>,
  ): void {
    const waiting: WaitingRecord = {
      ordinal: this.#nextOrdinal++,
      deadlineMs: this.#clock.monotonicMs() + this.#options.maxBlockMs,
      partition,
      target: target instanceof RecordDelivery ? target : { bulk: target.bulk, index: target.index },
      record,
      wasRefreshed: false,
    }
    topic.waiting.push(waiting)
    this.#waitingCount++
    this.#waitingTopics.add(topic)
    this.#alarm.setFor(waiting.deadlineMs)
    encoding?.then(
      encoded => {
        waiting.record = encoded
        this.#pumpSoon()
      },
      error => this.#dropWaiting(topic, waiting, asKafkaError(error, 'SERIALIZATION')),
    )
    if (topic.partitionCount === 0) void this.#askMetadata(topic)
    else if (partition !== undefined && partition >= topic.partitionCount) this.#pumpSoon()
    else if (this.isShort) this.#sender.wake()
  }

  async #askMetadata(topic: TopicWriter): Promise<void> {
    if (topic.isAskingMetadata) return
    topic.isAskingMetadata = true
    const { metadata } = this.#options.cluster
    const deadlineMs = this.#clock.monotonicMs() + this.#options.maxBlockMs
    try {
      await metadata.ensure([topic.name], { deadlineMs, allowAutoCreation: true })
    } catch (error) {
      this.#metadataFailed(topic, asKafkaError(error))
    } finally {
      topic.isAskingMetadata = false
      topic.partitionCount = metadata.topic(topic.name)?.partitions.length ?? 0
      this.#pumpSoon()
    }
  }

  #metadataFailed(topic: TopicWriter, error: KafkaError): void {
    const nowMs = this.#clock.monotonicMs()
    for (const waiting of [...topic.waiting]) {
      if (error.retriable && waiting.deadlineMs > nowMs + 1) continue
      this.#dropWaiting(topic, waiting, this.#noMetadata(topic.name, error))
    }
  }

  #noMetadata(topic: string, error: KafkaError): ProduceError {
    const text = error.message.replace(/^[A-Z_]+: /, '')
    return new ProduceError(error.code, topic, -1, `no metadata of the topic could be had: ${text}`, {
      cause: error,
      advice: adviceWithoutMetadata(error),
      retry: error.retry,
    })
  }

  #metadataChanged(): void {
    for (const topic of this.#topics.values()) {
      topic.partitionCount = this.#options.cluster.metadata.topic(topic.name)?.partitions.length ?? 0
    }
    this.#pumpSoon()
    this.#sender.wake()
  }

  /** Topics nothing was sent to for long need not be kept up to date. Their lanes stay, for the sequence numbers. */
  #topicsInUse(): string[] {
    const idleSinceMs = this.#clock.monotonicMs() - this.#options.topicIdleMs
    const used = [...this.#topics.values()].filter(topic => topic.lastUsedMs >= idleSinceMs || !topic.isIdle)
    return used.map(({ name }) => name)
  }

  #pumpSoon(): void {
    if (this.#isPumpDue || (this.#waitingTopics.size === 0 && this.#readers.length === 0)) return
    this.#isPumpDue = true
    this.#clock.defer(() => {
      this.#isPumpDue = false
      this.#pump()
    })
  }

  /** Writes what can be written, and gives up what waited too long. */
  #pump(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const topic of [...this.#waitingTopics]) {
      this.#pumpTopic(topic, nowMs)
      if (topic.waiting.length === 0) this.#waitingTopics.delete(topic)
      else this.#alarm.setFor(topic.waiting[0]!.deadlineMs)
    }
    this.#notify()
  }

  #pumpTopic(topic: TopicWriter, nowMs: number): void {
    let done = 0
    for (const waiting of topic.waiting) {
      const { record, partition, target, deadlineMs } = waiting
      if (record !== undefined && this.#write(topic, partition, record, target)) done++
      else if (deadlineMs <= nowMs) {
        this.#fail(waiting, this.#lateError(topic, waiting))
        done++
      } else if (this.#lacksPartition(topic, waiting)) done++
      else break
    }
    topic.waiting.splice(0, done)
    this.#waitingCount -= done
    if (topic.waiting.length > 0 && topic.partitionCount === 0) void this.#askMetadata(topic)
  }

  /** Fails a record whose partition does not exist even by fresh metadata, which is asked for once. */
  #lacksPartition(topic: TopicWriter, waiting: WaitingRecord): boolean {
    const { partition } = waiting
    if (partition === undefined || topic.partitionCount === 0 || partition < topic.partitionCount)
      return false
    if (waiting.wasRefreshed) {
      const what = `the topic has the partitions 0 to ${topic.partitionCount - 1}, not ${partition}.`
      this.#fail(waiting, new ProduceError('INVALID_ARGUMENT', topic.name, partition, what))
      return true
    }
    const again = () => {
      for (const one of topic.waiting) one.wasRefreshed = true
      this.#pumpSoon()
    }
    this.#options.cluster.metadata.refresh().then(again, again)
    return false
  }

  #lateError(topic: TopicWriter, { record }: WaitingRecord): ProduceError {
    const after = `within max.block.ms (${this.#options.maxBlockMs} ms)`
    if (record === undefined)
      return new ProduceError('TIMED_OUT', topic.name, -1, `the serializer did not finish ${after}.`)
    if (topic.partitionCount === 0) {
      const { metadata } = this.#options.cluster
      const said = metadata.topicError(topic.name)
      if (said !== undefined)
        return this.#noMetadata(topic.name, new KafkaError(said, `nothing changed ${after}.`))
      const what = `no metadata of the topic could be had ${after}`
      const cause = metadata.lastFailure
      if (cause === undefined) return new ProduceError('TIMED_OUT', topic.name, -1, `${what}.`)
      const more = { cause, advice: adviceWithoutMetadata(cause) }
      return new ProduceError('TIMED_OUT', topic.name, -1, `${what}: ${cause.message}`, more)
    }
    return new ProduceError('BUFFER_FULL', topic.name, -1, `there was no room in the buffer ${after}.`, {
      advice: 'Wait for earlier sends or for producer.ready(), or raise buffer.memory.',
    })
  }

  #dropWaiting(topic: TopicWriter, waiting: WaitingRecord, error: KafkaError): void {
    const at = topic.waiting.indexOf(waiting)
    if (at < 0) return
    topic.waiting.splice(at, 1)
    this.#waitingCount--
    this.#fail(waiting, error)
    this.#pumpSoon()
  }

  #fail({ target }: WaitingRecord, error: KafkaError): void {
    this.#failTarget(target, error)
  }

  #failTarget(target: RecordDelivery | BulkPlace, error: KafkaError): void {
    this.#options.metrics.recordsRefused(1)
    this.#options.onRefused(error)
    if (target instanceof RecordDelivery) target.failed(error)
    else target.bulk.recordFailed(target.index, error)
  }

  #notify(): void {
    let oldest = Number.POSITIVE_INFINITY
    for (const topic of this.#waitingTopics) {
      const first = topic.waiting[0]
      if (first !== undefined && first.ordinal < oldest) oldest = first.ordinal
    }
    while (this.#leavers.length > 0 && this.#leavers[0]!.ordinal <= oldest) this.#leavers.shift()!.done()
    if (this.hasRoom) for (const reader of this.#readers.splice(0)) reader()
  }
}

function handlerError(topic: string, thrown: unknown): KafkaError {
  if (thrown instanceof ProduceError) return thrown
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return new ProduceError('HANDLER', topic, -1, `the partitioner failed: ${text}.`, {
    cause: thrown,
    advice: 'Mend the partitioner.',
  })
}

function adviceWithoutMetadata({ code }: KafkaError): string {
  if (code === 'UNKNOWN_TOPIC_OR_PARTITION')
    return 'Create the topic, or let the brokers do so (auto.create.topics.enable).'
  if (code === 'INVALID_TOPIC_EXCEPTION')
    return 'Use letters, digits, dots, underscores and dashes, at most 249.'
  if (code === 'TOPIC_AUTHORIZATION_FAILED') return 'Grant the principal Describe and Write on the topic.'
  return 'See that bootstrap.servers is right and the brokers run.'
}
