import type { RecordHeader } from './header.ts'

export type TimestampType = 'NO_TIMESTAMP_TYPE' | 'CREATE_TIME' | 'LOG_APPEND_TIME'

/** A record as it was read. */
export interface ConsumerRecord<K = Uint8Array, V = Uint8Array> {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since the epoch; -1 when the record is older than timestamps. */
  readonly timestamp: number
  readonly timestampType: TimestampType
  readonly key: K | null
  readonly value: V | null
  readonly headers: readonly RecordHeader[]
  /** The epoch of the leader that took the record; undefined where the broker does not say. */
  readonly leaderEpoch: number | undefined
  /** Bytes of the key as sent; -1 for null. */
  readonly serializedKeySize: number
  /** Bytes of the value as sent; -1 for null. */
  readonly serializedValueSize: number
  /** Share consumers: how often the record was delivered, this time included. */
  readonly deliveryCount?: number
}

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** A committed or wanted position. */
export interface OffsetAndMetadata {
  readonly offset: number
  readonly leaderEpoch?: number
  readonly metadata?: string
}
