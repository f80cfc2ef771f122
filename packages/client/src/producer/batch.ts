import { assert } from '@samsa/base'
import {
  BatchBuilder,
  type BatchMemory,
  type Content,
  type RecordHeader,
  type SealOptions,
  decodeBatch,
  setBatchProducer,
} from '@samsa/protocol'
import type { KafkaError } from '../errors.ts'
import { type BatchPlace, type BulkDelivery, BulkPart, type Delivery, RecordDelivery } from './delivery.ts'

/** A record in the form it is written: key and value serialized, headers in order. */
export interface EncodableRecord {
  readonly timestamp: number
  readonly key: Content
  readonly value: Content
  readonly headers: readonly RecordHeader[]
}

/** Who the broker takes the producer for: numbers that make a batch idempotent. */
export interface ProducerIdentity {
  readonly id: number
  readonly epoch: number
}

export const NO_IDENTITY: ProducerIdentity = { id: -1, epoch: -1 }

/** A record of a bulk that waits to be written: which bulk, and its place there. */
export interface BulkPlace {
  readonly bulk: BulkDelivery
  readonly index: number
}

/**
 * A batch of one partition, from its first record until everybody who waits for one knows what became of it.
 *
 * It takes records until it leaves for the first time; then its bytes are fixed, but for the producer's numbers.
 */
export class Batch {
  readonly topic: string
  readonly partition: number
  /** Its first record's number among all of the partition's: batches go in this order. */
  readonly ordinal: number
  /** When its first record came, on the monotonic clock: linger and delivery timeout count from here. */
  readonly createdAtMs: number
  /** How often it was sent. */
  attempts = 0
  /** Not before this time is it sent again. */
  retryAtMs = 0
  isOnWire = false
  /** Compression is under way, off the event loop. */
  isSealing = false
  /** The numbers it was last sent with; `baseSequence` is -1 while it has none. */
  identity: ProducerIdentity = NO_IDENTITY
  baseSequence = -1
  /** The broker has not stored it and will not, as a batch before it failed: it gets new numbers once off the wire. */
  isRecalled = false
  /** An earlier sending of it was not answered: the broker may have it. */
  mayBeStored = false
  /** What went wrong last. */
  lastError: KafkaError | undefined

  readonly #memory: BatchMemory
  readonly #deliveries: Delivery[] = []
  #builder: BatchBuilder | undefined
  #sealed: Uint8Array | undefined
  #bytesReserved = 0
  #recordCount = 0
  #isSettled = false

  constructor(
    place: { readonly topic: string; readonly partition: number },
    ordinal: number,
    createdAtMs: number,
    bytesExpected: number,
    memory: BatchMemory,
  ) {
    this.topic = place.topic
    this.partition = place.partition
    this.ordinal = ordinal
    this.createdAtMs = createdAtMs
    this.#memory = memory
    this.#builder = new BatchBuilder(bytesExpected, memory)
  }

  /** Bytes before compression. */
  get length(): number {
    return this.#builder?.length ?? this.#sealed!.length
  }

  get recordCount(): number {
    return this.#recordCount
  }

  /** What the records count for in the producer's buffer. */
  get bytesReserved(): number {
    return this.#bytesReserved
  }

  get isSealed(): boolean {
    return this.#sealed !== undefined
  }

  /** Whether everybody has been told. The batch may still be on the wire. */
  get isSettled(): boolean {
    return this.#isSettled
  }

  /** The sequence number after its last record's. */
  get nextSequence(): number {
    return (this.baseSequence + this.#recordCount) % 0x8000_0000
  }

  /** Adds a record; returns the bytes it took, 0 when the batch would be longer than `bytesMax`. */
  add(record: EncodableRecord, delivery: RecordDelivery | BulkPlace, bytesMax: number): number {
    const { timestamp, key, value, headers } = record
    const bytes = this.#builder!.add(timestamp, key, value, headers, bytesMax)
    if (bytes === 0) return 0
    this.#bytesReserved += bytes
    this.#recordCount++
    if (delivery instanceof RecordDelivery) {
      delivery.timestamp = timestamp
      this.#deliveries.push(delivery)
    } else this.#addToBulk(delivery)
    return bytes
  }

  #addToBulk({ bulk, index }: BulkPlace): void {
    const last = this.#deliveries[this.#deliveries.length - 1]
    if (last instanceof BulkPart && last.bulk === bulk) last.indexes.push(index)
    else this.#deliveries.push(new BulkPart(bulk, [index]))
  }

