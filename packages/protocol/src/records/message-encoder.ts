import { ByteWriter, crc32, writeUint32 } from '@samsa/base'
import { compress } from '../compression/compress.ts'
import { type Compression, compressionId } from '../compression/compression.ts'
import { MESSAGE_V0_BYTES, MESSAGE_V1_BYTES } from './batch-check.ts'
import { BATCH_PREFIX_BYTES, LOG_APPEND_TIME_BIT, MAGIC_AT, type TimestampType } from './batch-header.ts'
import type { RecordContent } from './record.ts'

const CRC_AT = 12

/** How the messages of a set are to be written. */
export interface MessageSetOptions {
  readonly compression?: Compression
  /** The codec's level, its default when missing. */
  readonly level?: number
  readonly timestampType?: TimestampType
  /** With 'LogAppendTime': what all records have instead of their own timestamps. */
  readonly appendTimestamp?: number
}

/**
 * A message set of version 0 or 1: one message a record, or with a codec one message that holds all of them. Offsets
 * not given count from 0. Headers, and in version 0 timestamps, have no place there and are dropped.
 *
 * zstd came later than these messages: `compression: 'zstd'` throws `RangeError`.
 */
export function encodeMessageSet(
  magic: 0 | 1,
  records: readonly RecordContent[],
  options: MessageSetOptions = {},
): Uint8Array {
  const { compression = 'none' } = options
  if (compression === 'zstd') throw new RangeError('messages before version 2 cannot be compressed with zstd')
  if (records.length === 0) return new Uint8Array(0)
  const messages = records.map((record, index) => messageOf(magic, record, record.offset ?? index, options))
  return compression === 'none'
    ? writeMessages(messages, 0)
    : writeWrapper(magic, messages, compression, options)
}

interface Message {
  magic: 0 | 1
  offset: number
  attributes: number
  timestamp: number
  key: Uint8Array | null
  value: Uint8Array | null
}

function messageOf(magic: 0 | 1, record: RecordContent, offset: number, options: MessageSetOptions): Message {
  const { timestampType, appendTimestamp, compression = 'none' } = options
  const isAppendTime = timestampType === 'LogAppendTime'
  const timestamp = isAppendTime && compression === 'none' ? appendTimestamp : record.timestamp
  const attributes = isAppendTime && magic === 1 ? LOG_APPEND_TIME_BIT : 0
  return { magic, offset, attributes, timestamp: timestamp ?? -1, key: record.key, value: record.value }
}

/** The wrapper has the last message's offset; inside of v1 offsets count from the first message. */
function writeWrapper(
  magic: 0 | 1,
  messages: readonly Message[],
  compression: Compression,
  { level, timestampType, appendTimestamp = -1 }: MessageSetOptions,
): Uint8Array {
  const inner = writeMessages(messages, magic === 0 ? 0 : messages[0]!.offset)
  let maxTimestamp = -1
  for (const { timestamp } of messages) if (timestamp > maxTimestamp) maxTimestamp = timestamp
  const wrapper: Message = {
    magic,
    offset: messages.at(-1)!.offset,
    attributes: compressionId(compression) | messages[0]!.attributes,
    timestamp: timestampType === 'LogAppendTime' ? appendTimestamp : maxTimestamp,
    key: null,
    value: compress(compression, inner, level, magic),
  }
  return writeMessages([wrapper], 0)
}

function writeMessages(messages: readonly Message[], baseOffset: number): Uint8Array {
  let length = 0
  for (const message of messages) length += messageLength(message)
  const bytes = new Uint8Array(length)
  let at = 0
  for (const message of messages) {
    const written = writeMessage(message, message.offset - baseOffset)
    bytes.set(written, at)
    at += written.length
  }
  return bytes
}

function messageLength(message: Message): number {
  const overhead = message.magic === 0 ? MESSAGE_V0_BYTES : MESSAGE_V1_BYTES
  return overhead + (message.key?.length ?? 0) + (message.value?.length ?? 0)
}

function writeMessage(message: Message, offset: number): Uint8Array {
  const length = messageLength(message)
  const writer = new ByteWriter(length)
  writer.int64(offset)
  writer.int32(length - BATCH_PREFIX_BYTES)
  writer.int32(0)
  writer.int8(message.magic)
  writer.int8(message.attributes)
  if (message.magic === 1) writer.int64(message.timestamp)
  writeBytes(writer, message.key)
  writeBytes(writer, message.value)
  const bytes = writer.toBytes()
  writeUint32(bytes, CRC_AT, crc32(bytes, MAGIC_AT, length))
  return bytes
}

function writeBytes(writer: ByteWriter, bytes: Uint8Array | null): void {
  if (bytes === null) {
    writer.int32(-1)
    return
  }
  writer.int32(bytes.length)
  writer.bytes(bytes)
}
