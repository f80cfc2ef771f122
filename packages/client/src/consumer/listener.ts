import type { TopicPartition } from '../records/consumer-record.ts'

/** Told when partitions come and go. A promise is waited for. */
export interface RebalanceListener {
  /** New partitions, before the first record of them: the place to seek. */
  onAssigned?(partitions: readonly TopicPartition[]): unknown
  /** Partitions that are given up, after their last record was finished and before others get them: the place to commit. */
  onRevoked?(partitions: readonly TopicPartition[]): unknown
  /** Partitions that others may have already: committing is too late. Default: as `onRevoked`. */
  onLost?(partitions: readonly TopicPartition[]): unknown
}
