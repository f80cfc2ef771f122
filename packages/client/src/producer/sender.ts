import { type Clock, type Logger, type Random, type Timer, ZERO_UUID } from '@samsa/base'
import { type Compression, type ErrorName, Produce, errors, isRetriable } from '@samsa/protocol'
import { backOffMs } from '../cluster/back-off.ts'
import type { Cluster } from '../cluster/index.ts'
import { KafkaError, type KafkaErrorName, asKafkaError } from '../errors.ts'
import type { Batch } from './batch.ts'
import type { BufferMemory } from './buffer-memory.ts'
import type { Lane } from './lane.ts'
import { AnswerIndex, type LocatedAnswer, type ProduceAnswer } from './produce-answer.ts'
import { ProduceError } from './produce-error.ts'
import { type Parcel, produceDraft, versionMaxOf } from './produce-request.ts'
import type { ProducerMetrics } from './producer-metrics.ts'
import type { Session } from './sessions/session.ts'

export interface SenderOptions {
  readonly cluster: Cluster
  readonly session: Session
  readonly buffer: BufferMemory
  readonly metrics: ProducerMetrics
  readonly acks: -1 | 0 | 1
  readonly compression: Compression
  readonly compressionLevel: number | undefined
  readonly requestTimeoutMs: number
  readonly deliveryTimeoutMs: number
  readonly retries: number
  readonly retryBackoff: { readonly initialMs: number; readonly maxMs: number }
  readonly requestsInFlightMax: number
  readonly requestBytesMax: number
  /** Whether records wait for room: then batches leave without lingering. */
  readonly isBufferShort: () => boolean
}

/** What is under way to one broker. */
interface NodeLoad {
  readonly id: number
  requests: number
  /** Since when something waits because as many requests are under way as may be. */
  blockedSinceMs: number | undefined
}

/** Compression of this much and more happens off the event loop, with the codecs that take long. */
const COMPRESS_LATER_BYTES = 16 * 1024

/**
 * Sends batches: one request per broker with batches of many partitions, at most `requestsInFlightMax` under way to
 * each, and settles each batch once: stored, or given up with the reason.
 *
 * It works in turns: `wake` asks for one, however often; a turn looks at every lane that has something to send.
 */
