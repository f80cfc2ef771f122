import { MalformedError } from '@samsa/base'
import {
  BATCH_HEADER_BYTES,
  batchAttributes,
  batchBaseTimestamp,
  batchLength,
  batchMaxTimestamp,
  batchRecordCount,
  compressionIdOf,
  compressionOf,
  decompress,
  hasDeleteHorizon,
  timestampTypeOf,
} from '@samsa/protocol'
import type { RecordError } from './append-outcome.ts'
import { RecordCursor } from './record-cursor.ts'
import type { LogConfig } from './topic-config.ts'

/** What a batch may inflate to: Apache Kafka sets no limit; this one is beyond what its clients send. */
export const INFLATED_BYTES_MAX = 256 * 1024 * 1024

/** The records of the batch (magic 2) at `at`, inflated where they are compressed. Throws `MalformedError`. */
export function inflatedRecords(bytes: Uint8Array, at: number): RecordCursor {
  const end = at + batchLength(bytes, at)
  const attributes = batchAttributes(bytes, at)
  if (compressionIdOf(attributes) === 0) return new RecordCursor(bytes, at + BATCH_HEADER_BYTES, end)
  const inflated = decompress(
    compressionOf(attributes),
    bytes.subarray(at + BATCH_HEADER_BYTES, end),
    INFLATED_BYTES_MAX,
  )
  return new RecordCursor(inflated, 0, inflated.length)
}

/** The timestamp of the record a cursor over the batch at `at` stands on. */
export function recordTimestamp(bytes: Uint8Array, at: number, cursor: RecordCursor): number {
  if (timestampTypeOf(batchAttributes(bytes, at)) === 'LogAppendTime') return batchMaxTimestamp(bytes, at)
  const timestamp = batchBaseTimestamp(bytes, at) + cursor.timestampDelta
  return hasDeleteHorizon(batchAttributes(bytes, at)) ? timestamp : Math.max(timestamp, -1)
}

/**
 * What Kafka asks of each record of a client's batch: its place, a key where the topic is compacted, a timestamp within
 * bounds. Throws `MalformedError`.
 */
export function checkRecords(
  batch: Uint8Array,
  cursor: RecordCursor,
  config: LogConfig,
  now: number,
): { errors: RecordError[]; isTimestampError: boolean } {
  const needsKey = config['cleanup.policy'].includes('compact')
  const errors: RecordError[] = []
  let isTimestampError = false
  let index = 0
  for (; cursor.next(); index++) {
    if (cursor.offsetDelta !== index)
      throw new MalformedError(`record ${index} has offset delta ${cursor.offsetDelta}`)
    if (needsKey && cursor.keyLength < 0) {
      errors.push(recordError(index, 'Compacted topic cannot accept message without key'))
      continue
    }
    const problem = timestampProblem(batch, recordTimestamp(batch, 0, cursor), config, now)
    if (problem === undefined) continue
    isTimestampError = true
    errors.push(recordError(index, problem))
  }
  if (index !== batchRecordCount(batch, 0)) {
    throw new MalformedError(`the batch holds ${index} records and states ${batchRecordCount(batch, 0)}`)
  }
  return { errors, isTimestampError }
}

function timestampProblem(
  batch: Uint8Array,
  timestamp: number,
  config: LogConfig,
  now: number,
): string | undefined {
  if (config['message.timestamp.type'] === 'CreateTime' && timestamp !== -1) {
    return outOfRange(timestamp, config, now)
  }
  if (timestampTypeOf(batchAttributes(batch, 0)) !== 'LogAppendTime') return undefined
  return 'Invalid timestamp type in message. Producer should not set timestamp type to LogAppendTime.'
}

/** Why a timestamp is out of the topic's bounds, if it is. */
export function outOfRange(timestamp: number, config: LogConfig, now: number): string | undefined {
  const before = config['message.timestamp.before.max.ms']
  const after = config['message.timestamp.after.max.ms']
  if (now - timestamp <= before && timestamp - now <= after) return undefined
  return `Timestamp ${timestamp} of message is out of range. The timestamp should be within [${now - before}, ${now + after}]`
}

const recordError = (batchIndex: number, batchIndexErrorMessage: string): RecordError => ({
  batchIndex,
  batchIndexErrorMessage,
})
