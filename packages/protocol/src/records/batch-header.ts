import { crc32c, readInt16, readInt32, readInt64, readUint32 } from '@samsa/base'
import { writeInt16, writeInt32, writeInt64, writeUint32 } from '@samsa/base'
import { type Compression, compressionOfId } from '../compression/compression.ts'

// A record batch (magic 2). The CRC covers everything from `attributes` to the end, so the broker can set the base
// offset and the leader epoch without touching it.
//
//    0 baseOffset:8   8 batchLength:4 (of what follows it)   12 leaderEpoch:4   16 magic:1   17 crc:4
//   21 attributes:2  23 lastOffsetDelta:4  27 baseTimestamp:8  35 maxTimestamp:8
//   43 producerId:8  51 producerEpoch:2    53 baseSequence:4   57 recordCount:4   61 records …
//
// Messages v0 and v1 have their offset, length and magic byte at the same places.
//
// All functions here take the array and the place where the batch starts. They neither check bounds nor allocate:
// `checkBatch` or `nextBatch` has looked at the batch before.

/** Bytes of a batch before its first record. */
export const BATCH_HEADER_BYTES = 61
/** Bytes of offset and length, which `batchLength` counts and the length field does not. */
export const BATCH_PREFIX_BYTES = 12

const LENGTH_AT = 8
const LEADER_EPOCH_AT = 12
export const MAGIC_AT = 16
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const BASE_TIMESTAMP_AT = 27
const MAX_TIMESTAMP_AT = 35
const PRODUCER_ID_AT = 43
const PRODUCER_EPOCH_AT = 51
const BASE_SEQUENCE_AT = 53
const RECORD_COUNT_AT = 57

export function batchBaseOffset(bytes: Uint8Array, at: number): number {
  return readInt64(bytes, at)
}

/** Bytes of the whole batch, the offset and the length field included. May be anything in a damaged batch. */
export function batchLength(bytes: Uint8Array, at: number): number {
  return BATCH_PREFIX_BYTES + readInt32(bytes, at + LENGTH_AT)
}

export function batchLeaderEpoch(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at + LEADER_EPOCH_AT)
}

/** 2 for a record batch, 0 and 1 for the messages before Kafka 0.11. */
export function batchMagic(bytes: Uint8Array, at: number): number {
  return (bytes[at + MAGIC_AT]! << 24) >> 24
}

/** The CRC-32C the batch states, unsigned. */
export function batchCrc(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at + CRC_AT)
}

/** The CRC-32C the batch has, unsigned; its length is to be trusted. */
export function computeBatchCrc(bytes: Uint8Array, at: number): number {
  return crc32c(bytes, at + ATTRIBUTES_AT, at + batchLength(bytes, at))
}

export function batchAttributes(bytes: Uint8Array, at: number): number {
  return readInt16(bytes, at + ATTRIBUTES_AT)
}

export function batchLastOffsetDelta(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at + LAST_OFFSET_DELTA_AT)
}

/** The offset of the last record the batch was written with; compaction may have removed that record since. */
export function batchLastOffset(bytes: Uint8Array, at: number): number {
  return batchBaseOffset(bytes, at) + batchLastOffsetDelta(bytes, at)
}

/**
 * What the timestamps of the records are relative to, in milliseconds: the first record's timestamp, or the delete
 * horizon in a batch that has one (`hasDeleteHorizon`).
 */
export function batchBaseTimestamp(bytes: Uint8Array, at: number): number {
  return readInt64(bytes, at + BASE_TIMESTAMP_AT)
}

/** The greatest timestamp of the records in milliseconds, or the time of appending (`timestampTypeOf`). */
export function batchMaxTimestamp(bytes: Uint8Array, at: number): number {
  return readInt64(bytes, at + MAX_TIMESTAMP_AT)
}

/** -1 when the producer is not idempotent. */
export function batchProducerId(bytes: Uint8Array, at: number): number {
  return readInt64(bytes, at + PRODUCER_ID_AT)
}

export function batchProducerEpoch(bytes: Uint8Array, at: number): number {
  return readInt16(bytes, at + PRODUCER_EPOCH_AT)
}

