import { Alarm, type Clock, ZERO_UUID } from '@samsa/base'
import { type Compression, Produce } from '@samsa/protocol'
import type { Cluster } from '../cluster/index.ts'
import { type KafkaError, asKafkaError } from '../errors.ts'
import { compressionError } from './batch-failures.ts'
import { BatchOutcomes } from './batch-outcomes.ts'
import type { Batch } from './batch.ts'
import type { BufferMemory } from './buffer-memory.ts'
import type { Lane } from './lane.ts'
import type { ProduceAnswer } from './produce-answer.ts'
import { type Parcel, produceDraft, versionMaxOf } from './produce-request.ts'
import type { ProducerMetrics } from './producer-metrics.ts'
import type { Session } from './sessions/session.ts'
import { UnsettledBatches } from './unsettled-batches.ts'

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
  /** What the request in the making carries, and how many bytes of batches that is. */
  parcels: Parcel[]
  parcelBytes: number
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
  /** Lanes with batches that could leave. Those that were served go to the end. */
  readonly #active = new Set<Lane>()
  readonly #nodes = new Map<number, NodeLoad>()
  readonly #unsettled = new UnsettledBatches()
  readonly #outcomes: BatchOutcomes
  #isAwake = false
  /** The network was heard of since the last request: a loop that sends and sends cannot have kept it from its turn. */
  #isAnswered = true
  readonly #alarm: Alarm
  #hurries = 0
  #isClosed = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.#clock = options.cluster.clock
    this.#alarm = new Alarm(this.#clock, () => this.wake())
    this.#outcomes = new BatchOutcomes(options, this.#unsettled, {
      added: (lane, batch) => this.added(lane, batch),
      activate: lane => this.#active.add(lane),
      wake: () => this.wake(),
    })
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
    this.#unsettled.add(batch, lane)
    this.#active.add(lane)
  }

  /** How long a broker could not be sent to because it does not keep up; 0 when it can. */
  blockedMs(nodeId: number): number {
    const since = this.#nodes.get(nodeId)?.blockedSinceMs
    return since === undefined ? 0 : this.#clock.monotonicMs() - since
  }

  /**
   * Asks for a turn soon. With requests under way, after what arrives in this turn of the event loop, so that it leaves
   * together; with none, once the code that runs now and what waits for its promises have given their records, unless a
   * loop that never waits for the network could go on that way.
   */
  wake(): void {
    if (this.#isAwake || this.#isClosed) return
    this.#isAwake = true
    if (this.#isAnswered && this.requestsInFlight === 0) void Promise.resolve().then(this.#turn)
    else this.#clock.defer(this.#turn)
  }

  /** Asks for a turn at a point of the monotonic clock. */
  wakeAt(atMs: number): void {
    if (!this.#isClosed) this.#alarm.setFor(atMs)
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
    return this.#unsettled.whenSettled().then(stop)
  }

  /** Gives up every batch: those on the wire, too, unless `onlyUnsent`. */
  failAll(errorOf: (batch: Batch) => KafkaError, options: { onlyUnsent?: boolean } = {}): void {
    for (const [batch, lane] of [...this.#unsettled]) {
      if (options.onlyUnsent && batch.isOnWire) continue
      this.#outcomes.giveUp(lane, batch, errorOf(batch))
    }
  }

  close(): void {
    this.#isClosed = true
    this.#alarm.cancel()
  }

  readonly #turn = (): void => {
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
    const served: NodeLoad[] = []
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
      const isFirst = node.parcels.length === 0
      if (!isFirst && node.parcelBytes + batch.length > this.#options.requestBytesMax) continue
      if (isFirst) served.push(node)
      const bytes = lane.leave(batch, identity)
      node.parcels.push({ lane, batch, topicId: topic?.id ?? ZERO_UUID, bytes })
      node.parcelBytes += batch.length
    }
    for (const node of served) this.#send(node)
    return isRenewed || served.length > 0
  }

  #moveToEnd(lane: Lane): void {
    this.#active.delete(lane)
    if (lane.hasWork) this.#active.add(lane)
  }

  #node(id: number): NodeLoad {
    let node = this.#nodes.get(id)
    if (node === undefined) {
      node = { id, requests: 0, parcels: [], parcelBytes: 0, blockedSinceMs: undefined }
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
    lane.lastBatchBytes = rawBytes
    const isSlow = compression === 'gzip' || compression === 'zstd'
    if (isSlow && rawBytes >= COMPRESS_LATER_BYTES) {
      batch.sealLater(options).then(
        () => {
          this.#options.metrics.compressed(rawBytes, batch.length)
          this.wake()
        },
        error => this.#outcomes.giveUp(lane, batch, compressionError(batch, compression, error)),
      )
      return false
    }
    try {
      batch.seal(options)
    } catch (error) {
      this.#outcomes.giveUp(lane, batch, compressionError(batch, compression, error))
      return false
    }
    this.#options.metrics.compressed(rawBytes, batch.length)
    return true
  }

  /** Sends the request made for a broker. */
  #send(node: NodeLoad): void {
    const { parcels } = node
    node.parcels = []
    node.parcelBytes = 0
    for (const { lane } of parcels) this.#moveToEnd(lane)
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
    this.#isAnswered = false
    node.blockedSinceMs = undefined
    metrics.requestSent(parcels, cluster.clock.monotonicMs())
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
    if (answer === undefined) for (const parcel of parcels) this.#outcomes.stored(parcel, -1, -1)
    else {
      this.#isAnswered = true
      this.#options.metrics.answered(answer.throttleTimeMs)
      this.#outcomes.answered(parcels, answer)
    }
    this.wake()
  }

  #unanswered(node: NodeLoad, parcels: readonly Parcel[], error: KafkaError): void {
    node.requests--
    for (const parcel of parcels) {
      if (error.retriable) this.#options.cluster.metadata.invalidate(parcel.batch.topic)
      this.#outcomes.lost(parcel, error)
    }
    this.wake()
  }

  #expire(nowMs: number): void {
    for (const [batch, lane] of this.#unsettled) {
      const atMs = batch.createdAtMs + this.#options.deliveryTimeoutMs
      if (atMs > nowMs) {
        this.wakeAt(atMs)
        return
      }
      this.#outcomes.giveUp(lane, batch, this.#outcomes.expiryOf(batch))
    }
  }
}
