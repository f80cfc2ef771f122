import { MalformedError } from '@samsa/base'
import {
  BATCH_HEADER_BYTES,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchLastOffsetDelta,
  batchMagic,
  batchMaxTimestamp,
  batchProducerId,
  batchRecordCount,
  checkBatch,
  compressionIdOf,
  isControl,
  nextBatch,
  setBatchMaxTimestamp,
  timestampTypeOf,
} from '@samsa/protocol'
import { type AppendContext, type RecordError, type Refused, refused } from './append-outcome.ts'
import { checkRecords, inflatedRecords } from './record-checks.ts'
import { areRecordsInOrder } from './record-cursor.ts'
import type { LogConfig } from './topic-config.ts'

// What Apache Kafka checks of a batch before its leader appends it, in Kafka's order, so that a client sees the same
// error. A batch is looked at through its header alone where that is enough (decision D2): the records of a compressed
// batch are inflated only where the topic asks something of each record.

/**
 * Checks a single batch (magic 2) that fills `records`, except for what its producer's history says. Stamps it where
 * the topic takes the time of appending.
 */
export function checkLeaderBatch(
  records: Uint8Array,
  config: LogConfig,
  context: AppendContext,
  now: number,
): Refused | undefined {
  const isClient = context.origin === 'client'
  if (isClient && batchBaseOffset(records, 0) !== 0) {
    return refused(
      'INVALID_RECORD',
      `The base offset of the batch should be 0, but it is ${batchBaseOffset(records, 0)}.`,
    )
  }
  const tooLarge = checkSize(records.length, config)
  if (tooLarge !== undefined) return tooLarge
  if (checkBatch(records, 0, records.length) !== 'NONE') {
    return refused('CORRUPT_MESSAGE', 'The checksum of the batch is wrong: it was damaged on its way.')
  }
  if (isClient) {
    const problem = checkClientHeader(records)
    if (problem !== undefined) return problem
  }
  return checkTimestampsAndRecords(records, config, now)
}

export function checkSize(byteCount: number, config: LogConfig): Refused | undefined {
  const limit = config['max.message.bytes']
  if (byteCount <= limit) return undefined
  return refused(
    'MESSAGE_TOO_LARGE',
    `The batch has ${byteCount} bytes; max.message.bytes of the topic is ${limit}.`,
  )
}

/** Whether `records` is anything but one whole batch; trailing bytes that are no batch are left to the caller. */
export function checkFraming(records: Uint8Array): Refused | undefined {
  const next = nextBatch(records, 0, records.length)
  if (next < 0) return refused('CORRUPT_MESSAGE', 'The records are no whole batch of a known format.')
  if (batchMagic(records, 0) === 2 && nextBatch(records, next, records.length) >= 0) {
    return refused('INVALID_RECORD', 'A request holds exactly one batch for a partition, not several.')
  }
  return undefined
}

function checkClientHeader(records: Uint8Array): Refused | undefined {
  const count = batchRecordCount(records, 0)
  const offsets = batchLastOffsetDelta(records, 0) + 1
  if (offsets <= 0)
    return refused('INVALID_RECORD', `The batch has an invalid offset range: [0, ${offsets - 1}].`)
  if (count <= 0) return refused('INVALID_RECORD', `The batch states an invalid count of records: ${count}.`)
  if (offsets !== count) {
    return refused('INVALID_RECORD', `The batch has ${offsets} offsets but states ${count} records.`)
  }
  if (isControl(batchAttributes(records, 0))) {
    return refused('INVALID_RECORD', 'Clients are not allowed to write control records.')
  }
  const sequence = batchBaseSequence(records, 0)
  if (batchProducerId(records, 0) >= 0 && sequence < 0) {
    return refused(
      'INVALID_RECORD',
      `The batch of an idempotent producer has the invalid sequence number ${sequence}.`,
    )
  }
  return undefined
}

function checkTimestampsAndRecords(records: Uint8Array, config: LogConfig, now: number): Refused | undefined {
  const attributes = batchAttributes(records, 0)
  const isStamped = config['message.timestamp.type'] === 'LogAppendTime'
  const claimsAppendTime = timestampTypeOf(attributes) === 'LogAppendTime'
  const mustLookInside =
    config['cleanup.policy'].includes('compact') ||
    (isStamped ? claimsAppendTime : mayBeOutOfRange(records, config, now))
  const problem = mustLookInside ? checkEachRecord(records, config, now) : checkOrder(records)
  if (problem !== undefined) return problem
  if (isStamped) setBatchMaxTimestamp(records, 0, 'LogAppendTime', now)
  else if (claimsAppendTime) setBatchMaxTimestamp(records, 0, 'CreateTime', batchMaxTimestamp(records, 0))
  return undefined
}

/** The header tells the greatest timestamp only: with a lower bound, each record has to be asked. */
function mayBeOutOfRange(records: Uint8Array, config: LogConfig, now: number): boolean {
  return (
    config['message.timestamp.before.max.ms'] < Number.MAX_SAFE_INTEGER ||
    batchMaxTimestamp(records, 0) - now > config['message.timestamp.after.max.ms']
  )
}

function checkOrder(records: Uint8Array): Refused | undefined {
  if (compressionIdOf(batchAttributes(records, 0)) !== 0) return undefined
  if (areRecordsInOrder(records, BATCH_HEADER_BYTES, records.length, batchRecordCount(records, 0)))
    return undefined
  return refused(
    'INVALID_RECORD',
    'The records do not fill the batch exactly, or their offsets are not 0, 1, 2 ….',
  )
}

function checkEachRecord(records: Uint8Array, config: LogConfig, now: number): Refused | undefined {
  try {
    const inflated = inflatedRecords(records, 0)
    const { errors, isTimestampError } = checkRecords(records, inflated, config, now)
    return errors.length === 0 ? undefined : refusedRecords(errors, isTimestampError)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return refused('INVALID_RECORD', `The records cannot be read: ${error.message}.`)
  }
}

export function refusedRecords(errors: readonly RecordError[], isTimestampError: boolean): Refused {
  if (isTimestampError) {
    return refused(
      'INVALID_TIMESTAMP',
      'One or more records have been rejected due to invalid timestamp',
      errors,
    )
  }
  return refused(
    'INVALID_RECORD',
    `One or more records have been rejected due to ${errors.length} record errors in total, and only showing the first three errors at most: ${JSON.stringify(errors.slice(0, 3))}`,
    errors,
  )
}
