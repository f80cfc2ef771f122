import { crc32, readInt64, readUint32 } from '@samsa/base'
import {
  BATCH_HEADER_BYTES,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchCrc,
  batchLastOffset,
  batchLastSequence,
  batchLeaderEpoch,
  batchMagic,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  compressionIdOf,
  compressions,
  computeBatchCrc,
  hasDeleteHorizon,
  isControl,
  isTransactional,
  timestampTypeOf,
} from '@samsa/protocol'
import type { BatchPlace } from './segment-file.ts'

// Messages v0 and v1, as they were before Kafka 0.11: crc:4 at 12, magic:1 at 16, attributes:1, then in v1 timestamp:8.
const MESSAGE_CRC_AT = 12
const MESSAGE_MAGIC_AT = 16
const MESSAGE_TIMESTAMP_AT = 18

/** What is told of a batch before its records. */
export interface BatchFacts {
  readonly magic: number
  readonly lastOffset: number
  /** What the timestamps of its records are. */
  readonly timestampType: 'CreateTime' | 'LogAppendTime' | 'NoTimestampType'
  readonly isControl: boolean
  readonly isValid: boolean
  readonly crc: number
}

/** The line of a batch, without its end. */
export function batchLine({ bytes, at, length, position }: BatchPlace, facts: BatchFacts): string {
  const head = facts.magic < 2 ? `offset: ${facts.lastOffset}` : headOf(bytes, at)
  const attributes = attributesOf(bytes, at, facts.magic)
  const codecId = compressionIdOf(attributes)
  return (
    `${head} position: ${position} ${facts.timestampType}: ${maxTimestamp(bytes, at, facts.magic)}` +
    ` size: ${length} magic: ${facts.magic} compresscodec: ${compressions[codecId] ?? `unknown(${codecId})`}` +
    ` crc: ${facts.crc} isvalid: ${facts.isValid}`
  )
}

function headOf(bytes: Uint8Array, at: number): string {
  const attributes = batchAttributes(bytes, at)
  const horizon = hasDeleteHorizon(attributes)
    ? `OptionalLong[${batchBaseTimestamp(bytes, at)}]`
    : 'OptionalLong.empty'
  return (
    `baseOffset: ${batchBaseOffset(bytes, at)} lastOffset: ${batchLastOffset(bytes, at)}` +
    ` count: ${batchRecordCount(bytes, at)} baseSequence: ${batchBaseSequence(bytes, at)}` +
    ` lastSequence: ${batchLastSequence(bytes, at)} producerId: ${batchProducerId(bytes, at)}` +
    ` producerEpoch: ${batchProducerEpoch(bytes, at)} partitionLeaderEpoch: ${batchLeaderEpoch(bytes, at)}` +
    ` isTransactional: ${isTransactional(attributes)} isControl: ${isControl(attributes)}` +
    ` deleteHorizonMs: ${horizon}`
  )
}

export function factsOf({ bytes, at, length }: BatchPlace): BatchFacts {
  const magic = batchMagic(bytes, at)
  const attributes = attributesOf(bytes, at, magic)
  if (magic < 2) {
    const crc = readUint32(bytes, at + MESSAGE_CRC_AT)
    return {
      magic,
      lastOffset: batchBaseOffset(bytes, at),
      timestampType: magic === 0 ? 'NoTimestampType' : timestampTypeOf(attributes),
      isControl: false,
      isValid: crc === crc32(bytes, at + MESSAGE_MAGIC_AT, at + length),
      crc,
    }
  }
  return {
    magic,
    lastOffset: batchLastOffset(bytes, at),
    timestampType: timestampTypeOf(attributes),
    isControl: isControl(attributes),
    isValid: length >= BATCH_HEADER_BYTES && batchCrc(bytes, at) === computeBatchCrc(bytes, at),
    crc: batchCrc(bytes, at),
  }
}

function attributesOf(bytes: Uint8Array, at: number, magic: number): number {
  return magic < 2 ? bytes[at + MESSAGE_MAGIC_AT + 1]! : batchAttributes(bytes, at)
}

function maxTimestamp(bytes: Uint8Array, at: number, magic: number): number {
  if (magic === 2) return batchMaxTimestamp(bytes, at)
  return magic === 0 ? -1 : readInt64(bytes, at + MESSAGE_TIMESTAMP_AT)
}
