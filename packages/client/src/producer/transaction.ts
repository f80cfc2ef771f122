import type { KafkaError } from '../errors.ts'
import type { ProducerRecord, RecordMetadata } from '../records/index.ts'
import type { DeliveredRange } from './delivery.ts'

/** A member of a group, as its consumer tells it. A group id alone commits for a group without members. */
export interface TransactionGroup {
  readonly groupId: string
  /** -1 outside of groups. */
  readonly generationId?: number
  readonly memberId?: string
  readonly groupInstanceId?: string | null | undefined
}

/** How far a partition was read: the offset of the next record. */
export interface OffsetToCommit {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch?: number
  readonly metadata?: string
}

/** Whatever knows its group: a Consumer. */
export interface GroupMember {
  groupMetadata(): TransactionGroup
}

/** What a transaction asks of its producer. */
export interface TransactionHost<K, V> {
  send(record: ProducerRecord<K, V>): Promise<RecordMetadata>
  sendAll(
    records: Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>,
  ): Promise<DeliveredRange[]>
  sendOffsets(offsets: readonly OffsetToCommit[], group: TransactionGroup): Promise<void>
  commit(): Promise<void>
  abort(): Promise<void>
  readonly failure: KafkaError | undefined
}

/**
 * Records and offsets that become visible together or not at all. Ended by `commit` or `abort`; `await using` aborts
 * one that was not.
 */
export class Transaction<K, V> implements AsyncDisposable {
  readonly #host: TransactionHost<K, V>
  #isEnded = false

  constructor(host: TransactionHost<K, V>) {
    this.#host = host
  }

  /** Why it can only be aborted; undefined while all is well. */
  get failure(): KafkaError | undefined {
    return this.#host.failure
  }

  /** Whether it was committed or aborted. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Sends a record as part of the transaction; see `Producer.send`. */
  send(record: ProducerRecord<K, V>): Promise<RecordMetadata> {
    return this.#host.send(record)
  }

  /** Sends many records as part of the transaction; see `Producer.sendAll`. */
  sendAll(
    records: Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>,
  ): Promise<DeliveredRange[]> {
    return this.#host.sendAll(records)
  }

  /**
   * Commits offsets of a consumer's group together with the records (KIP-447). Rejects with `KafkaError`, after which
   * the transaction can only be aborted: ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID when the consumer
   * is no longer a member, PRODUCER_FENCED, TIMED_OUT after `max.block.ms`.
   */
  commitOffsets(consumer: GroupMember | TransactionGroup, offsets: readonly OffsetToCommit[]): Promise<void> {
    return this.#host.sendOffsets(offsets, 'groupMetadata' in consumer ? consumer.groupMetadata() : consumer)
  }

  /** The same with the arguments in Java's order. */
  sendOffsets(offsets: readonly OffsetToCommit[], consumer: GroupMember | TransactionGroup): Promise<void> {
    return this.commitOffsets(consumer, offsets)
  }

  /**
   * Waits for all records and commits. Rejects with `KafkaError`: ABORTED when part of it failed (abort it then),
   * TIMED_OUT when the outcome could not be learnt within `max.block.ms` (commit again), PRODUCER_FENCED.
   */
  async commit(): Promise<void> {
    await this.#host.commit()
    this.#isEnded = true
  }

  /** Drops what has not left and aborts. Rejects with `KafkaError` TIMED_OUT (abort again) or PRODUCER_FENCED. */
  async abort(): Promise<void> {
    await this.#host.abort()
    this.#isEnded = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isEnded) await this.abort()
  }
}
