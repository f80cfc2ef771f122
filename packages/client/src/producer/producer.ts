import type { Clock } from '@samsa/base'
import { Cluster } from '../cluster/index.ts'
import { KafkaError, type KafkaErrorName, asKafkaError } from '../errors.ts'
import type { Outside } from '../outside.ts'
import type { ProducerRecord, RecordMetadata } from '../records/index.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { TracedSends } from '../telemetry/traced-sends.ts'
import { Accumulator } from './accumulator.ts'
import type { Batch, EncodableRecord } from './batch.ts'
import { BulkDelivery, type DeliveredRange, RecordDelivery } from './delivery.ts'
import type { LaneRules } from './lane.ts'
import { DefaultPartitioner } from './partitioner/default-partitioner.ts'
import type { Partitioner } from './partitioner/partitioner.ts'
import { RoundRobinPartitioner } from './partitioner/round-robin-partitioner.ts'
import { ProduceError } from './produce-error.ts'
import {
  type ProducerConfig,
  type ProducerConfigEntries,
  isRoundRobin,
  readProducerConfig,
} from './producer-config.ts'
import { ProducerMetrics, type ProducerState, producerMetrics, registerMetrics } from './producer-metrics.ts'
import { RecordEncoder } from './record-encoder.ts'
import { Sender } from './sender.ts'
import { IdempotentSession } from './sessions/idempotent-session.ts'
import { type Session, plainSession } from './sessions/session.ts'
import { TransactionalSession } from './sessions/transactional-session.ts'
import { type OffsetToCommit, Transaction, type TransactionGroup } from './transaction.ts'

/** What a producer needs that is not text. */
export interface ProducerOptions<K, V> extends Outside {
  /** Turns keys into bytes. Without one, keys are texts (sent as UTF-8) or bytes. */
  readonly key?: Serializer<K>
  /** Turns values into bytes. Without one, values are texts (sent as UTF-8) or bytes. */
  readonly value?: Serializer<V>
  /** Chooses partitions for records that do not name one, in place of Kafka's default. */
  readonly partitioner?: Partitioner
}

/** Records, at once or as they come. */
export type RecordSource<K, V> = Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>

/** After that many records of a bulk others get a turn, and what was written so far leaves. */
const BULK_TURN_RECORDS = 2048

/** Brokers remember the last five batches of a producer in a partition. */
const ON_WIRE_MAX = 5

/**
 * Sends records to Kafka: batched, idempotent unless told otherwise, in transactions if it has a `transactional.id`.
 *
 * ```ts
 * await using producer = new Producer({ 'bootstrap.servers': '127.0.0.1:9092' }, { value: serdes.json<Order>() })
 * const { partition, offset } = await producer.send({ topic: 'orders', key: order.id, value: order })
 * ```
 *
 * An open producer keeps the process alive, as long as it has connections: `close` it.
 */
export class Producer<K = string | Uint8Array, V = string | Uint8Array> implements AsyncDisposable {
  readonly config: ProducerConfig
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #encoder: RecordEncoder<K, V>
  readonly #accumulator: Accumulator
  readonly #sender: Sender
  readonly #metrics: ProducerMetrics
  /** Undefined when nobody wants spans. */
  readonly #traces: TracedSends | undefined
  readonly #transactions: TransactionalSession | undefined
  /** The bulk before the next one has been taken in up to here: bulks keep the order of their calls. */
  #lastBulk: Promise<void> | undefined
  #lastTransaction: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined
  #isClosed = false

