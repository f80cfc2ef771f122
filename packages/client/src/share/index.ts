export type { AcknowledgeType } from './acknowledgements.ts'
export {
  type PollOptions,
  ShareConsumer,
  type ShareConsumerOptions,
  type ShareRecord,
} from './share-consumer.ts'
export { type ShareConsumerConfig, shareConsumerConfig } from './share-consumer-config.ts'
export type { AfterShareFailure, ShareRunOptions } from './share-run.ts'
