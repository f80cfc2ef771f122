import type { HeadersInput } from './header.ts'

/** A record to be sent. */
export interface ProducerRecord<K = Uint8Array, V = Uint8Array> {
  readonly topic: string
  /** Records with the same key go to the same partition, in order. */
  readonly key?: K | null
  /** Null or nothing is a tombstone: compaction removes the key. */
  readonly value?: V | null
  readonly headers?: HeadersInput
  /** Default: chosen by the partitioner. */
  readonly partition?: number
  /** Milliseconds since the epoch. Default: now. */
  readonly timestamp?: number
}

/** Where a sent record went. */
export interface RecordMetadata {
  readonly topic: string
  readonly partition: number
  /** -1 when the broker was not asked (acks=0) or no longer knows (a duplicate). */
  readonly offset: number
  /** The record's own, or the broker's where the topic says LogAppendTime. */
  readonly timestamp: number
}
