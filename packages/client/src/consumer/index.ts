export {
  Consumer,
  type ConsumerEntries,
  type ConsumerOptions,
  type PartitionToRead,
} from './consumer.ts'
export { type ConsumerConfig, consumerConfig } from './consumer-config.ts'
export type { GroupMetadata } from './groups/group-member.ts'
export type { RebalanceListener } from './listener.ts'
export type { OffsetAtTime } from './offsets.ts'
export type { CallOptions as ConsumerCallOptions } from './position-calls.ts'
export type { RecordBatch } from './record-batch.ts'
export {
  type AfterFailure,
  type BatchRunOptions,
  type HandlerContext,
  Postponed,
  type RecordRunOptions,
  type RunOptions,
} from './run-options.ts'
export type { BrokerPattern } from './subscription.ts'
export {
  type RetryProducer,
  type RetryStep,
  type RetryTopicsOptions,
  retryHeaders,
  retryTopicsOf,
  withRetryTopics,
} from './retry-topics.ts'
