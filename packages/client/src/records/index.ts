export { type HeadersInput, type RecordHeader, headersOf, lastHeader } from './header.ts'
export type { ProducerRecord, RecordMetadata } from './producer-record.ts'
export type {
  ConsumerRecord,
  OffsetAndMetadata,
  TimestampType,
  TopicPartition,
} from './consumer-record.ts'
