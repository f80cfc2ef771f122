import { ByteWriter, allocateBytes, utf8Length, varintLength, varlongLength } from '@samsa/base'
import { writeInt16, writeInt32, writeInt64 } from '@samsa/base'
import { compress, compressAsync } from '../compression/compress.ts'
import { type Compression, compressionId } from '../compression/compression.ts'
import {
  BATCH_HEADER_BYTES,
  BATCH_PREFIX_BYTES,
  CONTROL_BIT,
  DELETE_HORIZON_BIT,
  LOG_APPEND_TIME_BIT,
  MAGIC_AT,
  TRANSACTIONAL_BIT,
  type TimestampType,
  setBatchBaseOffset,
  setBatchLeaderEpoch,
  setBatchProducer,
} from './batch-header.ts'
import { NO_HEADERS, type RecordContent, type RecordHeader } from './record.ts'

/** A batch to be written. What is missing is what a producer without idempotence sends. */
export interface BatchContent {
  readonly records: readonly RecordContent[]
  readonly baseOffset?: number
  readonly leaderEpoch?: number
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  readonly timestampType?: TimestampType
  /** The offset of the last record the batch ever had; of the last one in `records` when missing. */
  readonly lastOffset?: number
  /** What timestamps are relative to, in milliseconds; the first record's when missing. */
  readonly baseTimestamp?: number
  /** The greatest timestamp of the records when missing. With 'LogAppendTime' the time of appending, to be given. */
  readonly maxTimestamp?: number
  /** When compaction may drop the batch's tombstones or marker (KIP-534), in place of `baseTimestamp`. */
  readonly deleteHorizonMs?: number
  readonly compression?: Compression
  /** The codec's level, its default when missing. */
  readonly level?: number
}

/**
 * The bytes of a batch, in an array of its own. Records may leave gaps between their offsets but must go up; throws
 * `RangeError` when they do not, or when a number does not fit. A batch without records is not compressed.
 */
export function encodeBatch(batch: BatchContent): Uint8Array {
  const bytes = encodeRecords(batch)
  const codec = codecOf(batch)
  if (codec === 'none') return fillHeader(batch, bytes)
  return withPayload(batch, compress(codec, bytes.subarray(BATCH_HEADER_BYTES), batch.level))
}

/** `encodeBatch` that compresses off the event loop. */
export async function encodeBatchAsync(batch: BatchContent): Promise<Uint8Array> {
  const bytes = encodeRecords(batch)
  const codec = codecOf(batch)
  if (codec === 'none') return fillHeader(batch, bytes)
  return withPayload(batch, await compressAsync(codec, bytes.subarray(BATCH_HEADER_BYTES), batch.level))
}

function withPayload(batch: BatchContent, payload: Uint8Array): Uint8Array {
  const bytes = allocateBytes(BATCH_HEADER_BYTES + payload.length)
  bytes.set(payload, BATCH_HEADER_BYTES)
  return fillHeader(batch, bytes)
}

function codecOf(batch: BatchContent): Compression {
  return batch.records.length === 0 ? 'none' : (batch.compression ?? 'none')
}

function baseTimestampOf(batch: BatchContent): number {
  return batch.deleteHorizonMs ?? batch.baseTimestamp ?? batch.records[0]?.timestamp ?? -1
}

const HEADER_SPACE = new Uint8Array(BATCH_HEADER_BYTES)

/** The records behind space for the header. */
function encodeRecords(batch: BatchContent): Uint8Array {
  const baseOffset = batch.baseOffset ?? 0
  const baseTimestamp = baseTimestampOf(batch)
  const writer = new ByteWriter(BATCH_HEADER_BYTES + estimateBytes(batch.records))
  writer.bytes(HEADER_SPACE)
  let next = baseOffset
  for (const record of batch.records) {
    const offset = record.offset ?? next
    if (offset < next) throw new RangeError(`offset ${offset} of a record is less than ${next}, the next one`)
    writeRecord(writer, record, offset - baseOffset, record.timestamp - baseTimestamp)
    next = offset + 1
  }
  return writer.toBytes()
}