  /** Begins to connect at once, in the background. Throws `KafkaError` INVALID_CONFIG. */
  constructor(entries: ProducerConfigEntries, options: ProducerOptions<K, V> = {}) {
    const config = readProducerConfig(entries)
    this.config = config
    this.#cluster = new Cluster(config, options, { role: 'producer', labels: () => labelsOf(config) })
    this.#traces = TracedSends.of(options.telemetry, this.#cluster.logger)
    this.#clock = this.#cluster.clock
    this.#metrics = new ProducerMetrics(this.#cluster.metrics)
    this.#encoder = new RecordEncoder(options.key, options.value)
    const session = this.#openSession()
    this.#transactions = session instanceof TransactionalSession ? session : undefined
    const rules = rulesOf(config)
    this.#accumulator = new Accumulator({
      cluster: this.#cluster,
      metrics: this.#metrics,
      partitioner: options.partitioner ?? partitionerOf(config, this.#cluster),
      rules,
      onRefused: error => session.noteFailure(error),
      bufferBytes: config['buffer.memory'],
      requestBytesMax: config['max.request.size'],
      maxBlockMs: config['max.block.ms'],
      topicIdleMs: config['metadata.max.idle.ms'],
      availabilityTimeoutMs: config['partitioner.adaptive.partitioning.enable']
        ? config['partitioner.availability.timeout.ms']
        : 0,
    })
    this.#sender = this.#makeSender(session)
    this.#accumulator.sendThrough(this.#sender)
    registerMetrics(this.#cluster.metrics, this.#metrics, () => this.#state())
  }

  /**
   * Sends a record and resolves once it is stored as `acks` demands. Records for one partition are stored in the order
   * of these calls. Rejects with `ProduceError`, a `KafkaError` that names topic and partition: BUFFER_FULL and TIMED_OUT
   * when time ran out (`max.block.ms`, `delivery.timeout.ms`), MESSAGE_TOO_LARGE, SERIALIZATION, what the broker refused
   * it for, CLOSED.
   *
   * Nothing holds back who does not await: see `ready`.
   */
  send(record: ProducerRecord<K, V>): Promise<RecordMetadata> {
    if (this.#traces === undefined) return this.#send(record)
    return this.#traces.record(record, traced => this.#send(traced))
  }

  #send(record: ProducerRecord<K, V>): Promise<RecordMetadata> {
    const delivery = new RecordDelivery()
    try {
      this.#checkUsable()
      this.#transactions?.checkOpen()
      const encoded = this.#encoder.encode(record, record.timestamp ?? this.#clock.now())
      this.#accumulator.add(record.topic, record.partition, encoded, delivery)
    } catch (error) {
      const failure = asKafkaError(error, 'INVALID_ARGUMENT')
      this.#transactions?.noteFailure(failure)
      delivery.failed(failure)
    }
    return delivery.promise
  }