  /** Fixes the bytes. Nothing can be added afterwards. */
  seal(options: SealOptions): void {
    this.#sealed = this.#builder!.seal(options)
  }

  /** `seal` that compresses off the event loop. */
  async sealLater(options: SealOptions): Promise<void> {
    this.isSealing = true
    try {
      this.#sealed = await this.#builder!.sealAsync(options)
    } finally {
      this.isSealing = false
    }
  }

  /** The bytes to be sent, with these numbers. */
  stamp(identity: ProducerIdentity, baseSequence: number): Uint8Array {
    const sealed = this.#sealed
    assert(sealed !== undefined, 'a batch is sealed before it is sent')
    const isStamped = this.attempts > 0 && this.identity === identity && this.baseSequence === baseSequence
    if (!isStamped) setBatchProducer(sealed, 0, identity.id, identity.epoch, baseSequence)
    this.identity = identity
    this.baseSequence = baseSequence
    return sealed
  }

  delivered(place: BatchPlace): void {
    if (!this.#settle()) return
    let at = 0
    for (const delivery of this.#deliveries) {
      delivery.delivered(place, at)
      at += delivery.count
    }
  }

  /** Tells everybody who waits; `errorAt` is asked once for each, with the place of its first record. */
  failed(errorAt: (batchIndex: number) => KafkaError): void {
    if (!this.#settle()) return
    let at = 0
    for (const delivery of this.#deliveries) {
      delivery.failed(errorAt(at))
      at += delivery.count
    }
  }

  /** Each record apart, where the broker named those at fault. */
  failedEach(errorAt: (batchIndex: number) => KafkaError): void {
    if (!this.#settle()) return
    let at = 0
    for (const delivery of this.#deliveries) {
      for (let next = 0; next < delivery.count; next++) delivery.slice(next, next + 1).failed(errorAt(at++))
    }
  }

  #settle(): boolean {
    if (this.#isSettled) return false
    this.#isSettled = true
    return true
  }

  /** Gives the memory back, once nothing reads it any more. */
  release(): void {
    this.#builder?.release()
  }

  /**
   * The same records in two batches or more, in order, none larger than `bytesMax` unless it has one record only. They
   * take over everybody who waits; this batch must not be used any more.
   */
  split(bytesMax: number): Batch[] {
    const records = decodeBatch(this.#sealed!, 0, { maxInflatedBytes: Number.MAX_SAFE_INTEGER })
    const parts: Batch[] = []
    let current: Batch | undefined
    for (const [index, record] of records.entries()) {
      const delivery = this.#deliveryOf(index)
      if (current === undefined || !current.#addAgain(record, delivery, bytesMax)) {
        current = new Batch(this, this.ordinal + index, this.createdAtMs, bytesMax, this.#memory)
        current.attempts = this.attempts
        current.#addAgain(record, delivery, Number.MAX_SAFE_INTEGER)
        parts.push(current)
      }
    }
    this.#isSettled = true
    return parts
  }

  #addAgain(record: EncodableRecord, delivery: Delivery, bytesMax: number): boolean {
    if (delivery instanceof RecordDelivery) return this.add(record, delivery, bytesMax) > 0
    const { bulk, indexes } = delivery as BulkPart
    return this.add(record, { bulk, index: indexes[0]! }, bytesMax) > 0
  }

  #deliveryOf(batchIndex: number): Delivery {
    let at = 0
    for (const delivery of this.#deliveries) {
      if (batchIndex < at + delivery.count) return delivery.slice(batchIndex - at, batchIndex - at + 1)
      at += delivery.count
    }
    throw new RangeError(`the batch has no record ${batchIndex}`)
  }
}
