/**
 * Sending records: `Producer`, and transactions.
 *
 * @module
 */
export {
  BulkSendError,
  type DeliveredRange,
  type EncodableRecord,
  type FailedRecord,
  type GroupMember,
  type HeadersInput,
  type OffsetToCommit,
  type Partitioner,
  ProduceError,
  Producer,
  type ProducerConfig,
  type ProducerConfigEntries,
  type ProducerOptions,
  type ProducerRecord,
  type RecordMetadata,
  type RecordSource,
  type TopicView,
  type Transaction,
  type TransactionGroup,
  partitionOfKey,
} from '@samsa/client'