  /**
   * Sends many records and resolves, once all are stored, to where they went: one entry for each run of offsets. Costs
   * one promise in all. Takes records only as there is room for them, so that a source of any length can be given; bulks
   * are taken in the order of their calls, while single records sent meanwhile may come between their records. Batches grow
   * beyond `batch.size`, up to 256 KB, while earlier records are under way.
   *
   * Rejects with `BulkSendError`, which lists each record that failed by its place in the bulk, and what was stored.
   */
  sendAll(records: RecordSource<K, V>): Promise<DeliveredRange[]> {
    if (this.#traces === undefined) return this.#sendAll(records)
    return this.#traces.bulk(records, traced => this.#sendAll(traced))
  }

  #sendAll(records: RecordSource<K, V>): Promise<DeliveredRange[]> {
    const bulk = new BulkDelivery()
    const before = this.#lastBulk
    const takenIn =
      before === undefined ? this.#takeIn(records, bulk) : before.then(() => this.#takeIn(records, bulk))
    const settled = takenIn.then(
      () => bulk.promise,
      error => Promise.reject(asKafkaError(error, 'HANDLER')),
    )
    const done = takenIn.then(
      () => {},
      () => {},
    )
    this.#lastBulk = done
    void done.then(() => {
      if (this.#lastBulk === done) this.#lastBulk = undefined
    })
    return settled
  }

  /** Resolves when there is room for another record: `await` it to be held back instead of filling memory. */
  ready(): Promise<void> {
    return this.#accumulator.ready()
  }

  /** Whether a record sent now would be buffered at once. */
  get hasRoom(): boolean {
    return this.#accumulator.hasRoom
  }

  /** Sends without lingering, and resolves when all records given before are stored or have failed. */
  async flush(): Promise<void> {
    if (this.#isClosed) return
    const stop = this.#sender.hurry()
    try {
      await this.#lastBulk
      await this.#accumulator.whenWritten()
      await this.#sender.flush()
    } finally {
      stop()
    }
  }

  /**
   * Gets the transactional id's producer id, and so fences an earlier instance, before the first transaction does.
   * Rejects with `KafkaError`: TIMED_OUT, TRANSACTIONAL_ID_AUTHORIZATION_FAILED, INVALID_TRANSACTION_TIMEOUT …
   */
  async initTransactions(): Promise<void> {
    this.#checkUsable()
    await this.#transactional().initialize()
  }

  /** Begins a transaction, to be ended by its `commit` or `abort`. One at a time. */
  async begin(): Promise<Transaction<K, V>> {
    this.#checkUsable()
    const session = this.#transactional()
    await session.begin()
    return new Transaction<K, V>({
      send: record => this.send(record),
      sendAll: records => this.sendAll(records),
      sendOffsets: (offsets: readonly OffsetToCommit[], group: TransactionGroup) =>
        session.sendOffsets(offsets, group),
      commit: () => this.#commit(session),
      abort: () => this.#abortTransaction(session),
      get failure() {
        return session.failure
      },
    })
  }

  /**
   * Runs `work` in a transaction: commits when it is done, aborts when it throws or a record failed, and then throws why.
   * Calls queue up: one transaction at a time. When the outcome of the commit could not be learnt (TIMED_OUT), the next
   * transaction begins by making sure of it.
   */
  transaction<T>(work: (transaction: Transaction<K, V>) => Promise<T> | T): Promise<T> {
    const run = this.#lastTransaction.then(() => this.#runTransaction(work))
    this.#lastTransaction = run.catch(() => {})
    return run
  }

  /** The producer's counters and gauges by Kafka's names. */
  metrics(): Record<string, number> {
    return { ...this.#cluster.metrics.byName(), ...producerMetrics(this.#metrics, this.#state()) }
  }

  #state(): ProducerState {
    return {
      buffer: this.#accumulator.buffer,
      requestsInFlight: this.#sender.requestsInFlight,
      recordsWaiting: this.#accumulator.waitingCount,
    }
  }

  /**
   * Waits until all records are stored or have failed, for `timeoutMs` at most (default: as long as it takes), gives up
   * the rest with CLOSED, aborts an open transaction and closes all connections. Later calls return the first one's promise.
   */
  close(options: { timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.timeoutMs)
    return this.#closing
  }

  /** Gives up everything that is not stored yet, with ABORTED, and closes. */
  abort(): Promise<void> {
    if (!this.#isClosed) this.#giveUpAll('ABORTED', 'the producer was aborted before the record was stored.')
    return this.close({ timeoutMs: 0 })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #openSession(): Session {
    const { config } = this
    const transactionalId = config['transactional.id']
    const onChange = () => this.#sender.wake()
    if (transactionalId !== null) {
      return new TransactionalSession({
        cluster: this.#cluster,
        transactionalId,
        transactionTimeoutMs: config['transaction.timeout.ms'],
        maxBlockMs: config['max.block.ms'],
        onChange,
        onFailed: (error, isFatal) =>
          this.#dropUnsent(
            isFatal ? error.code : 'ABORTED',
            `the transaction failed: ${error.message}`,
            error,
          ),
      })
    }
    if (!config['enable.idempotence']) return plainSession
    return new IdempotentSession({
      cluster: this.#cluster,
      timeoutMs: config['delivery.timeout.ms'],
      onChange,
      onFailure: error =>
        this.#sender.failAll(({ topic, partition }) => {
          const what = `no producer id could be had: ${error.message.replace(/^[A-Z_]+: /, '')}`
          return new ProduceError(error.code, topic, partition, what, { cause: error, advice: '' })
        }),
    })
  }

