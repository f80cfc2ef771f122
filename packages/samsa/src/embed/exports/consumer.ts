/**
 * Reading records: `Consumer`, alone or as the member of a group, and retry topics.
 *
 * @module
 */
export {
  type AfterFailure,
  type BatchRunOptions,
  type BrokerPattern,
  Consumer,
  type ConsumerCallOptions,
  type ConsumerConfig,
  type ConsumerEntries,
  type ConsumerOptions,
  type ConsumerRecord,
  type GroupMetadata,
  type HandlerContext,
  type OffsetAndMetadata,
  type OffsetAtTime,
  type PartitionToRead,
  Postponed,
  type RebalanceListener,
  type RecordBatch,
  type RecordRunOptions,
  type RetryProducer,
  type RetryStep,
  type RetryTopicsOptions,
  type RunOptions,
  type TimestampType,
  retryHeaders,
  retryTopicsOf,
  withRetryTopics,
} from '@samsa/client'
