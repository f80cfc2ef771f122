/**
 * Reading records as from a queue: `ShareConsumer`, the member of a share group (KIP-932).
 *
 * @module
 */
export {
  type AcknowledgeType,
  type AfterShareFailure,
  type PollOptions,
  ShareConsumer,
  type ShareConsumerConfig,
  type ShareConsumerOptions,
  type ShareRecord,
  type ShareRunOptions,
} from '@samsa/client'