  #makeSender(session: Session): Sender {
    const { config } = this
    const compression = config['compression.type']
    return new Sender({
      cluster: this.#cluster,
      session,
      buffer: this.#accumulator.buffer,
      metrics: this.#metrics,
      acks: config.acks === '0' ? 0 : config.acks === '1' ? 1 : -1,
      compression,
      compressionLevel: levelOf(config),
      requestTimeoutMs: config['request.timeout.ms'],
      deliveryTimeoutMs: config['delivery.timeout.ms'],
      retries: config.retries,
      retryBackoff: { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] },
      requestsInFlightMax: config['max.in.flight.requests.per.connection'],
      requestBytesMax: config['max.request.size'],
      isBufferShort: () => this.#accumulator.isShort,
    })
  }

  /** Takes in all records of a bulk, pausing for room and so that others get their turn. */
  async #takeIn(records: RecordSource<K, V>, bulk: BulkDelivery): Promise<void> {
    const place = { bulk, index: 0 }
    const isSync = Symbol.iterator in records
    let sinceTurn = 0
    try {
      if (isSync) {
        for (const record of records as Iterable<ProducerRecord<K, V>>) {
          this.#takeOne(record, place)
          if (++sinceTurn < BULK_TURN_RECORDS && this.#accumulator.hasRoom) continue
          sinceTurn = 0
          await this.#turn()
        }
      } else {
        for await (const record of records) {
          this.#takeOne(record, place)
          if (!this.#accumulator.hasRoom) await this.#accumulator.ready()
        }
      }
    } finally {
      bulk.complete()
      // A source that fails throws; what it gave before is told by the bulk, whose failures must not count as unheard.
      bulk.promise.catch(() => {})
    }
  }

  #takeOne(record: ProducerRecord<K, V>, place: { bulk: BulkDelivery; index: number }): void {
    place.bulk.expect()
    try {
      this.#checkUsable()
      this.#transactions?.checkOpen()
      const encoded: EncodableRecord | Promise<EncodableRecord> = this.#encoder.encode(
        record,
        record.timestamp ?? this.#clock.now(),
      )
      this.#accumulator.add(record.topic, record.partition, encoded, place)
    } catch (error) {
      const failure = asKafkaError(error, 'INVALID_ARGUMENT')
      this.#transactions?.noteFailure(failure)
      place.bulk.recordFailed(place.index, failure)
    }
    place.index++
  }

  async #turn(): Promise<void> {
    await new Promise<void>(resolve => this.#clock.defer(resolve))
    if (!this.#accumulator.hasRoom) await this.#accumulator.ready()
  }

  #transactional(): TransactionalSession {
    if (this.#transactions !== undefined) return this.#transactions
    throw new KafkaError('INVALID_CONFIG', 'transactions need a transactional.id: give the producer one.')
  }

  async #runTransaction<T>(work: (transaction: Transaction<K, V>) => Promise<T> | T): Promise<T> {
    const transaction = await this.begin()
    let result: T
    try {
      result = await work(transaction)
      if (transaction.failure !== undefined) throw transaction.failure
      if (!transaction.isEnded) await transaction.commit()
    } catch (error) {
      const { failure } = transaction
      await this.#abortQuietly(transaction)
      // Records that were dropped because another failed are not the reason.
      throw (error as Partial<KafkaError>).code === 'ABORTED' ? (failure ?? error) : error
    }
    return result
  }

  /** Aborts because something else went wrong, which is what is to be thrown. */
  async #abortQuietly(transaction: Transaction<K, V>): Promise<void> {
    const state = this.#transactions?.state
    if (transaction.isEnded || (state !== 'open' && state !== 'failed')) return
    try {
      await transaction.abort()
    } catch (error) {
      // Whoever fenced this producer aborted its transaction, too.
      if (asKafkaError(error).code === 'PRODUCER_FENCED') return
      this.#cluster.logger.warn('a transaction could not be aborted: it ends by its timeout', {
        error: asKafkaError(error).message,
      })
    }
  }

  async #commit(session: TransactionalSession): Promise<void> {
    if (session.state === 'open') await this.flush()
    await session.end(true)
  }

  async #abortTransaction(session: TransactionalSession): Promise<void> {
    if (session.state === 'open' || session.state === 'failed') {
      session.stop()
      this.#dropUnsent('ABORTED', 'the transaction was aborted.')
      await this.flush()
    }
    await session.end(false)
  }

  #dropUnsent(code: KafkaErrorName, why: string, cause?: KafkaError): void {
    const options = { advice: '', ...(cause !== undefined && { cause }) }
    this.#accumulator.failWaiting(topic => new ProduceError(code, topic, -1, why, options))
    const errorOf = ({ topic, partition, mayBeStored }: Batch) =>
      new ProduceError(code, topic, partition, why, { ...options, mayBeStored })
    this.#sender.failAll(errorOf, { onlyUnsent: true })
  }

  async #close(timeoutMs: number | undefined): Promise<void> {
    const deadlineMs =
      timeoutMs === undefined ? Number.POSITIVE_INFINITY : this.#cluster.deadlineIn(timeoutMs)
    const orderly = this.#endOrderly()
    if (timeoutMs === undefined) await orderly
    else if (timeoutMs > 0) await this.#before(orderly, deadlineMs)
    this.#isClosed = true
    this.#giveUpAll('CLOSED', 'the producer was closed before the record was stored.')
    this.#sender.close()
    this.#accumulator.close()
    await this.#cluster.close()
    await orderly.catch(() => {})
  }

  async #endOrderly(): Promise<void> {
    const session = this.#transactions
    if (session !== undefined && (session.state === 'open' || session.state === 'failed')) {
      await this.#abortTransaction(session).catch(() => {})
    } else await this.flush()
  }

  async #before(work: Promise<void>, deadlineMs: number): Promise<void> {
    let stop: () => void = () => {}
    const late = new Promise<void>(resolve => {
      const timer = this.#clock.timer(Math.max(0, deadlineMs - this.#clock.monotonicMs()), resolve)
      stop = () => timer.cancel()
    })
    await Promise.race([work, late])
    stop()
  }

  #giveUpAll(code: 'CLOSED' | 'ABORTED', what: string): void {
    this.#accumulator.failWaiting(topic => new ProduceError(code, topic, -1, what, { advice: '' }))
    this.#sender.failAll(({ topic, partition, isOnWire, mayBeStored }) => {
      const unsure = isOnWire || mayBeStored
      const advice = unsure ? 'It may be stored nevertheless.' : ''
      return new ProduceError(code, topic, partition, what, { advice, mayBeStored: unsure })
    })
  }

  #checkUsable(): void {
    if (this.#closing !== undefined) throw new KafkaError('CLOSED', 'the producer is closed: make a new one.')
  }
}

