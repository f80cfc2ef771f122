import type { ConsumerRecord } from '../records/consumer-record.ts'

/** Records of one partition that follow each other, handed out together. */
export interface RecordBatch<K, V> {
  readonly topic: string
  readonly partition: number
  /** At least one. */
  readonly records: readonly ConsumerRecord<K, V>[]
  readonly firstOffset: number
  readonly lastOffset: number
  /** The end of the partition as far as replicas have it, when the batch was fetched. */
  readonly highWatermark: number
}

export function batchOf<K, V>(
  records: readonly ConsumerRecord<K, V>[],
  highWatermark: number,
): RecordBatch<K, V> {
  const first = records[0]!
  const { topic, partition, offset } = first
  return { topic, partition, records, firstOffset: offset, lastOffset: records.at(-1)!.offset, highWatermark }
}
