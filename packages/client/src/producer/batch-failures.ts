import type { KafkaError, KafkaErrorName } from '../errors.ts'
import type { Batch } from './batch.ts'
import { ProduceError } from './produce-error.ts'

/** Its time is up. `leaderId` is the broker it was to go to, -1 when there is none. */
export function expiryError(batch: Batch, deliveryTimeoutMs: number, leaderId: number): ProduceError {
  const { topic, partition, lastError, attempts } = batch
  const after = `within delivery.timeout.ms (${deliveryTimeoutMs} ms)`
  const tries =
    attempts === 0 ? 'it was never sent' : `it was sent ${attempts === 1 ? 'once' : `${attempts} times`}`
  const last = lastError === undefined ? '' : ` The last failure: ${lastError.message}`
  const what = `no answer said that it is stored ${after}; ${tries}.${last}`
  return new ProduceError('TIMED_OUT', topic, partition, what, {
    mayBeStored: batch.isOnWire || batch.mayBeStored,
    advice: adviceAfter(attempts, leaderId),
    ...(lastError !== undefined && { cause: lastError }),
  })
}

function adviceAfter(attempts: number, leaderId: number): string {
  if (attempts > 0) return 'See that the brokers are well, or allow more time.'
  if (leaderId < 0) return 'The partition has no leader: see that its brokers run.'
  return `Broker ${leaderId} could not be reached or did not keep up: see that it is well, or allow more time.`
}

/** It was refused, or not answered, for the last time. */
export function failureError(batch: Batch, error: KafkaError): ProduceError {
  const { topic, partition } = batch
  const text = error.message.replace(/^[A-Z_]+: /, '').replace(`${topic}-${partition}: `, '')
  return new ProduceError(error.code, topic, partition, `the records were not delivered: ${text}`, {
    cause: error,
    advice: adviceAbout(error.code),
    mayBeStored: batch.mayBeStored,
    retry: error.retry,
    ...(error.path !== undefined && { path: error.path }),
    ...(error.broker !== undefined && { broker: error.broker }),
  })
}

/** It could not be compressed. */
export function compressionError(
  { topic, partition }: Batch,
  compression: string,
  error: unknown,
): ProduceError {
  const text = error instanceof Error ? error.message : String(error)
  const what = `the batch cannot be compressed with ${compression}: ${text}.`
  return new ProduceError('UNSUPPORTED', topic, partition, what, {
    cause: error,
    advice: 'Choose another compression.type, or install what the codec needs.',
  })
}

const advices: Partial<Record<KafkaErrorName, string>> = {
  MESSAGE_TOO_LARGE: "Send smaller records, or raise the topic's max.message.bytes.",
  TOPIC_AUTHORIZATION_FAILED: 'Grant the principal Write on the topic.',
  CLUSTER_AUTHORIZATION_FAILED: 'Grant the principal IdempotentWrite on the cluster, or Write on the topic.',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'Grant the principal Write on the transactional id.',
  PRODUCER_FENCED: 'Another producer with the same transactional.id took over: close this one.',
  INVALID_PRODUCER_EPOCH:
    'Another producer with the same transactional.id took over, or the transaction timed out.',
  INVALID_REQUIRED_ACKS: 'Use acks 0, 1 or all.',
  NOT_ENOUGH_REPLICAS: 'See that enough replicas are in sync for min.insync.replicas.',
}

function adviceAbout(code: KafkaErrorName): string {
  return advices[code] ?? ''
}