export class Sender {
  readonly #options: SenderOptions
  readonly #clock: Clock
  readonly #random: Random
  readonly #logger: Logger
  /** Lanes with batches that could leave. Those that were served go to the end. */
  readonly #active = new Set<Lane>()
  readonly #nodes = new Map<number, NodeLoad>()
  /** Batches not settled, oldest first: what is to expire stands at the front. */
  readonly #unsettled = new Map<Batch, Lane>()
  readonly #flushes = new Set<Flush>()
  #isAwake = false
  #timer: Timer | undefined
  #timerAtMs = Number.POSITIVE_INFINITY
  #hurries = 0
  #isClosed = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.#clock = options.cluster.clock
    this.#random = options.cluster.random
    this.#logger = options.cluster.logger
  }

  get unsettledCount(): number {
    return this.#unsettled.size
  }

  get requestsInFlight(): number {
    let count = 0
    for (const node of this.#nodes.values()) count += node.requests
    return count
  }

  /** A lane has a new batch. */
  added(lane: Lane, batch: Batch): void {
    this.#unsettled.set(batch, lane)
    this.#active.add(lane)
  }

  /** How long a broker could not be sent to because it does not keep up; 0 when it can. */
  blockedMs(nodeId: number): number {
    const since = this.#nodes.get(nodeId)?.blockedSinceMs
    return since === undefined ? 0 : this.#clock.monotonicMs() - since
  }

  /** Asks for a turn soon: after what arrives in this turn of the event loop. */
  wake(): void {
    if (this.#isAwake || this.#isClosed) return
    this.#isAwake = true
    this.#clock.defer(() => this.#turn())
  }

  /** Asks for a turn at a point of the monotonic clock. */
  wakeAt(atMs: number): void {
    if (atMs >= this.#timerAtMs || this.#isClosed) return
    this.#timer?.cancel()
    this.#timerAtMs = atMs
    const delayMs = Math.max(0, atMs - this.#clock.monotonicMs())
    this.#timer = this.#clock.timer(delayMs, () => {
      this.#timer = undefined
      this.#timerAtMs = Number.POSITIVE_INFINITY
      this.wake()
    })
  }

  /** Batches leave without lingering until the returned function is called. */
  hurry(): () => void {
    this.#hurries++
    this.wake()
    return () => {
      this.#hurries--
    }
  }

  /** Resolves when every batch there is now is settled, whichever way. */
  flush(): Promise<void> {
    if (this.#unsettled.size === 0) return Promise.resolve()
    const stop = this.hurry()
    return new Promise(resolve => {
      const done = () => {
        stop()
        resolve()
      }
      this.#flushes.add({ left: new Set(this.#unsettled.keys()), done })
    })
  }

  /** Gives up every batch: those on the wire, too, unless `onlyUnsent`. */
  failAll(errorOf: (batch: Batch) => KafkaError, options: { onlyUnsent?: boolean } = {}): void {
    for (const [batch, lane] of [...this.#unsettled]) {
      if (options.onlyUnsent && batch.isOnWire) continue
      this.#giveUp(lane, batch, errorOf(batch))
    }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #turn(): void {
    this.#isAwake = false
    if (this.#isClosed) return
    const nowMs = this.#clock.monotonicMs()
    this.#expire(nowMs)
    while (this.#sendRound(nowMs));
  }

  /** One request to each broker that can take one. Returns whether another round may find more. */
  #sendRound(nowMs: number): boolean {
    const identity = this.#active.size === 0 ? undefined : this.#options.session.identity()
    if (identity === undefined) return false
    const loads = new Map<NodeLoad, Parcel[]>()
    const bytesOf = new Map<NodeLoad, number>()
    let isRenewed = false
    const isHurried = this.#hurries > 0 || this.#options.isBufferShort()
    for (const lane of this.#active) {
      if (!lane.hasWork) {
        this.#active.delete(lane)
        continue
      }
      if (lane.needsNewIdentity && lane.sent.length === 0 && lane.identity === identity) {
        this.#options.session.renew(identity)
        isRenewed ||= this.#options.session.identity() !== identity
        continue
      }
      const topic = this.#options.cluster.metadata.topic(lane.topic)
      const leaderId = topic?.partitions[lane.partition]?.leaderId ?? -1
      if (leaderId < 0) {
        // No leader now, or the topic is being created anew: metadata that changes wakes this sender, too.
        this.#options.cluster.metadata.invalidate(lane.topic)
        this.wakeAt(nowMs + this.#options.retryBackoff.maxMs)
        continue
      }
      const node = this.#node(leaderId)
      const batch = lane.next(nowMs, identity, isHurried)
      if (batch === undefined) {
        this.wakeAt(lane.wakeAtMs)
        continue
      }
      if (!this.#options.session.mayLeave(lane.topic, lane.partition)) continue
      if (node.requests >= this.#options.requestsInFlightMax) {
        node.blockedSinceMs ??= nowMs
        continue
      }
      if (!batch.isSealed && !this.#seal(lane, batch)) continue
      const bytes = bytesOf.get(node) ?? 0
      if (bytes > 0 && bytes + batch.length > this.#options.requestBytesMax) continue
      bytesOf.set(node, bytes + batch.length)
      const parcel = { lane, batch, topicId: topic?.id ?? ZERO_UUID, bytes: lane.leave(batch, identity) }
      const parcels = loads.get(node)
      if (parcels === undefined) loads.set(node, [parcel])
      else parcels.push(parcel)
    }
    for (const [node, parcels] of loads) {
      for (const { lane } of parcels) this.#moveToEnd(lane)
      this.#send(node, parcels)
    }
    return isRenewed || loads.size > 0
  }

  #moveToEnd(lane: Lane): void {
    this.#active.delete(lane)
    if (lane.hasWork) this.#active.add(lane)
  }

  #node(id: number): NodeLoad {
    let node = this.#nodes.get(id)
    if (node === undefined) {
      node = { id, requests: 0, blockedSinceMs: undefined }
      this.#nodes.set(id, node)
    }
    return node
  }

  /** Whether the batch can leave now; if not, the sender is woken when it can. */
  #seal(lane: Lane, batch: Batch): boolean {
    const { compression, compressionLevel, session } = this.#options
    const options = {
      compression,
      isTransactional: session.transactionalId !== null,
      ...(compressionLevel !== undefined && { level: compressionLevel }),
    }
    const rawBytes = batch.length
    const isSlow = compression === 'gzip' || compression === 'zstd'
    if (isSlow && rawBytes >= COMPRESS_LATER_BYTES) {
      batch.sealLater(options).then(
        () => {
          this.#options.metrics.compressed(rawBytes, batch.length)
          this.wake()
        },
        error => this.#giveUp(lane, batch, this.#localFailure(batch, error)),
      )
      return false
    }
    try {
      batch.seal(options)
    } catch (error) {
      this.#giveUp(lane, batch, this.#localFailure(batch, error))
      return false
    }
    this.#options.metrics.compressed(rawBytes, batch.length)
    return true
  }

  #localFailure({ topic, partition }: Batch, error: unknown): KafkaError {
    const text = error instanceof Error ? error.message : String(error)
    const what = `the batch cannot be compressed with ${this.#options.compression}: ${text}.`
    return new ProduceError('UNSUPPORTED', topic, partition, what, {
      cause: error,
      advice: 'Choose another compression.type, or install what the codec needs.',
    })
  }

  #send(node: NodeLoad, parcels: readonly Parcel[]): void {
    const { cluster, session, acks, requestTimeoutMs, metrics } = this.#options
    const { transactionalId } = session
    const draft = (version: number) =>
      produceDraft(parcels, version, { transactionalId, acks, timeoutMs: requestTimeoutMs })
    const versionMax = versionMaxOf(parcels, session.produceVersionMax)
    const options = {
      timeoutMs: requestTimeoutMs,
      ...(versionMax !== undefined && { maxVersion: versionMax }),
    }
    node.requests++
    node.blockedSinceMs = undefined
    metrics.requestSent(parcels)
    const answered =
      acks === 0
        ? cluster.sendOneWay(Produce, node.id, draft, options)
        : cluster.send(Produce, node.id, draft, options)
    answered.then(
      answer => this.#answered(node, parcels, answer ?? undefined),
      error => this.#unanswered(node, parcels, asKafkaError(error)),
    )
  }

  #answered(node: NodeLoad, parcels: readonly Parcel[], answer: ProduceAnswer | undefined): void {
    node.requests--
    if (answer === undefined) for (const parcel of parcels) this.#stored(parcel, -1, -1)
    else this.#readAnswer(parcels, answer)
    this.wake()
  }

  #readAnswer(parcels: readonly Parcel[], answer: ProduceAnswer): void {
    const names = new Map(parcels.map(({ batch, topicId }) => [topicId, batch.topic]))
    const index = new AnswerIndex(answer, id => names.get(id))
    for (const parcel of parcels) {
      const { topic, partition } = parcel.batch
      const located = index.of(topic, partition)
      if (located === undefined)
        this.#lost(parcel, new KafkaError('MALFORMED', `no answer for ${topic}-${partition}`))
      else if (located.answer.errorCode === 'NONE') {
        this.#stored(parcel, located.answer.baseOffset, located.answer.logAppendTimeMs)
      } else this.#refused(parcel, located, answer)
    }
  }

  #unanswered(node: NodeLoad, parcels: readonly Parcel[], error: KafkaError): void {
    node.requests--
    for (const parcel of parcels) {
      if (error.retriable) this.#options.cluster.metadata.invalidate(parcel.batch.topic)
      this.#lost(parcel, error)
    }
    this.wake()
  }

  /** No answer: the broker may have the batch. */
  #lost({ lane, batch }: Parcel, error: KafkaError): void {
    batch.isOnWire = false
    batch.mayBeStored = true
    if (error.retriable || error.code === 'MALFORMED') this.#tryAgain(lane, batch, error)
    else this.#giveUp(lane, batch, this.#failureOf(batch, error))
  }

  #stored({ lane, batch }: Parcel, baseOffset: number, appendTimestamp: number): void {
    lane.stored(batch)
    this.#settled(batch)
    const { topic, partition } = batch
    batch.delivered({ topic, partition, baseOffset, appendTimestamp })
    this.#options.metrics.stored(batch)
    release(batch)
    if (lane.hasWork) this.#active.add(lane)
  }

  #refused(parcel: Parcel, { answer, path }: LocatedAnswer, whole: ProduceAnswer): void {
    const { lane, batch } = parcel
    const { errorCode, errorMessage } = answer
    const { topic, partition } = batch
    batch.isOnWire = false
    if (errorCode === 'DUPLICATE_SEQUENCE_NUMBER') {
      this.#stored(parcel, -1, -1)
      return
    }
    const said = errorMessage === null || errorMessage === '' ? errors[errorCode].about : errorMessage
    const error = new KafkaError(errorCode, `${topic}-${partition}: ${said}`, { path })
    if (mayBeStoredAfter(errorCode)) batch.mayBeStored = true
    if (errorCode === 'MESSAGE_TOO_LARGE' && batch.recordCount > 1 && !batch.isSettled) {
      this.#split(lane, batch)
      return
    }
    if (this.#options.session.isIdempotent && isOutOfSequence(errorCode, this.#options.session)) {
      this.#outOfSequence(lane, batch, error)
      return
    }
    if (answer.recordErrors.length > 0) {
      this.#invalidRecords(lane, batch, answer, path)
      return
    }
    if (!isRetriable(errorCode)) {
      this.#giveUp(lane, batch, this.#failureOf(batch, error))
      return
    }
    const isMoved = this.#noteLeader(topic, partition, answer, whole)
    if (errors[errorCode].retry === 'refresh' && !isMoved) this.#options.cluster.metadata.invalidate(topic)
    this.#tryAgain(lane, batch, error, isMoved)
  }

  /** KIP-951: a refusal may name the new leader; whether it was news, so that nothing needs to be waited for. */
  #noteLeader(
    topic: string,
    partition: number,
    { currentLeader }: LocatedAnswer['answer'],
    whole: ProduceAnswer,
  ): boolean {
    const { leaderId, leaderEpoch } = currentLeader
    if (leaderId < 0 || leaderEpoch < 0) return false
    const endpoint = whole.nodeEndpoints.find(({ nodeId }) => nodeId === leaderId)
    return this.#options.cluster.metadata.updateLeader(topic, partition, leaderId, leaderEpoch, endpoint)
  }

  /**
   * The broker expected another sequence number. For any but the first batch that only says that one before it is
   * missing; for the first, that the broker lost its place.
   */
  #outOfSequence(lane: Lane, batch: Batch, error: KafkaError): void {
    batch.lastError = error
    batch.mayBeStored = false
    const isFirst = lane.sent[0] === batch
    if (isFirst && this.#options.session.transactionalId !== null) {
      this.#giveUp(lane, batch, this.#failureOf(batch, error))
      lane.startOver()
      return
    }
    if (!isFirst) {
      this.#tryAgain(lane, batch, error)
      return
    }
    this.#logger.info('a partition starts over with a new producer epoch', {
      topic: batch.topic,
      partition: batch.partition,
      reason: error.code,
    })
    lane.tryAgain(batch, 0)
    lane.startOver()
    this.#afterRefusal(lane, batch)
  }

  #tryAgain(lane: Lane, batch: Batch, error: KafkaError, isAtOnce = false): void {
    batch.lastError = error
    if (batch.isSettled || batch.attempts > this.#options.retries) {
      this.#giveUp(lane, batch, this.#failureOf(batch, error))
      return
    }
    const { stopped } = this.#options.session
    if (stopped !== undefined) {
      this.#giveUp(lane, batch, this.#failureOf(batch, stopped))
      return
    }
    const nowMs = this.#clock.monotonicMs()
    if (nowMs >= batch.createdAtMs + this.#options.deliveryTimeoutMs) {
      this.#giveUp(lane, batch, this.#expiryOf(batch))
      return
    }
    const pauseMs = isAtOnce ? 0 : backOffMs(this.#options.retryBackoff, batch.attempts, this.#random)
    this.#options.metrics.retried(batch)
    lane.tryAgain(batch, nowMs + pauseMs)
    this.#afterRefusal(lane, batch)
  }

  #afterRefusal(lane: Lane, batch: Batch): void {
    if (batch.isSettled) this.#giveUp(lane, batch, batch.lastError!)
    if (lane.hasWork) this.#active.add(lane)
    this.wake()
  }

  #split(lane: Lane, batch: Batch): void {
    const parts = batch.split(Math.max(1, Math.floor(batch.length / 2)))
    lane.batchBytesMax = Math.min(lane.batchBytesMax, Math.max(1, Math.floor(batch.length / 2)))
    this.#logger.info('the broker takes no batch as large as one of this partition: it is sent in parts', {
      topic: batch.topic,
      partition: batch.partition,
      bytes: batch.length,
      parts: parts.length,
    })
    batch.mayBeStored = false
    lane.giveUp(batch)
    for (const part of parts) {
      this.#options.buffer.reserve(part.bytesReserved)
      lane.putBack(part)
      this.added(lane, part)
    }
    for (const flush of this.#flushes)
      if (flush.left.has(batch)) for (const part of parts) flush.left.add(part)
    this.#settled(batch)
    release(batch)
    this.#options.metrics.split(batch)
    this.wake()
  }

  #invalidRecords(lane: Lane, batch: Batch, answer: LocatedAnswer['answer'], path: string): void {
    const { topic, partition } = batch
    const reasons = new Map(
      answer.recordErrors.map(({ batchIndex, batchIndexErrorMessage }) => [
        batchIndex,
        batchIndexErrorMessage,
      ]),
    )
    const errorAt = (at: number) => {
      const own = reasons.get(at)
      if (own === undefined) {
        return new ProduceError(
          answer.errorCode,
          topic,
          partition,
          'another record of the same batch is not valid.',
          {
            path,
            advice: 'This one can be sent again.',
          },
        )
      }
      const said = own ?? answer.errorMessage ?? errors[answer.errorCode].about
      return new ProduceError(answer.errorCode, topic, partition, `the broker refused the record: ${said}`, {
        path,
        advice: "Mend the record; the topic's configuration says what it takes.",
      })
    }
    this.#options.session.noteFailure(errorAt(answer.recordErrors[0]!.batchIndex))
    this.#options.metrics.failed(batch)
    lane.giveUp(batch)
    batch.failedEach(errorAt)
    this.#settled(batch)
    release(batch)
    if (lane.hasWork) this.#active.add(lane)
    this.wake()
  }

  /** Tells everybody who waits for the batch, and lets the lane go on without it. Those on the wire stay until answered. */
  #giveUp(lane: Lane, batch: Batch, error: KafkaError): void {
    if (!batch.isSettled) {
      this.#options.metrics.failed(batch)
      batch.failed(() => error)
      this.#options.session.noteFailure(error)
    }
    this.#settled(batch)
    if (!batch.isOnWire) lane.giveUp(batch)
    if (lane.hasWork) this.#active.add(lane)
    this.wake()
  }

  #settled(batch: Batch): void {
    if (!this.#unsettled.delete(batch)) return
    for (const flush of this.#flushes) {
      flush.left.delete(batch)
      if (flush.left.size > 0) continue
      this.#flushes.delete(flush)
      flush.done()
    }
    this.#options.buffer.free(batch.bytesReserved)
  }

  #expire(nowMs: number): void {
    for (const [batch, lane] of this.#unsettled) {
      const atMs = batch.createdAtMs + this.#options.deliveryTimeoutMs
      if (atMs > nowMs) {
        this.wakeAt(atMs)
        return
      }
      this.#giveUp(lane, batch, this.#expiryOf(batch))
    }
  }

  #expiryOf(batch: Batch): KafkaError {
    const { topic, partition, lastError, attempts } = batch
    const after = `within delivery.timeout.ms (${this.#options.deliveryTimeoutMs} ms)`
    const tries =
      attempts === 0 ? 'it was never sent' : `it was sent ${attempts === 1 ? 'once' : `${attempts} times`}`
    const last = lastError === undefined ? '' : ` The last failure: ${lastError.message}`
    return new ProduceError(
      'TIMED_OUT',
      topic,
      partition,
      `no answer said that it is stored ${after}; ${tries}.${last}`,
      {
        mayBeStored: batch.isOnWire || batch.mayBeStored,
        advice: this.#adviceFor(batch, attempts),
        ...(lastError !== undefined && { cause: lastError }),
      },
    )
  }

  #adviceFor({ topic, partition }: Batch, attempts: number): string {
    if (attempts > 0) return 'See that the brokers are well, or allow more time.'
    const leaderId = this.#options.cluster.metadata.topic(topic)?.partitions[partition]?.leaderId ?? -1
    if (leaderId < 0) return 'The partition has no leader: see that its brokers run.'
    return `Broker ${leaderId} could not be reached or did not keep up: see that it is well, or allow more time.`
  }

  #failureOf(batch: Batch, error: KafkaError): ProduceError {
    const { topic, partition } = batch
    const text = error.message.replace(/^[A-Z_]+: /, '').replace(`${topic}-${partition}: `, '')
    return new ProduceError(error.code, topic, partition, `the records were not delivered: ${text}`, {
      cause: error,
      advice: adviceAbout(error.code),
      mayBeStored: batch.mayBeStored,
      retry: error.retry,
      ...(error.path !== undefined && { path: error.path }),
      ...(error.broker !== undefined && { broker: error.broker }),
    })
  }
}

