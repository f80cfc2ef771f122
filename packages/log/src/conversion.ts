import { MalformedError, allocateBytes, writeInt16, writeInt32 } from '@samsa/base'
import {
  BATCH_HEADER_BYTES,
  BATCH_PREFIX_BYTES,
  type Compression,
  type Record,
  batchAttributes,
  batchMagic,
  checkBatch,
  compress,
  compressionId,
  compressionOf,
  compressionOfId,
  decodeMessageSet,
  decompress,
  encodeBatch,
  isControl,
  nextBatch,
  updateBatchCrc,
} from '@samsa/protocol'
import { type AppendContext, type RecordError, type Refused, refused } from './append-outcome.ts'
import { checkLeaderBatch, checkSize, refusedRecords } from './leader-checks.ts'
import { INFLATED_BYTES_MAX, outOfRange } from './record-checks.ts'
import type { LogConfig } from './topic-config.ts'

const ATTRIBUTES_AT = 21
const MESSAGE_ATTRIBUTES_AT = 17
const CODEC_BITS = 0b111

/** Whether records cannot be appended as they are: an old message format, or a topic with its own codec. */
export function needsConversion(records: Uint8Array, config: LogConfig): boolean {
  if (batchMagic(records, 0) < 2) return true
  if (config['compression.type'] === 'producer') return false
  const attributes = batchAttributes(records, 0)
  const source = attributes & CODEC_BITS
  if (source === 0 && isControl(attributes)) return false
  return source !== compressionId(targetOf(config, 'none'))
}

/** The batch to append for a client's records that need conversion, checked; or why they are refused. */
export function convertForAppend(
  records: Uint8Array,
  config: LogConfig,
  context: AppendContext,
  now: number,
): Uint8Array | Refused {
  try {
    return batchMagic(records, 0) < 2
      ? convertMessages(records, config, now)
      : recompressBatch(records, config, context, now)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return refused('CORRUPT_MESSAGE', `The records cannot be read: ${error.message}.`)
  }
}

function recompressBatch(
  records: Uint8Array,
  config: LogConfig,
  context: AppendContext,
  now: number,
): Uint8Array | Refused {
  const batch = records.subarray(0, nextBatch(records, 0, records.length))
  const refusal = checkLeaderBatch(batch, config, context, now)
  if (refusal !== undefined) return refusal
  const source = compressionOf(batchAttributes(batch, 0))
  const target = targetOf(config, source)
  const plain = decompress(source, batch.subarray(BATCH_HEADER_BYTES), INFLATED_BYTES_MAX)
  return withPayload(batch, 0, target, compress(target, plain, levelOf(config, target)))
}

/** A copy of the batch (magic 2) at `at` with other bytes, of that codec, for its records. */
function withPayload(batch: Uint8Array, at: number, codec: Compression, payload: Uint8Array): Uint8Array {
  const bytes = allocateBytes(BATCH_HEADER_BYTES + payload.length)
  bytes.set(batch.subarray(at, at + BATCH_HEADER_BYTES))
  bytes.set(payload, BATCH_HEADER_BYTES)
  writeInt32(bytes, 8, bytes.length - BATCH_PREFIX_BYTES)
  writeInt16(bytes, ATTRIBUTES_AT, (batchAttributes(batch, at) & ~CODEC_BITS) | compressionId(codec))
  updateBatchCrc(bytes, 0)
  return bytes
}

/** One batch of all messages of a set v0 or v1, with offsets 0, 1, 2 …, as Kafka stores them since 0.11. */
function convertMessages(set: Uint8Array, config: LogConfig, now: number): Uint8Array | Refused {
  const refusal = checkMessages(set, config)
  if (refusal !== undefined) return refusal
  const records = decodeMessageSet(set, { maxInflatedBytes: INFLATED_BYTES_MAX })
  const problem = checkMessageRecords(records, config, now)
  if (problem !== undefined) return problem
  const compression = targetOf(config, setCompression(set))
  const isStamped = config['message.timestamp.type'] === 'LogAppendTime'
  return encodeBatch({
    records: records.map(({ timestamp, key, value }) => ({ timestamp, key, value })),
    compression,
    ...(levelOf(config, compression) === undefined ? {} : { level: levelOf(config, compression)! }),
    ...(isStamped ? { timestampType: 'LogAppendTime', maxTimestamp: now } : {}),
  })
}

/** The codec of a message set: that of its last compressed message. */
function setCompression(set: Uint8Array): Compression {
  let id = 0
  let at = 0
  for (let next = nextBatch(set, 0, set.length); next >= 0; next = nextBatch(set, at, set.length)) {
    id = set[at + MESSAGE_ATTRIBUTES_AT]! & CODEC_BITS || id
    at = next
  }
  return compressionOfId(id)
}

function checkMessages(set: Uint8Array, config: LogConfig): Refused | undefined {
  const magic = batchMagic(set, 0)
  let at = 0
  for (let next = nextBatch(set, 0, set.length); next >= 0; next = nextBatch(set, at, set.length)) {
    if (batchMagic(set, at) !== magic) {
      return refused(
        'INVALID_RECORD',
        `A message of format ${batchMagic(set, at)} is in a set of format ${magic}.`,
      )
    }
    const tooLarge = checkSize(next - at, config)
    if (tooLarge !== undefined) return tooLarge
    if (checkBatch(set, at, next) !== 'NONE') {
      return refused('CORRUPT_MESSAGE', 'The checksum of a message is wrong: it was damaged on its way.')
    }
    at = next
  }
  return undefined
}

function checkMessageRecords(
  records: readonly Record[],
  config: LogConfig,
  now: number,
): Refused | undefined {
  const needsKey = config['cleanup.policy'].includes('compact')
  const isBounded = config['message.timestamp.type'] === 'CreateTime'
  const errors: RecordError[] = []
  let isTimestampError = false
  for (const [batchIndex, { key, timestamp }] of records.entries()) {
    if (needsKey && key === null) {
      errors.push({ batchIndex, batchIndexErrorMessage: 'Compacted topic cannot accept message without key' })
      continue
    }
    const problem = isBounded && timestamp !== -1 ? outOfRange(timestamp, config, now) : undefined
    if (problem === undefined) continue
    isTimestampError = true
    errors.push({ batchIndex, batchIndexErrorMessage: problem })
  }
  return errors.length === 0 ? undefined : refusedRecords(errors, isTimestampError)
}

function targetOf(config: LogConfig, source: Compression): Compression {
  const type = config['compression.type']
  if (type === 'producer') return source
  return type === 'uncompressed' ? 'none' : type
}

function levelOf(config: LogConfig, compression: Compression): number | undefined {
  switch (compression) {
    case 'gzip':
      return config['compression.gzip.level'] === -1 ? undefined : config['compression.gzip.level']
    case 'zstd':
      return config['compression.zstd.level']
    default:
      // Snappy has no levels, and the lz4 library writes its only one.
      return undefined
  }
}
