import type { EncodableRecord } from '../batch.ts'

/** What a partitioner can see of a topic. */
export interface TopicView {
  readonly name: string
  readonly partitionCount: number
  /** Whether records for the partition can leave now: it has a leader, which keeps up. */
  isAvailable(partition: number): boolean
  /** Bytes that wait for the partition's leader, those on the way included. */
  queuedBytes(partition: number): number
}

/** Chooses partitions for records that do not name one. */
export interface Partitioner {
  /**
   * The record's partition, from 0 and less than `topic.partitionCount`. Key and value are as serialized; a text stands
   * for its UTF-8 bytes.
   */
  partition(topic: TopicView, record: EncodableRecord): number
  /** `bytes` were written to a partition that `partition` chose. */
  written?(topic: TopicView, partition: number, bytes: number): void
}