/** What brokers are told of this producer beside its metrics (KIP-714). */
function labelsOf(config: ProducerConfig): Record<string, string> {
  const transactionalId = config['transactional.id']
  return transactionalId === null ? {} : { transactional_id: transactionalId }
}

function rulesOf(config: ProducerConfig): LaneRules {
  const inFlight = config['max.in.flight.requests.per.connection']
  return {
    isIdempotent: config['enable.idempotence'],
    // Without idempotence retries keep the order only when one batch is under way at a time.
    onWireMax: Math.min(inFlight, ON_WIRE_MAX),
    batchBytes: config['batch.size'],
    lingerMs: config['linger.ms'],
  }
}

function partitionerOf(config: ProducerConfig, cluster: Cluster): Partitioner {
  if (isRoundRobin(config)) return new RoundRobinPartitioner()
  const options = {
    ignoreKeys: config['partitioner.ignore.keys'],
    isAdaptive: config['partitioner.adaptive.partitioning.enable'],
    stickyBytes: Math.max(1, config['batch.size']),
  }
  return new DefaultPartitioner(options, cluster.random)
}

function levelOf(config: ProducerConfig): number | undefined {
  if (config['compression.type'] === 'zstd') return config['compression.zstd.level']
  if (config['compression.type'] === 'gzip') return config['compression.gzip.level']
  return undefined
}