/** Memory of a batch that was sent more than once is left to the collector: an old connection may still hold it. */
function release(batch: Batch): void {
  if (batch.attempts <= 1) batch.release()
}

interface Flush {
  readonly left: Set<Batch>
  done(): void
}

/** Refusals after which the batch may be in the log nevertheless. */
function mayBeStoredAfter(error: ErrorName): boolean {
  return (
    error === 'REQUEST_TIMED_OUT' ||
    error === 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' ||
    error === 'KAFKA_STORAGE_ERROR' ||
    error === 'UNKNOWN_SERVER_ERROR'
  )
}

function isOutOfSequence(error: ErrorName, session: Session): boolean {
  if (error === 'INVALID_PRODUCER_EPOCH') return session.transactionalId === null
  return error === 'OUT_OF_ORDER_SEQUENCE_NUMBER' || error === 'UNKNOWN_PRODUCER_ID'
}

const advices: Partial<Record<KafkaErrorName, string>> = {
  MESSAGE_TOO_LARGE: "Send smaller records, or raise the topic's max.message.bytes.",
  TOPIC_AUTHORIZATION_FAILED: 'Grant the principal Write on the topic.',
  CLUSTER_AUTHORIZATION_FAILED: 'Grant the principal IdempotentWrite on the cluster, or Write on the topic.',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'Grant the principal Write on the transactional id.',
  PRODUCER_FENCED: 'Another producer with the same transactional.id took over: close this one.',
  INVALID_PRODUCER_EPOCH:
    'Another producer with the same transactional.id took over, or the transaction timed out.',
  INVALID_REQUIRED_ACKS: 'Use acks 0, 1 or all.',
  NOT_ENOUGH_REPLICAS: 'See that enough replicas are in sync for min.insync.replicas.',
}

function adviceAbout(code: KafkaErrorName): string {
  return advices[code] ?? ''
}