/** The sequence number of the first record, -1 when the producer is not idempotent. */
export function batchBaseSequence(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at + BASE_SEQUENCE_AT)
}

/** The sequence number of the last record the batch was written with. */
export function batchLastSequence(bytes: Uint8Array, at: number): number {
  const base = batchBaseSequence(bytes, at)
  return base < 0 ? base : addToSequence(base, batchLastOffsetDelta(bytes, at))
}

export function batchRecordCount(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at + RECORD_COUNT_AT)
}

/** `sequence + count`, going on at 0 after 2^31 - 1. */
export function addToSequence(sequence: number, count: number): number {
  return (sequence + count) % 0x8000_0000
}

/** Not covered by the CRC. */
export function setBatchBaseOffset(bytes: Uint8Array, at: number, offset: number): void {
  writeInt64(bytes, at, offset)
}

/** Not covered by the CRC. */
export function setBatchLeaderEpoch(bytes: Uint8Array, at: number, epoch: number): void {
  writeInt32(bytes, at + LEADER_EPOCH_AT, epoch)
}

/** Sets the greatest timestamp and what it means, and the CRC if that changed anything. */
export function setBatchMaxTimestamp(
  bytes: Uint8Array,
  at: number,
  type: TimestampType,
  timestampMs: number,
): void {
  const before = batchAttributes(bytes, at)
  const attributes = type === 'LogAppendTime' ? before | LOG_APPEND_TIME_BIT : before & ~LOG_APPEND_TIME_BIT
  if (attributes === before && batchMaxTimestamp(bytes, at) === timestampMs) return
  writeInt16(bytes, at + ATTRIBUTES_AT, attributes)
  writeInt64(bytes, at + MAX_TIMESTAMP_AT, timestampMs)
  updateBatchCrc(bytes, at)
}

/** Sets what makes the batch idempotent, and the CRC. */
export function setBatchProducer(
  bytes: Uint8Array,
  at: number,
  producerId: number,
  producerEpoch: number,
  baseSequence: number,
): void {
  writeInt64(bytes, at + PRODUCER_ID_AT, producerId)
  writeInt16(bytes, at + PRODUCER_EPOCH_AT, producerEpoch)
  writeInt32(bytes, at + BASE_SEQUENCE_AT, baseSequence)
  updateBatchCrc(bytes, at)
}

/** Makes the stated CRC the one the batch has. */
export function updateBatchCrc(bytes: Uint8Array, at: number): void {
  writeUint32(bytes, at + CRC_AT, computeBatchCrc(bytes, at))
}

// The attributes of a batch:
//
//   bit 0–2 codec   3 timestamps are the time of appending   4 part of a transaction   5 control batch
//   6 the base timestamp is the delete horizon (KIP-534)     7–15 unused

const CODEC_BITS = 0b111
export const LOG_APPEND_TIME_BIT = 0b1000
export const TRANSACTIONAL_BIT = 0b1_0000
export const CONTROL_BIT = 0b10_0000
export const DELETE_HORIZON_BIT = 0b100_0000

export type TimestampType = 'CreateTime' | 'LogAppendTime'

/** The number of the codec, which may be one no codec has. */
export function compressionIdOf(attributes: number): number {
  return attributes & CODEC_BITS
}

/** The codec of a batch that passed `checkBatch`; throws `MalformedError` for a number no codec has. */
export function compressionOf(attributes: number): Compression {
  return compressionOfId(attributes & CODEC_BITS)
}

export function timestampTypeOf(attributes: number): TimestampType {
  return (attributes & LOG_APPEND_TIME_BIT) !== 0 ? 'LogAppendTime' : 'CreateTime'
}

export function isTransactional(attributes: number): boolean {
  return (attributes & TRANSACTIONAL_BIT) !== 0
}

/** Whether the batch holds no data but a mark, like the end of a transaction. */
export function isControl(attributes: number): boolean {
  return (attributes & CONTROL_BIT) !== 0
}

/** Whether the base timestamp says when compaction may drop the batch's tombstones or marker (KIP-534). */
export function hasDeleteHorizon(attributes: number): boolean {
  return (attributes & DELETE_HORIZON_BIT) !== 0
}