/** Room for most records; the writer grows when it is not enough. */
function estimateBytes(records: readonly RecordContent[]): number {
  let bytes = 0
  for (const record of records) bytes += 24 + (record.key?.length ?? 0) + (record.value?.length ?? 0)
  return bytes
}

function writeRecord(
  writer: ByteWriter,
  record: RecordContent,
  offsetDelta: number,
  timestampDelta: number,
): void {
  const headers = record.headers ?? NO_HEADERS
  writer.varint(
    1 +
      varlongLength(timestampDelta) +
      varintLength(offsetDelta) +
      lengthOfBytes(record.key) +
      lengthOfBytes(record.value) +
      lengthOfHeaders(headers),
  )
  writer.int8(0)
  writer.varlong(timestampDelta)
  writer.varint(offsetDelta)
  writeBytes(writer, record.key)
  writeBytes(writer, record.value)
  writeHeaders(writer, headers)
}

function writeHeaders(writer: ByteWriter, headers: readonly RecordHeader[]): void {
  writer.varint(headers.length)
  for (const header of headers) {
    writer.varint(utf8Length(header.key))
    writer.utf8(header.key)
    writeBytes(writer, header.value)
  }
}

function writeBytes(writer: ByteWriter, bytes: Uint8Array | null): void {
  if (bytes === null) {
    writer.varint(-1)
    return
  }
  writer.varint(bytes.length)
  writer.bytes(bytes)
}

function lengthOfBytes(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintLength(bytes.length) + bytes.length
}

function lengthOfHeaders(headers: readonly RecordHeader[]): number {
  let length = varintLength(headers.length)
  for (const { key, value } of headers) {
    const keyBytes = utf8Length(key)
    length += varintLength(keyBytes) + keyBytes + lengthOfBytes(value)
  }
  return length
}

// See batch-header.ts for the fields and their places.
function fillHeader(batch: BatchContent, bytes: Uint8Array): Uint8Array {
  const { baseOffset = 0, producerId = -1, producerEpoch = -1, baseSequence = -1 } = batch
  setBatchBaseOffset(bytes, 0, baseOffset)
  writeInt32(bytes, 8, bytes.length - BATCH_PREFIX_BYTES)
  setBatchLeaderEpoch(bytes, 0, batch.leaderEpoch ?? -1)
  bytes[MAGIC_AT] = 2
  writeInt16(bytes, 21, attributesOf(batch))
  writeInt32(bytes, 23, checkedInt32(lastOffsetOf(batch, baseOffset) - baseOffset))
  writeInt64(bytes, 27, baseTimestampOf(batch))
  writeInt64(bytes, 35, maxTimestampOf(batch))
  writeInt32(bytes, 57, batch.records.length)
  setBatchProducer(bytes, 0, producerId, producerEpoch, baseSequence)
  return bytes
}

function attributesOf(batch: BatchContent): number {
  let attributes = compressionId(codecOf(batch))
  if (batch.timestampType === 'LogAppendTime') attributes |= LOG_APPEND_TIME_BIT
  if (batch.isTransactional) attributes |= TRANSACTIONAL_BIT
  if (batch.isControl) attributes |= CONTROL_BIT
  if (batch.deleteHorizonMs !== undefined) attributes |= DELETE_HORIZON_BIT
  return attributes
}

function lastOffsetOf(batch: BatchContent, baseOffset: number): number {
  if (batch.lastOffset !== undefined) return batch.lastOffset
  let last = baseOffset - 1
  for (const { offset } of batch.records) last = offset ?? last + 1
  return Math.max(last, baseOffset)
}

function maxTimestampOf(batch: BatchContent): number {
  if (batch.maxTimestamp !== undefined) return batch.maxTimestamp
  let max = -1
  for (const { timestamp } of batch.records) if (timestamp > max) max = timestamp
  return max
}

function checkedInt32(delta: number): number {
  if (delta < 0 || (delta | 0) !== delta)
    throw new RangeError(`the last offset is ${delta} away from the first`)
  return delta
}
